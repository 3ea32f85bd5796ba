/** A connection's statistics in the words of results and samples. */
import { MILLISECOND } from '../base/instant.ts';
import type { Partnership } from './partnership.ts';
import type { ConnectionFigures } from './result.ts';
import type { Sample } from './sample.ts';

/** What a result says of a connection. */
export function connectionFigures(
  { state, connection }: Partnership,
  resent: { readonly bytes: number },
): ConnectionFigures & { readonly bytesResent: number } {
  const bytesResent = resent.bytes;
  if (connection === undefined) {
    return {
      state,
      rttMs: { min: 0, p50: 0, p99: 0, max: 0 },
      retries: 0,
      duplicates: 0,
      windowMax: 0,
      bytesResent,
    };
  }
  const { roundTrip, retries, duplicates, windowMax } = connection.statistics;
  return {
    state,
    rttMs: {
      min: roundTrip.min / MILLISECOND,
      p50: roundTrip.p50 / MILLISECOND,
      p99: roundTrip.p99 / MILLISECOND,
      max: roundTrip.max / MILLISECOND,
    },
    retries,
    duplicates,
    windowMax,
    bytesResent,
  };
}

/** What a sample says of a connection. */
export function connectionSample(
  { state, connection }: Partnership,
  resent: { readonly bytes: number },
): Sample['connection'] {
  const bytesResent = resent.bytes;
  if (connection === undefined) {
    return { state, rttMs: null, window: 0, outstanding: 0, retries: 0, duplicates: 0, bytesResent };
  }
  const { roundTrip, window, outstanding, retries, duplicates } = connection.statistics;
  return {
    state,
    rttMs: roundTrip.smoothed === undefined ? null : roundTrip.smoothed / MILLISECOND,
    window,
    outstanding,
    retries,
    duplicates,
    bytesResent,
  };
}
