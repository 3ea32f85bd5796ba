/** How a measure is read off the facts of a run: summed up, or the worst stream, end or direction. Knows no measure. */
import type { DirectionResult, EndResult, StreamResult } from './result.ts';

/** What is judged of a direction. */
export type JudgedDirection = Pick<DirectionResult, 'from' | 'to' | 'saturated' | 'lineUtilisation'> &
  Partial<Pick<DirectionResult, 'goodputBytesPerSecond' | 'passage'>>;

/** What a verdict is made from. Streams and directions whose receiving end is unknown are not among them. */
export interface Facts {
  readonly ends: readonly EndResult[];
  readonly streams: readonly StreamResult[];
  readonly directions: readonly JudgedDirection[];
}

/** The worst figure, and where it was read; `undefined` when nothing could be measured. */
export interface Reading {
  readonly actual: number;
  readonly where: string;
}

/** One measure that may carry a limit. */
export interface LimitRule {
  /** `max`: the measure must not exceed the limit; `min`: must not fall short of it. */
  readonly bound: 'max' | 'min';
  /** The measure in words, for schemas and documents. */
  readonly about: string;
  /** Used unless the profile says otherwise; `undefined` means no limit. */
  readonly preset: number | undefined;
  /** The measure of one part, or `undefined` where it does not apply; counts are summed, others show the worst part. */
  readonly read: (facts: Facts) => Reading | undefined;
}

/** Sum of a count over the streams to which it applies. */
export function summed(
  applies: (stream: StreamResult) => boolean,
  count: (stream: StreamResult) => number,
): (facts: Facts) => Reading | undefined {
  return (facts) => {
    const streams = facts.streams.filter(applies);
    if (streams.length === 0) return undefined;
    const bad = streams.filter((stream) => count(stream) > 0);
    return {
      actual: bad.reduce((sum, stream) => sum + count(stream), 0),
      where: [...new Set(bad.map((stream) => `${stream.from} to ${stream.to}`))].join(', '),
    };
  };
}

/** The reading with the highest (`max`) or lowest (`min`) figure. */
export function worst(bound: 'max' | 'min', readings: readonly Reading[]): Reading | undefined {
  const sign = bound === 'max' ? 1 : -1;
  return readings.reduce<Reading | undefined>(
    (held, one) => (held === undefined || (one.actual - held.actual) * sign > 0 ? one : held),
    undefined,
  );
}

/** One reading per end for which `read` gives a number; the highest (`max`) or lowest counts. */
export function worstEnd(
  read: (end: EndResult) => number | undefined,
  bound: 'max' | 'min' = 'max',
): (facts: Facts) => Reading | undefined {
  return (facts) =>
    worst(
      bound,
      facts.ends.flatMap((end) => {
        const actual = read(end);
        return actual === undefined ? [] : [{ actual, where: `at ${end.name}` }];
      }),
    );
}

/** One reading per stream that delivered anything and for which `read` gives a number; the highest counts. */
export function worstLatency(
  read: (stream: StreamResult) => number | null | undefined,
): (facts: Facts) => Reading | undefined {
  return (facts) =>
    worst(
      'max',
      facts.streams
        .filter((stream) => stream.delivered > 0)
        .flatMap((stream) => {
          const actual = read(stream);
          return actual == null ? [] : [{ actual, where: `${stream.from} to ${stream.to}` }];
        }),
    );
}

/** One reading per direction for which `read` gives a number; the worse one counts. */
export function worstDirection(
  bound: 'max' | 'min',
  read: (direction: JudgedDirection) => number | undefined,
): (facts: Facts) => Reading | undefined {
  return (facts) =>
    worst(
      bound,
      facts.directions.flatMap((direction) => {
        const actual = read(direction);
        return actual === undefined ? [] : [{ actual, where: `${direction.from} to ${direction.to}` }];
      }),
    );
}

/** Applies to every stream. */
export const every = (): boolean => true;
