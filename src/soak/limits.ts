/** The measures that a profile may limit, each declared once: its name, which way it is bounded, what it says, how it is read off. */
import {
  every,
  type LimitRule,
  summed,
  worst,
  worstDirection,
  worstEnd,
  worstLatency,
} from './limit-reading.ts';
import type { EndResult } from './result.ts';
import { isReliable, isSequential } from './stream-plan.ts';

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
    read: worstDirection('min', ({ saturated, lineUtilisation }) =>
      saturated ? lineUtilisation : undefined,
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
  latencyP50Ms: {
    bound: 'max',
    about: 'median of the one-way delay in milliseconds, of the worst stream',
    preset: undefined,
    read: worstLatency((stream) => stream.latencyMs.p50),
  },
  latencyTrendMsPerHour: {
    bound: 'max',
    about: 'growth of the one-way delay in milliseconds per hour, of the worst stream',
    preset: undefined,
    read: worstLatency((stream) => stream.latencyTrendMsPerHour),
  },
  answerP99Ms: {
    bound: 'max',
    about:
      '99th percentile of the time until an answer came, in milliseconds, of the worst stream that answers',
    preset: undefined,
    read: worstLatency((stream) => stream.answerMs?.p99),
  },
  answerMaxMs: {
    bound: 'max',
    about: 'longest time until an answer came, in milliseconds, of the worst stream that answers',
    preset: undefined,
    read: worstLatency((stream) => stream.answerMs?.max),
  },
  goodputBytesPerSecond: {
    bound: 'min',
    about: 'delivered bytes of messages per second, of the worse direction',
    preset: undefined,
    read: worstDirection('min', (direction) => direction.goodputBytesPerSecond),
  },
  framesLost: {
    bound: 'max',
    about: 'frames sent that did not arrive intact, of the worse direction',
    preset: undefined,
    read: worstDirection('max', ({ passage }) => passage?.framesLost),
  },
  bytesLost: {
    bound: 'max',
    about: 'bytes sent that did not arrive, of the worse direction',
    preset: undefined,
    read: worstDirection('max', ({ passage }) => passage?.bytesLost),
  },
  bytesInserted: {
    bound: 'max',
    about: 'bytes that arrived and that nobody sent, of the worse direction',
    preset: undefined,
    read: worstDirection('max', ({ passage }) => passage?.bytesInserted),
  },
  bitErrorRatio: {
    bound: 'max',
    about: 'damaged frames over the data bits received, at the worse end (0 to 1)',
    preset: undefined,
    read: worstEnd(({ errors }) => errors?.bitErrorRatio.counted),
  },
  'bitErrorRatio.below': {
    bound: 'max',
    about: 'the bit error ratio that the line stays below with 95 % confidence, at the worse end (0 to 1)',
    preset: undefined,
    read: worstEnd(({ errors }) => errors?.bitErrorRatio.below),
  },
  'frameErrorRatio.below': {
    bound: 'max',
    about: 'the frame error ratio that the line stays below with 95 % confidence, at the worse end (0 to 1)',
    preset: undefined,
    read: worstEnd(({ errors }) => errors?.frameErrorRatio.below),
  },
  'frames.headerCrcErrors': {
    bound: 'max',
    about: 'frames whose header CRC failed, at the worse end',
    preset: undefined,
    read: worstEnd(({ frames }) => frames.headerCrcErrors),
  },
  'frames.messageCrcErrors': {
    bound: 'max',
    about: 'frames whose message CRC failed, at the worse end',
    preset: undefined,
    read: worstEnd(({ frames }) => frames.messageCrcErrors),
  },
  'frames.truncated': {
    bound: 'max',
    about: 'frames that were not completed before the line fell idle, at the worse end',
    preset: undefined,
    read: worstEnd(({ frames }) => frames.truncated),
  },
  'seconds.errored': {
    bound: 'max',
    about: 'errored seconds of the available time (ITU-T G.826), at the worse end',
    preset: undefined,
    read: worstEnd(({ seconds }) => seconds?.errored),
  },
  'seconds.severelyErrored': {
    bound: 'max',
    about: 'severely errored seconds of the available time (ITU-T G.826), at the worse end',
    preset: undefined,
    read: worstEnd(({ seconds }) => seconds?.severelyErrored),
  },
  'seconds.unavailable': {
    bound: 'max',
    about: 'unavailable seconds (ITU-T G.826), at the worse end',
    preset: undefined,
    read: worstEnd(({ seconds }) => seconds?.unavailable),
  },
  availability: {
    bound: 'min',
    about: 'available seconds over those observed (ITU-T G.826), at the worse end (0 to 1)',
    preset: undefined,
    read: worstEnd(({ seconds }) => seconds?.availability, 'min'),
  },
  resentRatio: {
    bound: 'max',
    about: 'bytes of frames sent again over all bytes sent, at the worse end (0 to 1)',
    preset: undefined,
    read: worstEnd(({ connection }) => connection.resentRatio),
  },
  rttP99Ms: {
    bound: 'max',
    about: '99th percentile of the round trip in milliseconds, at the worse end',
    preset: undefined,
    read: worstEnd(({ connection }) => connection.rttMs.p99),
  },
  hostLagMaxMs: {
    bound: 'max',
    about: 'the latest that a timer of a host fired, in milliseconds, at the worse end',
    preset: undefined,
    read: worstEnd(({ host }) => host?.lagMs.max),
  },
  'session.reconnects': {
    bound: 'max',
    about: 'times that the session was entered again, at the worse end',
    preset: undefined,
    read: worstEnd(({ session }) => session?.reconnects),
  },
} as const satisfies Record<string, LimitRule>;

/** The name of a limit, as profiles and results spell it. */
export type LimitName = keyof typeof LIMITS;

/** Every limit's name, in the order in which results list them. */
export const LIMIT_NAMES = Object.keys(LIMITS) as LimitName[];

/** The limits of a profile: the measure's bound, or absent where it has none. */
export type Limits = Readonly<Partial<Record<LimitName, number | undefined>>>;

/** What a profile demands that says nothing about limits: nothing reliable lost; nothing duplicated, misordered or corrupted. */
export const PRESET_LIMITS: Limits = Object.fromEntries(
  LIMIT_NAMES.flatMap((name) => (LIMITS[name].preset === undefined ? [] : [[name, LIMITS[name].preset]])),
);
