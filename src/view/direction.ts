/** What one direction of the line carries: its count, its rate and the rate's past. Folded from samples, never changed in place. */
import { charactersPerSecond, type LineSettings } from '../base/line-settings.ts';
import type { EndName } from '../soak/result.ts';
import type { Sample } from '../soak/sample.ts';
import { addSeconds, emptySeries, type Series } from './series.ts';

/** The shortest time over which a rate is taken, in seconds. */
export const RATE_SECONDS_MIN = 0.5;

/** The longest time over which a rate is taken, in seconds. */
const WINDOW_MAX = 10;

/** How far a rate may be off because messages arrive whole, as a share of what the line carries. */
const GRAIN_TOLERANCE = 0.015;

/** The count at one moment. */
interface Mark {
  /** Seconds since the run began. */
  readonly at: number;
  readonly bytes: number;
  readonly messages: number;
}

/** One direction and its figures. */
export interface DirectionState {
  readonly from: EndName;
  readonly to: EndName;
  /** Bytes per second that the line can carry; `null` when its settings are not known. */
  readonly ceiling: number | null;
  /** Which end the figures are from: what is delivered is known to the receiver, until it is heard of only what was sent. */
  readonly measuredBy: 'receiver' | 'sender';
  /** Payload bytes per second of late; `null` before two samples. */
  readonly rate: number | null;
  /** Payload bytes so far. */
  readonly bytes: number;
  /** Payload bytes per second. */
  readonly series: Series;
  /** The latest counts, oldest first: what the rate is taken from. */
  readonly marks: readonly Mark[];
}

/** A direction of which nothing has been heard yet; `settings` are the sending end's. */
export function newDirection(from: EndName, to: EndName, settings: LineSettings | null): DirectionState {
  return {
    from,
    to,
    ceiling: settings === null ? null : charactersPerSecond(settings),
    measuredBy: 'sender',
    rate: null,
    bytes: 0,
    series: emptySeries('mean'),
    marks: [],
  };
}

/** What `sample` counts for `direction`. */
function markOf(direction: DirectionState, sample: Sample, by: 'receiver' | 'sender'): Mark {
  if (by === 'receiver' && sample.bytesArrived !== undefined) {
    // Frame by frame: a message counts as it arrives, and not all at once.
    return { at: sample.at, bytes: sample.bytesArrived, messages: sample.frames.received };
  }
  let bytes = 0;
  let messages = 0;
  for (const stream of sample.streams) {
    if (stream.from !== direction.from || stream.to !== direction.to) continue;
    bytes += by === 'receiver' ? stream.bytesDelivered : stream.bytesSent;
    messages += by === 'receiver' ? stream.delivered : stream.sent;
  }
  return { at: sample.at, bytes, messages };
}

/** The slope of the line through `marks` with the least squares of errors; 0 for fewer than two moments. */
function slope(marks: readonly Mark[]): number {
  const count = Math.max(1, marks.length);
  const middle = marks.reduce((sum, { at }) => sum + at, 0) / count;
  let product = 0;
  let square = 0;
  for (const { at, bytes } of marks) {
    product += (at - middle) * bytes;
    square += (at - middle) ** 2;
  }
  return square > 0 ? Math.max(0, product / square) : 0;
}

/**
 * Bytes per second at the end of `marks`. A message counts when it is whole, so a few large ones a second would make the
 * rate of single seconds jump, beyond the line's ceiling even: the larger the messages are for the line, the more seconds
 * (1 to {@link WINDOW_MAX}) the rate is taken over, as the slope through their counts. `null` before that can be done.
 */
export function steadyRate(marks: readonly Mark[], ceiling: number | null): number | null {
  const [last, before] = [marks.at(-1), marks.at(-2)];
  if (last === undefined || before === undefined) return null;
  const second = (last.bytes - before.bytes) / (last.at - before.at);
  const grain = last.messages > 0 ? last.bytes / last.messages : 0;
  const tolerance = GRAIN_TOLERANCE * Math.max(ceiling ?? 0, second, 1);
  const window = Math.min(WINDOW_MAX, Math.max(1, Math.ceil((grain / tolerance) ** (2 / 3))));
  if (window > 1 && marks.length < 3) return null;
  // Two counts make a rate, however far apart they are: a simulated day is sampled every half a minute.
  const used = marks.filter(
    ({ at }, index) => index >= marks.length - 2 || at >= last.at - window - RATE_SECONDS_MIN,
  );
  // The time before the first byte belongs to no rate.
  const silent = used.findLastIndex(({ bytes }) => bytes === 0);
  return slope(used.slice(Math.max(0, Math.min(silent, used.length - 2))));
}

/** `direction` after `sample`; the same when that end has nothing to say of it. */
export function directionAfter(direction: DirectionState, sample: Sample): DirectionState {
  const receives = sample.end === direction.to;
  const sends = sample.end === direction.from && direction.measuredBy === 'sender';
  if (!receives && !sends) return direction;
  const measuredBy = receives ? 'receiver' : 'sender';
  const mark = markOf(direction, sample, measuredBy);
  const last = direction.marks.at(-1);
  const known = { ...direction, measuredBy, bytes: mark.bytes } as const;
  const anew = last === undefined || measuredBy !== direction.measuredBy;
  if (anew || mark.at < last.at || mark.bytes < last.bytes) return { ...known, marks: [mark] };
  const interval = mark.at - last.at;
  if (interval < RATE_SECONDS_MIN) return known;
  const marks = [...direction.marks.slice(-WINDOW_MAX), mark];
  const rate = steadyRate(marks, direction.ceiling);
  if (rate === null) return { ...known, marks };
  const seconds = Math.max(1, Math.round(interval));
  return { ...known, marks, rate, series: addSeconds(direction.series, rate, seconds) };
}
