/** The profile of calls as it is provided, made shorter: nineteen of twenty, here three of four. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parseProfile } from '../../src/soak/profile.ts';
import { CallingDesk } from './calling.ts';

const FILE = 'profiles/modem-calls.yaml';
const text = readFileSync(join(import.meta.dirname, '..', '..', FILE), 'utf8');
const desk = new CallingDesk();
afterAll(() => desk.clear());

test(`${FILE} asks for twenty calls, nineteen of which must pass`, () => {
  expect(parseProfile(FILE, text).calls).toMatchObject({ count: 20, pass: 19 });
});

describe.runIf(process.platform === 'linux')(FILE, () => {
  test('shortened passes over emulated modems although a call fails, with what each call carried', {
    timeout: 240_000,
  }, async () => {
    const shorter = (what: RegExp, by: string) => (file: string) => {
      expect(file).toMatch(what);
      return file.replace(what, by);
    };
    const steps = [
      shorter(/^duration: 20s/m, 'duration: 3s'),
      shorter(/count: 20/, 'count: 4'),
      shorter(/throughput: 5s/, 'throughput: 1s'),
      shorter(/pass: 19/, 'pass: 3'),
      shorter(/^ {2}pause: 5s/m, '  pause: 500ms'),
      shorter(/pause: 30s/, 'pause: 500ms'),
    ];
    const profile = desk.file(
      'shortened.yaml',
      steps.reduce((file, step) => step(file), text),
    );
    await desk.powerOn(`calls:
  - { call: 1, outcome: busy }
  - { call: 3, outcome: no-carrier }
  - { call: 4, at: 3s, carrier: lost }
`);
    await desk.answer();
    const { code, result, calls } = await desk.dial(desk.rig(), profile);
    expect(calls.attempts.map(({ call, attempt, outcome }) => `${call}.${attempt} ${outcome}`)).toEqual([
      '1.1 busy',
      '1.2 passed',
      '2.1 noCarrier',
      '3.1 lost',
      '3.2 passed',
      '4.1 passed',
    ]);
    expect([result.verdict, code, calls.passed, calls.needed]).toEqual(['pass', 0, 3, 3]);
    for (const { outcome, streams, throughput } of calls.attempts) {
      if (outcome !== 'passed') continue;
      for (const { delivered, lost } of streams) expect([delivered > 0, lost]).toEqual([true, 0]);
      expect(throughput).toHaveLength(6);
    }
  });
});
