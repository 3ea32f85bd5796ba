/** What one end reports of itself when the traffic is over: sent to the partner as JSON, and checked there. */
import { z } from 'zod';
import { FLOW_CONTROLS, PARITIES } from '../base/line-settings.ts';
import { OUTAGES_MAX } from './outages.ts';
import { STREAMS_MAX } from './stream-plan.ts';

const count = z.int().min(0);
const milliseconds = z.number().min(0);

/** Counters of the line; the shape of `LineCounters`. */
const lineCounters = z.strictObject({
  bytes: z.strictObject({ sent: count, received: count, skipped: count }),
  frames: z.strictObject({
    sent: count,
    received: count,
    headerCrcErrors: count,
    messageCrcErrors: count,
    truncated: count,
    resyncs: count,
  }),
  uart: z.strictObject({ framing: count, parity: count, overrun: count, break: count }).nullable(),
});

/** A histogram's snapshot; there are fewer than 2,000 buckets up to 2^53. */
const histogram = z.strictObject({
  count,
  sum: z.number().min(0),
  min: count,
  max: count,
  buckets: z
    .array(z.tuple([z.int().min(0).max(2000), count]).readonly())
    .max(2000)
    .readonly(),
});

const stream = z
  .int()
  .min(0)
  .max(STREAMS_MAX - 1);

/** How much of one stream was sent: the mark behind its last message. */
export const sentMark = z.strictObject({ stream, messages: count, bytes: count });
export type SentMark = z.infer<typeof sentMark>;

/** What one end received of one stream. */
const received = z.strictObject({
  stream,
  /** Different messages delivered, whatever their condition. */
  delivered: count,
  /** The highest number delivered, -1 before the first. */
  highest: z.int().min(-1),
  /** Bytes of the messages delivered intact, their headers included. */
  bytesDelivered: count,
  duplicated: count,
  misordered: count,
  corrupted: count,
  truncated: count,
  /** Microseconds from the sending of the first message to the last delivery. */
  trafficTime: count,
  /** One-way delays in microseconds. */
  latency: histogram,
  /** By how many microseconds the one-way delay grows in a second; `null` when there were too few messages to tell. */
  latencyTrend: z.strictObject({ growth: z.number(), uncertainty: z.number().min(0) }).nullable(),
  /** Microseconds from sending a request to the delivery of the answer, for streams that answer; `null` for others. */
  answerTime: histogram.nullable(),
});
export type Received = z.infer<typeof received>;

/** The schema of an end's report. */
export const endReport = z.strictObject({
  name: z.string().min(1).max(256),
  role: z.enum(['host', 'join']),
  line: z.strictObject({
    baud: z.int().min(1),
    parity: z.enum(PARITIES),
    stopbits: z.union([z.literal(1), z.literal(1.5), z.literal(2)]),
    flowcontrol: z.enum(FLOW_CONTROLS),
  }),
  counters: lineCounters,
  connection: z.strictObject({
    state: z.string().max(64),
    rttMs: z.strictObject({ min: milliseconds, p50: milliseconds, p99: milliseconds, max: milliseconds }),
    retries: count,
    duplicates: count,
    windowMax: count,
    bytesResent: count,
  }),
  session: z.strictObject({ players: count, nameTableVersion: count, reconnects: count }),
  violations: count,
  sent: z.array(sentMark).max(STREAMS_MAX),
  received: z.array(received).max(STREAMS_MAX),
  /** Microseconds from the sending of the first message of any stream to the last delivery of any, towards this end. */
  trafficTime: count,
  /** By how many microseconds this end's latencies may be wrong; `null` when it never heard the partner's clock. */
  latencyUncertainty: count.nullable(),
  /** How much faster the partner's clock runs; `null` when that cannot be told. */
  clockDrift: z.strictObject({ ppm: z.number(), uncertaintyPpm: z.number().min(0) }).nullable(),
  /** Seconds of the traffic towards this end. ITU-T G.826 */
  seconds: z.strictObject({
    observed: count,
    unavailable: count,
    errorFree: count,
    errored: count,
    severelyErrored: count,
    backgroundErrors: count,
  }),
  /** How late this host's timers fired; `null` where nobody measures it. */
  host: z
    .strictObject({
      timers: count,
      stalls: count,
      lagMs: z.strictObject({ p50: milliseconds, p99: milliseconds, max: milliseconds }),
    })
    .nullable(),
  /** Times for which this end's port was away; seconds since the run began at this end. */
  outages: z.strictObject({
    count,
    list: z
      .array(
        z.strictObject({
          lostAt: z.number(),
          backAt: z.number().nullable(),
          firstFrameAt: z.number().nullable(),
          cause: z.string().max(1000),
        }),
      )
      .max(OUTAGES_MAX),
  }),
  /** What became of what this end sent, by the partner's word; `null` where it said too little. */
  passage: z
    .strictObject({
      frames: count,
      bytes: count,
      framesLost: count,
      bytesLost: count,
      bytesInserted: count,
    })
    .nullable(),
});
export type EndReport = z.infer<typeof endReport>;
