import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { FAULT_KINDS, FaultSchedule, type PlannedFault } from '../../src/soak/fault-schedule.ts';

/** What a schedule does when it is told the time exactly when it wants to be, in words, in seconds since the traffic began. */
function told(faults: readonly PlannedFault[], until: number): string[] {
  const schedule = new FaultSchedule(faults);
  schedule.begin(1_000);
  const said: string[] = [];
  const say = (at: number, changes: ReturnType<FaultSchedule['expire']>): void => {
    for (const { planned, isOn } of changes)
      said.push(`${(at - 1_000) / SECOND} ${planned.kind} ${isOn ? 'on' : 'off'}`);
  };
  for (let at = schedule.deadline; at !== undefined && at <= 1_000 + until; at = schedule.deadline) {
    say(at, schedule.expire(at));
  }
  say(1_000 + until, schedule.end(1_000 + until));
  expect(schedule.deadline).toBeUndefined();
  return said;
}

describe('a schedule of faults', () => {
  test('begins and ends each at its time, again and again where it is said', () => {
    const faults: PlannedFault[] = [
      { kind: 'cut', at: 2 * SECOND, length: SECOND },
      { kind: 'break', at: SECOND, length: SECOND / 2, every: 3 * SECOND },
    ];
    expect(told(faults, 6 * SECOND)).toEqual([
      ...['1 break on', '1.5 break off', '2 cut on', '3 cut off', '4 break on', '4.5 break off'],
    ]);
  });

  test('ends with the traffic what is on then, and begins nothing after it', () => {
    const faults: PlannedFault[] = [{ kind: 'dtr', at: SECOND, length: 60 * SECOND, every: SECOND }];
    expect(told(faults, 5 * SECOND)).toEqual(['1 dtr on', '5 dtr off']);
  });

  test('leaves out a repetition that falls into the fault itself', () => {
    const faults: PlannedFault[] = [{ kind: 'cut', at: 0, length: 3 * SECOND, every: 2 * SECOND }];
    expect(told(faults, 8 * SECOND)).toEqual(
      ['0 cut on', '3 cut off', '4 cut on', '7 cut off', '8 cut on'].concat('8 cut off'),
    );
  });

  test('is cut, paused or noisy exactly while such a fault is on, and lists what it did', () => {
    const schedule = new FaultSchedule([
      { kind: 'cut', at: SECOND, length: SECOND },
      { kind: 'noise', at: SECOND, length: 2 * SECOND, bitErrorRatio: 0.25 },
      { kind: 'pause', at: 2 * SECOND, length: SECOND },
    ]);
    const state = () => [schedule.isCut, schedule.bitErrorRatio, schedule.isPaused];
    schedule.begin(0);
    expect(state()).toEqual([false, 0, false]);
    schedule.expire(SECOND);
    expect(state()).toEqual([true, 0.25, false]);
    schedule.expire(2 * SECOND);
    expect(state()).toEqual([false, 0.25, true]);
    expect(schedule.injected.at(-1)).toEqual({ fault: 'pause', at: 2, seconds: null });
    schedule.end(2.5 * SECOND);
    expect(state()).toEqual([false, 0, false]);
    expect(schedule.injected).toEqual([
      { fault: 'cut', at: 1, seconds: 1 },
      { fault: 'noise', at: 1, seconds: 1.5 },
      { fault: 'pause', at: 2, seconds: 0.5 },
    ]);
  });

  test('never stands still and never lists more than a thousand, whatever is planned', () => {
    const planned = fc.record({
      kind: fc.constantFrom(...FAULT_KINDS),
      at: fc.integer({ min: 0, max: 5 * SECOND }),
      length: fc.integer({ min: 1_000, max: SECOND }),
      every: fc.integer({ min: 100_000, max: SECOND }),
    });
    fc.assert(
      fc.property(fc.array(planned, { maxLength: 8 }), (faults) => {
        const schedule = new FaultSchedule(faults);
        schedule.begin(0);
        let before = -1;
        let turns = 0;
        for (let at = schedule.deadline; at !== undefined && at < 300 * SECOND; at = schedule.deadline) {
          // A fault may end in the moment in which it is due again.
          expect(at).toBeGreaterThan(before);
          before = at;
          schedule.expire(at);
          if (++turns > 60_000) throw new Error('it stands still');
        }
        expect(schedule.injected.length).toBe(Math.min(1_000, schedule.count));
      }),
      { seed: 20_261_121, numRuns: 30 },
    );
  });
});
