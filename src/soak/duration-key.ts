/** Lengths of time as profiles say them: the schema of such a key. */
import { z } from 'zod';
import { DURATION_EXPECTED, durationText, parseDuration } from '../base/duration-text.ts';
import type { Duration } from '../base/instant.ts';

/** A text that stands for microseconds in `least`..`most`. */
export function durationKey(least: Duration, most: Duration) {
  return z.string().refine(
    (text) => {
      const duration = parseDuration(text);
      return duration !== undefined && duration >= least && duration <= most;
    },
    { error: `expected ${DURATION_EXPECTED}, ${durationText(least)} to ${durationText(most)}` },
  );
}
