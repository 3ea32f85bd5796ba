/** Profile files: what to do with a line, for how long, and what it must achieve. Parses and checks; runs nothing. */
import { z } from 'zod';
import { parseChecked } from '../base/document.ts';
import { parseDuration } from '../base/duration-text.ts';
import { UsageError } from '../base/failure.ts';
import { type Duration, SECOND } from '../base/instant.ts';
import type { CallPlan } from '../modem/call-plan.ts';
import { callPlanOf, callsKey } from './calls-schema.ts';
import { durationKey } from './duration-key.ts';
import type { PlannedFault } from './fault-schedule.ts';
import { faultsKey, plannedFaults } from './faults-schema.ts';
import { limitsKey } from './limit-schema.ts';
import { LIMIT_NAMES, type Limits, PRESET_LIMITS } from './limits.ts';
import { FILE_SIZE_MAX, type PayloadFile, payloadFileOf } from './payload-file.ts';
import { PROBE_HEADER_SIZE } from './probe.ts';
import {
  CATEGORIES,
  MESSAGE_SIZE_MAX,
  MIX_MAX,
  NAMED_PAYLOADS,
  type Pace,
  type Payload,
  type SizeRange,
  STREAMS_MAX,
  type StreamPlan,
} from './stream-plan.ts';
import { parseVolume, VOLUME_EXPECTED } from './volume-text.ts';

/** The shortest traffic a profile may ask for: one second. */
export const DURATION_MIN: Duration = SECOND;
/** The longest traffic a profile may ask for: 60 days. */
export const DURATION_MAX: Duration = 60 * 86_400 * SECOND;

/** How long queued reliable messages may take to get through after the traffic has ended, unless the profile says. */
const DRAIN_PRESET: Duration = 30 * SECOND;

const SIZE_EXPECTED = `expected a whole number of bytes, ${PROBE_HEADER_SIZE} to ${MESSAGE_SIZE_MAX}`;

const size = z
  .int({ error: SIZE_EXPECTED })
  .min(PROBE_HEADER_SIZE, { error: SIZE_EXPECTED })
  .max(MESSAGE_SIZE_MAX, { error: SIZE_EXPECTED })
  .describe('Bytes of a message, its header of 20 included');

const range = z
  .strictObject({ min: size, max: size })
  .refine(({ min, max }) => min <= max, { error: 'expected min not above max' });

const mixed = z
  .strictObject({
    mix: z
      .array(
        z.strictObject({
          size: z.union([size, range], { error: `${SIZE_EXPECTED}, or { min: ..., max: ... }` }),
          share: z.int().min(1).max(1000).describe('How often, beside the other shares'),
        }),
      )
      .min(1)
      .max(MIX_MAX),
  })
  .describe('A distribution: of so many messages, so many of each size');

const sizes = z
  .union([size, range, mixed], {
    error: `${SIZE_EXPECTED}, { min: ..., max: ... }, or { mix: [{ size: 64, share: 3 }, ...] }`,
  })
  .describe('How large the messages are: one size, drawn evenly from min..max, or from a mix of these');

const every = durationKey(SECOND / 1000, 86_400 * SECOND);

const rate = z
  .union(
    [
      z.literal('saturate').describe('As fast as the line takes them'),
      z.strictObject({
        per_second: z.number().min(0.001).max(100_000).describe('Messages per second, evenly spaced'),
      }),
      z.strictObject({
        burst: z.int().min(1).max(100_000).describe('Messages at once'),
        every: z
          .union([
            every,
            z
              .strictObject({ min: every, max: every })
              .refine(({ min, max }) => (parseDuration(min) ?? 0) <= (parseDuration(max) ?? 0), {
                error: 'expected min not above max',
              }),
          ])
          .describe(
            'From the start of one burst to the next; with min and max as people pause, drawn anew each time',
          ),
      }),
    ],
    { error: 'expected saturate, { per_second: 5 } or { burst: 20, every: 2s }' },
  )
  .describe('How often messages are sent');

const payload = z
  .union(
    [
      z.enum(NAMED_PAYLOADS),
      z.strictObject({
        file: z
          .string()
          .min(1)
          .max(4096)
          .describe(
            `A file of 1 to ${FILE_SIZE_MAX} bytes, by its path from this profile; shipped to the far end`,
          ),
      }),
    ],
    { error: `expected ${NAMED_PAYLOADS.join(', ')}, or { file: ... }` },
  )
  .describe('What the messages are filled with');

const answer = z
  .strictObject({
    size: sizes,
    category: z
      .enum(CATEGORIES)
      .optional()
      .describe('Category of the answers; that of the messages unless given'),
    payload: payload.default('random'),
  })
  .describe(
    'The other end answers each message of this stream at once; the time until the answer came is measured',
  );

const stream = z
  .strictObject({
    from: z.enum(['near', 'far', 'both']).describe('Which end sends; both makes two streams'),
    category: z.enum(CATEGORIES).describe('Message category, [MS-DPDX] 1.3'),
    size: sizes,
    payload: payload.default('random'),
    rate: rate.default('saturate'),
    answer: answer.optional(),
  })
  .describe('One stream of messages');

/** The schema of a profile file. */
export const profileSchema = z
  .strictObject({
    name: z.string().min(1).max(200).describe('What people call this profile'),
    duration: durationKey(DURATION_MIN, DURATION_MAX)
      .optional()
      .describe('How long the traffic lasts, counted from the first message'),
    volume: z
      .string()
      .refine((text) => (parseVolume(text) ?? 0) > 0, { error: `expected ${VOLUME_EXPECTED}` })
      .optional()
      .describe(
        'How much each stream sends; whichever of duration and volume is reached first ends the traffic',
      ),
    drain: durationKey(SECOND, 3600 * SECOND)
      .optional()
      .describe('How long queued messages may take to get through afterwards (30s unless given)'),
    streams: z.array(stream).min(1).max(STREAMS_MAX).describe('What is sent, side by side'),
    limits: limitsKey.optional(),
    calls: callsKey.optional(),
    faults: faultsKey.optional(),
  })
  .refine((file) => file.duration !== undefined || file.volume !== undefined, {
    error: 'expected duration or volume',
  })
  .refine((file) => file.streams.reduce((sum, one) => sum + streamsOf(one), 0) <= STREAMS_MAX, {
    path: ['streams'],
    error: `expected at most ${STREAMS_MAX} streams (both counts as two, answers count too)`,
  })
  .refine((file) => file.volume === undefined || file.streams.every((one) => one.answer === undefined), {
    path: ['volume'],
    error: 'expected duration alone where a stream is answered',
  })
  .refine((file) => new Set(file.streams.flatMap(filesOf)).size <= 1, {
    path: ['streams'],
    error: 'expected one payload file at most',
  })
  .refine(
    (file) =>
      typeof file.limits?.lineUtilisation !== 'number' || file.streams.some((one) => one.rate === 'saturate'),
    { path: ['limits', 'lineUtilisation'], error: 'expected a stream with rate: saturate to go with it' },
  );

/** A profile as its file says it. */
export type ProfileFile = z.output<typeof profileSchema>;

/** A profile as the engine takes it: lengths of time in microseconds, volume in bytes, one stream per direction. */
export interface Profile {
  readonly name: string;
  /** Microseconds from the first probe message; `undefined` when only the volume ends the traffic. */
  readonly duration: Duration | undefined;
  /** Bytes of messages that each stream sends; `undefined` when only the duration ends the traffic. */
  readonly volume: number | undefined;
  /** Microseconds that queued messages may take to get through after the traffic. */
  readonly drainLimit: Duration;
  /** 1 to {@link STREAMS_MAX} streams. */
  readonly streams: readonly StreamPlan[];
  readonly limits: Limits;
  /** How `dplink dial` calls; other commands take no notice. */
  readonly calls?: CallPlan;
  /** What streams with the payload `file` repeat. */
  readonly file?: PayloadFile;
  /** What the near end does to its own line on purpose. */
  readonly faults?: readonly PlannedFault[];
}

/** Reads the payload file that a profile names, by its path from the profile; throws UsageError. */
export type ReadPayload = (path: string) => Uint8Array;

/**
 * Parses the text of a profile file; throws UsageError (`file:line:column key: what was expected`). `read` is asked for
 * the payload file, should the profile name one.
 */
export function parseProfile(file: string, text: string, read?: ReadPayload): Profile {
  const parsed = parseChecked<ProfileFile>(file, text, profileSchema);
  const named = parsed.streams.flatMap(filesOf)[0];
  return {
    name: parsed.name,
    duration: parsed.duration === undefined ? undefined : parseDuration(parsed.duration),
    volume: parsed.volume === undefined ? undefined : parseVolume(parsed.volume),
    drainLimit: parsed.drain === undefined ? DRAIN_PRESET : (parseDuration(parsed.drain) ?? DRAIN_PRESET),
    streams: expand(parsed.streams),
    limits: limitsOf(parsed.limits),
    ...(parsed.calls === undefined ? {} : { calls: callPlanOf(parsed.calls) }),
    ...(parsed.faults === undefined ? {} : { faults: plannedFaults(parsed.faults) }),
    ...(named === undefined ? {} : { file: payloadOfFile(file, named, read) }),
  };
}

/** The payload file called `named` as plans hold it. Throws UsageError. */
function payloadOfFile(file: string, named: string, read: ReadPayload | undefined): PayloadFile {
  if (read === undefined) throw new UsageError(`${file}: a payload file cannot be read here: ${named}`);
  const content = read(named);
  const held = payloadFileOf(named, content);
  if (held !== undefined) return held;
  throw new UsageError(
    `${file}: the payload file ${named} has ${content.length} bytes, expected 1 to ${FILE_SIZE_MAX}: it is shipped to the far end`,
  );
}

/** The JSON Schema of profile files, for editors. */
export function profileJsonSchema(): unknown {
  return z.toJSONSchema(profileSchema, { io: 'input' });
}

type StreamFile = z.output<typeof stream>;

/** How many streams of a plan one of a file becomes. */
function streamsOf({ from, answer: answered }: StreamFile): number {
  return (from === 'both' ? 2 : 1) * (answered === undefined ? 1 : 2);
}

/** The payload files that a stream names. */
function filesOf(file: StreamFile): string[] {
  return [file.payload, file.answer?.payload].flatMap((one) => (typeof one === 'object' ? [one.file] : []));
}

const OTHER = { near: 'far', far: 'near' } as const;

/** The streams of a plan that those of the file become; an answering stream stands behind the one that it answers. */
function expand(files: readonly StreamFile[]): StreamPlan[] {
  const plans: StreamPlan[] = [];
  for (const file of files) {
    for (const from of file.from === 'both' ? (['near', 'far'] as const) : ([file.from] as const)) {
      plans.push({
        from,
        category: file.category,
        size: sizeOf(file.size),
        payload: payloadOf(file.payload),
        pace: paceOf(file.rate),
      });
      if (file.answer === undefined) continue;
      plans.push({
        from: OTHER[from],
        category: file.answer.category ?? file.category,
        size: sizeOf(file.answer.size),
        payload: payloadOf(file.answer.payload),
        pace: { kind: 'answer', to: plans.length - 1 },
      });
    }
  }
  return plans;
}

function payloadOf(file: StreamFile['payload']): Payload {
  return typeof file === 'string' ? file : 'file';
}

function sizeOf(file: StreamFile['size']): SizeRange {
  if (typeof file === 'number') return { min: file, max: file };
  if ('min' in file) return file;
  const mix = file.mix.map(({ size: each, share }) => ({
    ...(typeof each === 'number' ? { min: each, max: each } : each),
    share,
  }));
  const min = Math.min(...mix.map((one) => one.min));
  return { min, max: Math.max(...mix.map((one) => one.max)), mix };
}

function paceOf(file: StreamFile['rate']): Pace {
  if (file === 'saturate') return { kind: 'saturate' };
  if ('per_second' in file) {
    return { kind: 'paced', interval: Math.max(1, Math.round(SECOND / file.per_second)), burst: 1 };
  }
  const { burst, every: pause } = file;
  if (typeof pause === 'string') return { kind: 'paced', interval: parseDuration(pause) ?? SECOND, burst };
  const interval = parseDuration(pause.min) ?? SECOND;
  return { kind: 'paced', interval, burst, spread: (parseDuration(pause.max) ?? interval) - interval };
}

/** The presets, with what the file says in their place; `none` takes a preset away. */
function limitsOf(file: ProfileFile['limits'] = {}): Limits {
  const all = { ...PRESET_LIMITS, ...file };
  return Object.fromEntries(
    LIMIT_NAMES.flatMap((name) => {
      const limit = all[name];
      return typeof limit === 'number' ? [[name, limit]] : [];
    }),
  );
}
