import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { ConnectionWorld } from '../../src/sim/connection-world.ts';
import { drawScenario } from '../../src/sim/scenario.ts';
import { SoakTrial } from '../../src/sim/soak-trial.ts';
import { runTrial, runWorld } from '../../src/sim/trial.ts';

/** Worlds that are new with every commit. */
const COUNT = 240;
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

describe(`worlds from seed ${JSON.stringify(seed)} (WORLDS=seed repeats them)`, { timeout: 120_000 }, () => {
  for (let part = 0; part < PARTS; part++) {
    it(`are safe while their faults last, make progress when they heal, and are the same twice: part ${part + 1} of ${PARTS}`, () => {
      const failed: string[] = [];
      for (let n = part; n < COUNT; n += PARTS) {
        const { complaints } = runTrial(`${seed} ${n}`);
        for (const complaint of complaints) failed.push(`seed "${seed} ${n}": ${complaint}`);
      }
      expect(failed).toEqual([]);
    });
  }
});

describe('worlds that failed once', () => {
  const drawn = (seed: string) => {
    const random = new Random(seed);
    return { random, scenario: drawScenario(random.fork('scenario')) };
  };

  it('world 20047 passes: a line stopped by XOFF bytes heals as the last retry of a frame runs out', () => {
    const { random, scenario } = drawn('world 20047');
    expect(new ConnectionWorld(random, scenario).run().complaints).toEqual([]);
  });

  it('world 400119 passes: a ping falls due at an end whose connection is closing', () => {
    const { random, scenario } = drawn('world 400119');
    expect(new SoakTrial(random, scenario).run().complaints).toEqual([]);
  });
});

describe('a world', () => {
  it('is another one for another seed', () => {
    expect(runWorld('one').digest).not.toBe(runWorld('another').digest);
  });

  it('counts among its worlds every kind of fault and of end', () => {
    const happened = new Set<string>();
    for (let n = 0; n < 60; n++) {
      for (const what of Object.keys(runWorld(`kinds ${n}`).happened)) happened.add(what);
    }
    expect([...happened]).toEqual(
      expect.arrayContaining([
        ...['cut', 'freeze', 'crash', 'controls', 'liar', 'local', 'partner', 'retries'],
        ...['soak completed', 'soak failed', 'soak cut'],
      ]),
    );
  });
});
