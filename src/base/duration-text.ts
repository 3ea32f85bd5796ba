/** Lengths of time as people write them: `500ms`, `90s`, `10m`, `72h`. */
import { type Duration, MILLISECOND, SECOND } from './instant.ts';

const UNITS: Readonly<Record<string, Duration>> = {
  ms: MILLISECOND,
  s: SECOND,
  m: 60 * SECOND,
  h: 3600 * SECOND,
  d: 86_400 * SECOND,
};

/** What is accepted, for messages. */
export const DURATION_EXPECTED = 'a length of time such as 500ms, 90s, 10m or 72h';

/** Microseconds of `text`, or `undefined` when it is not {@link DURATION_EXPECTED}. */
export function parseDuration(text: string): Duration | undefined {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (!parts) return undefined;
  return Math.round(Number(parts[1]) * UNITS[parts[2]!]!);
}

/** `duration` in the largest unit that keeps it whole: `90s`, `10m`, `1500ms`. */
export function durationText(duration: Duration): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const size = UNITS[unit]!;
    if (duration >= size && duration % size === 0 && (unit !== 'd' || duration >= 3 * size)) {
      return `${duration / size}${unit}`;
    }
  }
  return `${Math.round(duration / MILLISECOND)}ms`;
}
