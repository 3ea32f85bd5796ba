import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runTrial, runWorld } from '../../src/sim/trial.ts';

/** Worlds that are new with every commit. */
const COUNT = 160;
/** They are run in so many tests, so that a slow machine fails none by its slowness. */
const PARTS = 8;

/** The commit under test: its worlds are nobody's choice, and anybody can run them again. */
function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  } catch {
    return 'no commit';
  }
}

const seed = process.env.WORLDS ?? commit();

describe(`worlds of sessions from seed ${JSON.stringify(seed)} (WORLDS=seed repeats them)`, {
  timeout: 120_000,
}, () => {
  for (let part = 0; part < PARTS; part++) {
    it(`have unique DPNIDs [2.2.1-02] and one host in every name table, hear chat once and in order, agree when their lines heal, and are the same twice: part ${part + 1} of ${PARTS}`, () => {
      const failed: string[] = [];
      for (let n = part; n < COUNT; n += PARTS) {
        const { complaints } = runTrial(`${seed} ${n}`, 'session');
        for (const complaint of complaints) failed.push(`seed "${seed} ${n}": ${complaint}`);
      }
      expect(failed).toEqual([]);
    });
  }
});

describe('worlds of sessions', () => {
  it.each([
    [
      'a session falls apart, both parts give one DPNID to two players, and a third changes sides',
      'second reading 135',
    ],
    ['a player has lost its host, who has not noticed', 'third reading 583'],
    ['a line hangs up on who asks for a connection', 'fourth reading 1130'],
  ])('in which %s end well', (_, seed) => {
    expect(runTrial(seed, 'session').complaints).toEqual([]);
  });

  it('see everything that can happen to a player', () => {
    const happened = new Set<string>();
    for (let n = 0; n < 60; n++) {
      for (const what of Object.keys(runWorld(`kinds ${n}`, 'session').happened)) happened.add(what);
    }
    expect([...happened]).toEqual(
      expect.arrayContaining([
        ...['hosting', 'joined', 'hostMigrated', 'removed', 'refused', 'chat', 'message'],
        ...['playerLeft left', 'playerLeft lost', 'playerLeft removed', 'playerLeft unreachable'],
        ...['ended left', 'ended removed', 'ended hostLost', 'ended unanswered', 'ended unreachable'],
      ]),
    );
  });
});
