/** Exact times of the characters of an unbroken run on a line: integers only, so that days of them do not drift. */
import type { Instant } from '../base/instant.ts';
import { bitsPerCharacter, type LineSettings } from '../base/line-settings.ts';

/** How long one character takes: `numerator / baud` microseconds, both whole numbers. */
export interface CharacterTime {
  readonly numerator: number;
  readonly baud: number;
}

/** The character time of `settings`: start, eight data, parity if any, stop bits. */
export function characterTime(settings: LineSettings): CharacterTime {
  // 1.5 stop bits make half bits; hence twice the bits times half of a million.
  return { numerator: 2 * bitsPerCharacter(settings) * 500_000, baud: settings.baud };
}

/**
 * Characters that follow each other without a pause. The first starts at `whole` microseconds and
 * `part / baud` of one more (0 <= part < baud). Products stay below 2^53 for runs of up to 7e8 characters.
 */
export interface Run {
  whole: Instant;
  part: number;
  count: number;
  readonly time: CharacterTime;
}

/** When the first `characters` of the run are complete, rounded up to a whole microsecond. */
export function finishOf(run: Run, characters: number): Instant {
  return run.whole + Math.ceil((run.part + characters * run.time.numerator) / run.time.baud);
}

/** How many characters of the run are complete at `by`: 0..count. */
export function finishedBy(run: Run, by: Instant): number {
  if (by <= run.whole) return 0;
  if (by >= finishOf(run, run.count)) return run.count;
  const done = Math.floor(((by - run.whole) * run.time.baud - run.part) / run.time.numerator);
  return Math.max(0, done);
}

/** How many characters of the run have begun before `by`: 0..count. */
export function startedBefore(run: Run, by: Instant): number {
  if (by <= run.whole) return 0;
  if (by >= finishOf(run, run.count)) return run.count;
  const begun = Math.ceil(((by - run.whole) * run.time.baud - run.part) / run.time.numerator);
  return Math.min(Math.max(0, begun), run.count);
}

/** Moves the run's start past its first `characters`. */
export function shorten(run: Run, characters: number): void {
  const total = run.part + characters * run.time.numerator;
  run.whole += Math.floor(total / run.time.baud);
  run.part = total % run.time.baud;
  run.count -= characters;
}
