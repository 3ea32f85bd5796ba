/** What is sent over a call to see how much it carries: one kind of payload at a time, one way and both. Sends nothing. */
import { type Duration, SECOND } from '../base/instant.ts';
import type { CallThroughput } from '../modem/call-cycle.ts';
import { endsOf, type Plan } from './plan.ts';
import type { Result } from './result.ts';
import type { StreamPlan } from './stream-plan.ts';

/** One measure. */
export interface ThroughputMeasure {
  readonly payload: CallThroughput['payload'];
  readonly bothWays: boolean;
}

/** All measures, in the order in which they are taken. */
export const THROUGHPUT_MEASURES: readonly ThroughputMeasure[] = [
  { payload: 'random', bothWays: false },
  { payload: 'zeros', bothWays: false },
  { payload: 'random', bothWays: true },
  { payload: 'zeros', bothWays: true },
];

/** Bytes of a message: a second of a slow modem. */
const MESSAGE_SIZE = 512;

/** What lies in the modems may take so long to get through. */
const DRAIN_LIMIT: Duration = 60 * SECOND;

/** The plan of a measure that lasts `duration`, between the ends of `plan`. */
export function throughputPlan(
  plan: Plan,
  { payload, bothWays }: ThroughputMeasure,
  duration: Duration,
): Plan {
  const stream = (from: 'near' | 'far'): StreamPlan => ({
    from,
    category: 'reliable-sequential',
    size: { min: MESSAGE_SIZE, max: MESSAGE_SIZE },
    payload,
    pace: { kind: 'saturate' },
  });
  const { version, seed, names } = plan;
  return {
    ...{ version, seed, names, duration },
    profile: `${plan.profile}, ${payload} ${bothWays ? 'both ways' : 'one way'}`.slice(-256),
    drainLimit: DRAIN_LIMIT,
    streams: bothWays ? [stream('near'), stream('far')] : [stream('near')],
    limits: {},
  };
}

/** What a measure came to. */
export function throughputOf(
  plan: Plan,
  { payload, bothWays }: ThroughputMeasure,
  { streams }: Result,
): CallThroughput[] {
  return plan.streams.map((stream, place) => {
    const { measured, goodputBytesPerSecond } = streams[place] ?? { measured: false };
    const told = measured && goodputBytesPerSecond !== undefined;
    return {
      payload,
      ...endsOf(plan, stream),
      bothWays,
      ...(told ? { bytesPerSecond: goodputBytesPerSecond } : {}),
    };
  });
}
