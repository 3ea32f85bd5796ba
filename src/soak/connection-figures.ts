/** A connection's statistics in the words of results and samples. */
import { MILLISECOND } from '../base/instant.ts';
import type { Connection } from '../transport/connection.ts';
import type { ConnectionFigures } from './result.ts';
import type { Sample } from './sample.ts';

/** What a result says of a connection. */
export function connectionFigures(connection: Connection): ConnectionFigures {
  const { roundTrip, retries, duplicates, windowMax } = connection.statistics;
  return {
    state: connection.state,
    rttMs: {
      min: roundTrip.min / MILLISECOND,
      p50: roundTrip.p50 / MILLISECOND,
      p99: roundTrip.p99 / MILLISECOND,
      max: roundTrip.max / MILLISECOND,
    },
    retries,
    duplicates,
    windowMax,
  };
}

/** What a sample says of a connection. */
export function connectionSample(connection: Connection): Sample['connection'] {
  const { roundTrip, window, outstanding, retries, duplicates } = connection.statistics;
  return {
    state: connection.state,
    rttMs: roundTrip.smoothed === undefined ? null : roundTrip.smoothed / MILLISECOND,
    window,
    outstanding,
    retries,
    duplicates,
  };
}
