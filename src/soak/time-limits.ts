/** How long each phase of a run may last before the partner is given up. Every limit allows for what a slow line takes. */
import { type Duration, SECOND } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';
import type { Plan } from './plan.ts';

/** Time limits in microseconds. */
export interface TimeLimits {
  /** Near: from the first query to the partner. */
  readonly connecting: Duration;
  /** Near: from the first query to telling the operator that nobody has answered yet. */
  readonly unanswered: Duration;
  /** From the connection to the first probe message. */
  readonly planning: Duration;
  /** While running and draining: the longest silence of a partner that pings every {@link PING_INTERVAL}. */
  readonly silence: Duration;
  /** From the end of this end's traffic to the partner's mark. */
  readonly draining: Duration;
  /** From both marks to the partner's results. */
  readonly reporting: Duration;
  /** For closing in good order. */
  readonly closing: Duration;
}

/** How often an end asks for the partner's clock, which also shows that it is alive. */
export const PING_INTERVAL: Duration = 10 * SECOND;

/** How long the operator waits after a stop, beside what the line takes; and at most. */
const STOP_LIMIT: Duration = 2 * SECOND;
const STOP_LIMIT_MAX: Duration = 10 * SECOND;

/** How long a connection that was cut off has for saying so. */
export const ABORT_LIMIT: Duration = SECOND / 2;

/** Two clocks may run apart by one part in this many, so that one end's time is over before the other's. */
const DRIFT_ALLOWED = 5_000;

/** Bytes that the largest plan, and the results of a usual one, take on the line with their frames. */
const PLAN_SIZE = 6_144;
const RESULTS_SIZE = 24_576;

/** How long an answer of the partner may take beside what the line takes, where patience is shorter. */
const ANSWER_LIMIT: Duration = 15 * SECOND;

/** The limits for a line and, once it is known, a plan; the line may be dead for `patience` while an answer is waited for. */
export function timeLimits(line: LineSettings, plan: Plan | undefined, patience: Duration): TimeLimits {
  const largest = Math.max(0, ...(plan?.streams.map((stream) => stream.size.max) ?? []));
  const time = (bytes: number): Duration => Math.ceil(lineTime(line, bytes));
  const message = time(largest);
  const answer = Math.max(ANSWER_LIMIT, patience);
  return {
    connecting: 90 * SECOND + time(1024),
    unanswered: 5 * SECOND + time(64),
    planning: answer + time(PLAN_SIZE),
    silence: 30 * SECOND + 4 * message,
    draining: (plan?.drainLimit ?? 0) + 4 * message + Math.ceil((plan?.duration ?? 0) / DRIFT_ALLOWED),
    reporting: answer + time(RESULTS_SIZE),
    closing: 8 * SECOND + time(1024),
  };
}

/** Frames under way, marks and results of both ends, in bytes: what a stop has to wait for at least. */
const STOP_SIZE = 7_000;

/** How long after a stop the far end's results are waited for, when `queued` bytes stand before the request here. */
export function stopLimit(line: LineSettings, queued: number): Duration {
  return Math.min(STOP_LIMIT_MAX, STOP_LIMIT + Math.ceil(lineTime(line, STOP_SIZE + 2 * queued)));
}
