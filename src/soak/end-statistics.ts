/** What an end's counters come to: error ratios with their bounds, seconds and availability, the share sent again. Counts nothing. */
import type { SecondCounts } from './availability.ts';
import type { EndReport } from './end-report.ts';
import { errorRatioBelow } from './error-bound.ts';
import type { EndResult, ErrorRatio, LineCounters, LineErrors, SecondsResult } from './result.ts';

/** Data bits of a byte. */
const BITS = 8;

function ratio(errors: number, trials: number): ErrorRatio {
  return { counted: trials === 0 ? 0 : errors / trials, below: errorRatioBelow(errors, trials) };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** What the line did to what arrived, with 95 % bounds. */
export function lineErrors({ frames, bytes }: LineCounters): LineErrors {
  const damaged = frames.headerCrcErrors + frames.messageCrcErrors + frames.truncated;
  const all = frames.received + damaged;
  const bits = bytes.received * BITS;
  return {
    frames: all,
    damaged,
    frameErrorRatio: ratio(damaged, all),
    bits,
    bitErrorRatio: ratio(damaged, bits),
  };
}

/** Seconds counted as ratios, 0..1. ITU-T G.826 */
export function secondsResult(counts: SecondCounts): SecondsResult {
  const available = counts.observed - counts.unavailable;
  return {
    ...counts,
    availability: share(available, counts.observed),
    erroredRatio: share(counts.errored, available),
    severelyErroredRatio: share(counts.severelyErrored, available),
  };
}

/** An end as results show it. */
export function endResult(report: EndReport): EndResult {
  const { name, role, line, counters, connection, session, violations, seconds, host, outages, clockDrift } =
    report;
  return {
    name,
    role,
    line,
    ...counters,
    connection: { ...connection, resentRatio: share(connection.bytesResent, counters.bytes.sent) },
    session,
    violations,
    errors: lineErrors(counters),
    ...(seconds.observed === 0 ? {} : { seconds: secondsResult(seconds) }),
    host,
    outages,
    partnerClock: clockDrift,
  };
}
