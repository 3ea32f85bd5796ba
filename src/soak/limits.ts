/** The measures that a profile may limit, each declared once: its name, which way it is bounded, what it says, how it is read off. */
import type { EndResult, StreamResult } from './result.ts';
import { isReliable, isSequential } from './stream-plan.ts';

/** What one direction of the line carried, all of its streams together. */
export interface DirectionFigures {
  readonly from: string;
  readonly to: string;
  /** Whether a stream of this direction sends as fast as the line takes it. */
  readonly saturated: boolean;
  /** Delivered bytes of messages over what the line could carry in the direction's traffic time, 0..1. */
  readonly lineUtilisation: number;
}

/** What a verdict is made from. Streams and directions whose receiving end is unknown are not among them. */
export interface Facts {
  readonly ends: readonly EndResult[];
  readonly streams: readonly StreamResult[];
  readonly directions: readonly DirectionFigures[];
}

/** The worst figure, and where it was read; `undefined` when nothing could be measured. */
export interface Reading {
  readonly actual: number;
  readonly where: string;
}

interface LimitRule {
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
function summed(
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
function worst(bound: 'max' | 'min', readings: readonly Reading[]): Reading | undefined {
  const sign = bound === 'max' ? 1 : -1;
  return readings.reduce<Reading | undefined>(
    (held, one) => (held === undefined || (one.actual - held.actual) * sign > 0 ? one : held),
    undefined,
  );
}

/** One reading per end for which `read` gives a number; the highest counts. */
function worstEnd(read: (end: EndResult) => number | undefined): (facts: Facts) => Reading | undefined {
  return (facts) =>
    worst(
      'max',
      facts.ends.flatMap((end) => {
        const actual = read(end);
        return actual === undefined ? [] : [{ actual, where: `at ${end.name}` }];
      }),
    );
}

/** One reading per stream that delivered anything; the highest counts. */
function worstLatency(read: (stream: StreamResult) => number): (facts: Facts) => Reading | undefined {
  return (facts) =>
    worst(
      'max',
      facts.streams
        .filter((stream) => stream.delivered > 0)
        .map((stream) => ({ actual: read(stream), where: `${stream.from} to ${stream.to}` })),
    );
}

const every = (): boolean => true;

/** Frames that one end saw damaged, over all frames that began there. */
function damageRatio({ frames }: EndResult): number {
  const damaged = frames.headerCrcErrors + frames.messageCrcErrors + frames.truncated;
  return damaged === 0 ? 0 : damaged / (damaged + frames.received);
}

/** Every measure that may carry a limit, in the order in which results list them. */
export const LIMITS = {
  lostReliable: {
    bound: 'max',
    about: 'messages of reliable streams that were sent and never delivered',
    preset: 0,
    read: summed(
      (stream) => isReliable(stream.category),
      (stream) => stream.lost,
    ),
  },
  lostRatio: {
    bound: 'max',
    about: 'messages of unreliable streams that were lost, over those sent, of the worst stream (0 to 1)',
    preset: undefined,
    read: (facts) =>
      worst(
        'max',
        facts.streams
          .filter((stream) => !isReliable(stream.category) && stream.sent > 0)
          .map((stream) => ({ actual: stream.lost / stream.sent, where: `${stream.from} to ${stream.to}` })),
      ),
  },
  duplicated: {
    bound: 'max',
    about: 'messages delivered more than once',
    preset: 0,
    read: summed(every, (stream) => stream.duplicated),
  },
  misordered: {
    bound: 'max',
    about: 'messages of sequential streams delivered after a later one',
    preset: 0,
    read: summed(
      (stream) => isSequential(stream.category),
      (stream) => stream.misordered,
    ),
  },
  corrupted: {
    bound: 'max',
    about: 'messages delivered altered or cut short although both CRCs held',
    preset: 0,
    read: summed(every, (stream) => stream.corrupted + stream.truncated),
  },
  lineUtilisation: {
    bound: 'min',
    about:
      'share of the line that delivered messages used, of the worse direction that is saturated (0 to 1)',
    preset: undefined,
    read: (facts) =>
      worst(
        'min',
        facts.directions
          .filter((direction) => direction.saturated)
          .map((direction) => ({
            actual: direction.lineUtilisation,
            where: `${direction.from} to ${direction.to}`,
          })),
      ),
  },
  frameDamageRatio: {
    bound: 'max',
    about: 'damaged frames over all frames received, at the worse end (0 to 1)',
    preset: undefined,
    read: worstEnd(damageRatio),
  },
  skippedBytes: {
    bound: 'max',
    about: 'received bytes that belong to no intact frame, at the worse end',
    preset: undefined,
    read: worstEnd((end) => end.bytes.skipped),
  },
  uartErrors: {
    bound: 'max',
    about: 'framing, parity, overrun and break errors of the UART, at the worse end that counts them',
    preset: undefined,
    read: worstEnd((end) =>
      end.uart === null ? undefined : end.uart.framing + end.uart.parity + end.uart.overrun + end.uart.break,
    ),
  },
  retries: {
    bound: 'max',
    about: 'frames that the transport sent again, at the worse end',
    preset: undefined,
    read: worstEnd((end) => end.connection.retries),
  },
  violations: {
    bound: 'max',
    about: 'things received that the specification or the soak does not allow, at the worse end',
    preset: undefined,
    read: worstEnd((end) => end.violations),
  },
  latencyP99Ms: {
    bound: 'max',
    about: '99th percentile of the one-way delay in milliseconds, of the worst stream',
    preset: undefined,
    read: worstLatency((stream) => stream.latencyMs.p99),
  },
  latencyMaxMs: {
    bound: 'max',
    about: 'longest one-way delay in milliseconds, of the worst stream',
    preset: undefined,
    read: worstLatency((stream) => stream.latencyMs.max),
  },
} as const satisfies Record<string, LimitRule>;

/** The name of a limit, as profiles and results spell it. */
export type LimitName = keyof typeof LIMITS;

/** Every limit's name, in the order in which results list them. */
export const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];

/** The limits of a profile: the measure's bound, or absent where it has none. */
export type Limits = Readonly<Partial<Record<LimitName, number>>>;

/** What a profile demands that says nothing about limits: nothing reliable lost; nothing duplicated, misordered or corrupted. */
export const PRESET_LIMITS: Limits = Object.fromEntries(
  LIMIT_NAMES.flatMap((name) => (LIMITS[name].preset === undefined ? [] : [[name, LIMITS[name].preset]])),
);
