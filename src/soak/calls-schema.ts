/** The `calls` key of a profile: how often to call, what to try again, how many calls must pass. Calls nothing. */
import { z } from 'zod';
import { DURATION_EXPECTED, parseDuration } from '../base/duration-text.ts';
import { SECOND } from '../base/instant.ts';
import { type AttemptOutcome, CALL_PAUSE, type CallPlan } from '../modem/call-plan.ts';

/** Outcomes after which a call may be tried again, as profiles spell them. */
const RETRIED = {
  busy: 'busy',
  'no-carrier': 'noCarrier',
  'no-dial-tone': 'noDialTone',
  'no-answer': 'noAnswer',
  error: 'error',
  delayed: 'delayed',
  'line-in-use': 'lineInUse',
  'no-result': 'noResult',
  lost: 'lost',
  'traffic-failed': 'trafficFailed',
  'hang-up-failed': 'hangUpFailed',
  'modem-failed': 'modemFailed',
} as const satisfies Record<string, AttemptOutcome>;

const pause = z.string().refine((text) => (parseDuration(text) ?? Number.MAX_VALUE) <= 86_400 * SECOND, {
  error: `expected ${DURATION_EXPECTED}, 24 h at most`,
});

function isWithin(duration: number | undefined, least: number, most: number): boolean {
  return duration !== undefined && duration >= least && duration <= most;
}

const rule = z.strictObject({
  times: z.int().min(1).max(100).describe('How often a call is tried again after this outcome'),
  pause: pause.optional().describe("Time on hook before each (the calls' pause unless given)"),
});

/** The schema of `calls`. */
export const callsKey = z
  .strictObject({
    count: z.int().min(1).max(100_000).describe('How many calls'),
    pause: pause.optional().describe('Time on hook between two calls (5s unless given)'),
    pass: z.int().min(1).max(100_000).optional().describe('Calls that must pass (all unless given)'),
    retry: z
      .partialRecord(z.enum(Object.keys(RETRIED) as (keyof typeof RETRIED)[]), rule)
      .optional()
      .describe('Outcomes after which a call is tried again'),
    throughput: z
      .string()
      .refine((text) => isWithin(parseDuration(text), SECOND, 600 * SECOND), {
        error: `expected ${DURATION_EXPECTED}, 1 s to 10 min`,
      })
      .optional()
      .describe(
        'Behind the traffic of each call, how much it carries: random bytes and zeros, one way and both, each so long',
      ),
    escape: z
      .boolean()
      .optional()
      .describe('Whether one more call tries what +++ in the data does to it (it may end the call)'),
  })
  .refine((calls) => calls.pass === undefined || calls.pass <= calls.count, {
    path: ['pass'],
    error: 'expected at most count',
  })
  .describe('How dplink dial calls; the streams are the traffic of each call');

/** The plan that the key says; one call where it is not there. */
export function callPlanOf(calls: z.output<typeof callsKey> | undefined): CallPlan {
  const between = parseDuration(calls?.pause ?? '') ?? CALL_PAUSE;
  const count = calls?.count ?? 1;
  const retry = Object.entries(calls?.retry ?? {}).map(([name, said]) => [
    RETRIED[name as keyof typeof RETRIED],
    { times: said.times, pause: parseDuration(said.pause ?? '') ?? between },
  ]);
  return {
    count,
    pause: between,
    pass: calls?.pass ?? count,
    retry: Object.fromEntries(retry),
    ...(calls?.throughput === undefined ? {} : { throughput: parseDuration(calls.throughput) ?? SECOND }),
    escape: calls?.escape ?? false,
  };
}
