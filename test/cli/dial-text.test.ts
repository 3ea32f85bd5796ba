/** A series of calls in words. */
import { expect, test } from 'vitest';
import { attemptLine, progressText, throughputLines } from '../../src/cli/dial-text.ts';
import type { CallThroughput } from '../../src/modem/call-cycle.ts';
import type { AttemptResult } from '../../src/soak/result.ts';

const SECOND = 1_000_000;
const PASSED: AttemptResult = {
  ...{ call: 3, attempt: 1, outcome: 'passed', text: '', retry: 'now', dialled: 16.9 * SECOND },
  ...{ firstFrame: 0.1 * SECOND, hangUp: 2.4 * SECOND, lineRate: 33_600 },
  report: { text: 'CONNECT 115200', lineRate: 33_600, protocol: 'LAPM', compression: 'V.42BIS' },
  ...{ retried: false, streams: [], diagnostics: [] },
};

test('an attempt is told with the stages that it came to, and no others', () => {
  expect(attemptLine(PASSED, 20)).toBe(
    'call 3 of 20: passed (dialled 16.9 s, first frame 0.1 s, hang-up 2.4 s, 33600 bit/s, LAPM/V.42BIS)',
  );
  const busy: AttemptResult = {
    ...{ call: 3, attempt: 2, outcome: 'busy', text: 'BUSY', retry: 'now', dialled: SECOND },
    ...{ retried: true, streams: [], diagnostics: [] },
  };
  expect(attemptLine(busy, 20)).toBe('call 3 of 20, attempt 2: busy: BUSY (dialled 1.0 s), again');
});

test('progress tells what came of the calls before, and how long the rest may take', () => {
  const place = { call: 4, attempt: 1, count: 20 };
  expect(progressText({ ...place, outcomes: {}, secondsLeft: undefined })).toBe('');
  expect(progressText({ ...place, outcomes: { passed: 2, noDialTone: 1 }, secondsLeft: 552 })).toBe(
    '2 passed, 1 no dial tone; about 9:12 left',
  );
});

test('the throughput is told one way and both, and what never came is not made up', () => {
  const one = (payload: 'random' | 'zeros', bothWays: boolean, bytesPerSecond?: number): CallThroughput => ({
    ...{ payload, from: 'near', to: 'far', bothWays },
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
  });
  const throughput = [
    one('random', false, 3840),
    one('zeros', false, 9100),
    one('zeros', true, 8000),
    one('zeros', true),
  ];
  expect(throughputLines({ ...PASSED, throughput }, 20)).toEqual([
    'call 3 of 20: random 3.84 kB/s, zeros 9.10 kB/s; both ways zeros 8.00 kB/s and not known',
  ]);
  expect(throughputLines(PASSED, 20)).toEqual([]);
});
