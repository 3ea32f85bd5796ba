/** What one stream of probe messages is: from where, which category, how large, filled with what, how often. Sends nothing. */
import { z } from 'zod';
import { SECOND } from '../base/instant.ts';
import { PROBE_HEADER_SIZE } from './probe.ts';
import type { Category } from './result.ts';

/** The four message categories. [MS-DPDX] 1.3 */
export const CATEGORIES = [
  'reliable-sequential',
  'reliable',
  'sequential',
  'unreliable',
] as const satisfies readonly Category[];

/** Fillings of a payload; `payload.ts` says what each looks like. */
export const PAYLOADS = [
  'random',
  'counter',
  'walking-bits',
  'zeros',
  'ones',
  'marks',
  'xon-xoff',
  'escape',
  'file',
] as const;
export type Payload = (typeof PAYLOADS)[number];

/** The payloads that need nothing but their name. */
export const NAMED_PAYLOADS = PAYLOADS.filter((name): name is Exclude<Payload, 'file'> => name !== 'file');

/** The largest probe message in bytes, its header included: what a receiver must be ready to hold. */
export const MESSAGE_SIZE_MAX = 65_536;

/** How many streams one plan may hold. */
export const STREAMS_MAX = 16;

/** The longest time between two bursts. */
const INTERVAL_MAX = 86_400 * SECOND;

/** Ranges of sizes that one distribution may mix. */
export const MIX_MAX = 8;

const byteCount = z.int().min(PROBE_HEADER_SIZE).max(MESSAGE_SIZE_MAX);

/** One range of a distribution: of all messages, `share` over the sum of the shares are drawn evenly from it. */
const sizeShare = z
  .strictObject({ min: byteCount, max: byteCount, share: z.int().min(1).max(1000) })
  .refine((range) => range.min <= range.max, { error: 'expected min not above max' });

/** Whole sizes of messages in bytes, each drawn evenly from `min`..`max`, or from one of the ranges of `mix`, which lie within. */
const sizeRange = z
  .strictObject({
    min: byteCount,
    max: byteCount,
    mix: z.array(sizeShare).min(1).max(MIX_MAX).readonly().optional(),
  })
  .refine((range) => range.min <= range.max, { error: 'expected min not above max' })
  .refine((range) => range.mix?.every(({ min, max }) => min >= range.min && max <= range.max) ?? true, {
    error: 'expected every range of the mix within min..max',
  });
export type SizeRange = z.infer<typeof sizeRange>;

/**
 * As fast as the line takes them; `burst` messages every `interval` microseconds, to which a pause drawn evenly from
 * 0..`spread` is added; or one for each message of the stream `to`, which comes from the other end.
 */
export const pace = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('saturate') }),
  z.strictObject({
    kind: z.literal('paced'),
    interval: z.int().min(1).max(INTERVAL_MAX),
    burst: z.int().min(1).max(100_000),
    spread: z.int().min(0).max(INTERVAL_MAX).optional(),
  }),
  z.strictObject({
    kind: z.literal('answer'),
    to: z
      .int()
      .min(0)
      .max(STREAMS_MAX - 1),
  }),
]);
export type Pace = z.infer<typeof pace>;

/** One stream of a plan, as both ends hold it. */
export const streamPlan = z.strictObject({
  from: z.enum(['near', 'far']),
  category: z.enum(CATEGORIES),
  size: sizeRange,
  payload: z.enum(PAYLOADS),
  pace,
});
export type StreamPlan = z.infer<typeof streamPlan>;

/** Whether every message of the category must arrive. [MS-DPDX] 1.3 */
export function isReliable(category: Category): boolean {
  return category === 'reliable-sequential' || category === 'reliable';
}

/** Whether messages of the category must not overtake each other. [MS-DPDX] 1.3 */
export function isSequential(category: Category): boolean {
  return category === 'reliable-sequential' || category === 'sequential';
}
