/** A series of calls that was never made: outcomes of every kind, retries, two streams one way, in whole numbers from a seed. */
import { Random } from '../../src/base/random.ts';
import { type Attempt, CallCycle } from '../../src/modem/call-cycle.ts';
import type { AttemptOutcome } from '../../src/modem/call-plan.ts';
import { CALL_FAILURES } from '../../src/modem/dialer-event.ts';
import type { AttemptResult, CallsResult, Result, StreamResult } from '../../src/soak/result.ts';
import { madeUpResult } from '../view/made-up-run.ts';

const KINDS: readonly AttemptOutcome[] = [
  ...['passed', 'passed', 'passed', 'passed', 'passed', 'passed', 'passed', 'passed'],
  ...[
    'trafficFailed',
    'lost',
    ...CALL_FAILURES.filter((name) => name !== 'blacklisted' && name !== 'aborted'),
  ],
] as AttemptOutcome[];

const TEXTS: Readonly<Partial<Record<AttemptOutcome, string>>> = {
  trafficFailed: 'lostReliable: 2 from near to far, at most 0 allowed',
  lost: 'the carrier is gone: NO CARRIER',
  noDialTone: 'NO DIALTONE',
  noResult: 'no result within 60 s (S7=50 and a margin)',
};

const TERMS = [
  { modulation: 'V34', protocol: 'LAPM', compression: 'V42BIS' },
  { modulation: 'V34', protocol: 'LAPM', compression: 'V42BIS' },
  { modulation: 'V32BIS', protocol: 'NONE', compression: 'NONE' },
];

const ONLINE: readonly AttemptOutcome[] = ['passed', 'trafficFailed', 'lost'];

/** The streams of one call: random bytes and zeros out, random bytes back. */
function streamsOf(random: Random, outcome: AttemptOutcome): StreamResult[] {
  const made = (from: string, to: string, goodput: number): StreamResult => ({
    ...madeUpResult().streams[0]!,
    from,
    to,
    goodputBytesPerSecond: goodput,
    measured: outcome !== 'lost',
  });
  return [
    made('near', 'far', 1500 + random.below(200)),
    made('far', 'near', 3000 + random.below(200)),
    made('near', 'far', 2500 + random.below(900)),
  ];
}

function attemptOf(random: Random, call: number, attempt: number): Attempt {
  const outcome = KINDS[random.below(KINDS.length)]!;
  const online = ONLINE.includes(outcome);
  return {
    ...{ call, attempt, outcome, retry: 'now' },
    text: outcome === 'passed' ? '' : (TEXTS[outcome] ?? outcome.toUpperCase()),
    dialled: online ? 18_000_000 + random.below(9_000_000) : 2_000_000 + random.below(60_000_000),
    ...(online ? { ringing: 3_000_000 + random.below(500_000) } : {}),
    ...(online ? { firstFrame: 90_000 + random.below(200_000) } : {}),
    ...(online ? { lineRate: [33_600, 31_200, 28_800][random.below(3)]! } : {}),
    ...(online ? { report: { text: 'CONNECT 115200', ...TERMS[random.below(TERMS.length)]! } } : {}),
    ...(outcome === 'lost'
      ? { carrierLost: { sign: 'dcd' as const, after: 5_000_000 + random.below(9_000_000) } }
      : {}),
    ...(online && outcome !== 'lost' ? { hangUpBy: 'dtr' as const } : {}),
    ...(online && outcome !== 'lost' ? { hangUp: 1_000_000 + random.below(2_000_000) } : {}),
  };
}

/** What `count` calls came to, of which `pass` must pass. */
export function madeUpCalls(count: number, pass: number, seed = 'calls'): CallsResult {
  const random = new Random(seed);
  const cycle = new CallCycle({
    ...{ count, pass, pause: 0, escape: false },
    retry: { busy: { times: 1, pause: 0 } },
  });
  const attempts: AttemptResult[] = [];
  for (let now = 0; ; now++) {
    const step = cycle.next(now);
    if (step.is === 'over') break;
    if (step.is === 'wait') continue;
    const attempt = attemptOf(random, step.call, step.attempt);
    const retried = cycle.ended(now, attempt);
    const streams = ONLINE.includes(attempt.outcome) ? streamsOf(random, attempt.outcome) : [];
    attempts.push({ ...attempt, retried, streams, diagnostics: [] });
  }
  return { wanted: count, passed: cycle.passed, needed: pass, statistics: cycle.statistics, attempts };
}

/** A result of `dplink dial`. */
export function madeUpCallResult(count: number, pass: number): Result {
  const calls = madeUpCalls(count, pass);
  const passed = calls.passed >= pass;
  return {
    ...madeUpResult(),
    verdict: passed ? 'pass' : 'fail',
    reasons: passed ? [] : [`${calls.passed} of ${count} calls passed, ${pass} are needed`],
    profile: {
      name: 'modem-calls',
      streams: [{ payload: 'random' }, { payload: 'random' }, { payload: 'zeros' }],
    },
    rig: { name: 'two emulated modems' },
    streams: calls.attempts.findLast(({ streams }) => streams.length > 0)?.streams ?? [],
    limits: [],
    calls,
  };
}
