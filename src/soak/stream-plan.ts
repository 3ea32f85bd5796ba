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
  'marks',
  'xon-xoff',
  'escape',
] as const;
export type Payload = (typeof PAYLOADS)[number];

/** The largest probe message in bytes, its header included: what a receiver must be ready to hold. */
export const MESSAGE_SIZE_MAX = 65_536;

/** How many streams one plan may hold. */
export const STREAMS_MAX = 16;

/** The longest time between two bursts. */
const INTERVAL_MAX = 86_400 * SECOND;

/** Whole sizes of messages in bytes, each drawn evenly from `min`..`max`. */
const sizeRange = z
  .strictObject({
    min: z.int().min(PROBE_HEADER_SIZE).max(MESSAGE_SIZE_MAX),
    max: z.int().min(PROBE_HEADER_SIZE).max(MESSAGE_SIZE_MAX),
  })
  .refine((range) => range.min <= range.max, { error: 'expected min not above max' });

/** As fast as the line takes them, or `burst` messages every `interval` microseconds. */
export const pace = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('saturate') }),
  z.strictObject({
    kind: z.literal('paced'),
    interval: z.int().min(1).max(INTERVAL_MAX),
    burst: z.int().min(1).max(100_000),
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
