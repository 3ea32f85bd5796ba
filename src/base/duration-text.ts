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

/** What people write in place of a unit. */
const OTHER_UNITS: Readonly<Record<string, string>> = {
  '': 's',
  sec: 's',
  second: 's',
  min: 'm',
  minute: 'm',
  hr: 'h',
  hour: 'h',
  day: 'd',
};

/** `expected a length of time ..., 1s to 60d, got "5"; did you mean 5s?`: for `text` that is none within `bounds`. */
export function durationComplaint(text: string, bounds: string): string {
  const [, count, word] = /^(\d+(?:\.\d+)?) *([a-z]*?)s?$/i.exec(text.trim()) ?? [];
  const written = word?.toLowerCase() ?? '';
  const unit = OTHER_UNITS[written] ?? (Object.hasOwn(UNITS, written) ? written : undefined);
  const isNear = count !== undefined && unit !== undefined && Number(count) > 0;
  const hint = isNear && parseDuration(text) === undefined ? `; did you mean ${count}${unit}?` : '';
  return `expected ${DURATION_EXPECTED}, ${bounds}, got ${JSON.stringify(text)}${hint}`;
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
