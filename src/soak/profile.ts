/** Profile files: what to do with a line, for how long, and what it must achieve. Parses and checks; runs nothing. */
import { z } from 'zod';
import { parseChecked } from '../base/document.ts';
import { DURATION_EXPECTED, parseDuration } from '../base/duration-text.ts';
import { type Duration, SECOND } from '../base/instant.ts';
import { LIMIT_NAMES, LIMITS, type LimitName, type Limits, PRESET_LIMITS } from './limits.ts';
import { PROBE_HEADER_SIZE } from './probe.ts';
import {
  CATEGORIES,
  MESSAGE_SIZE_MAX,
  PAYLOADS,
  type Pace,
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

/** A text that stands for microseconds in `least`..`most`. */
function durationKey(least: Duration, most: Duration) {
  return z.string().refine(
    (text) => {
      const duration = parseDuration(text);
      return duration !== undefined && duration >= least && duration <= most;
    },
    { error: `expected ${DURATION_EXPECTED}, ${least / SECOND} s to ${most / SECOND} s` },
  );
}

const SIZE_EXPECTED = `expected a whole number of bytes, ${PROBE_HEADER_SIZE} to ${MESSAGE_SIZE_MAX}`;

const size = z
  .int({ error: SIZE_EXPECTED })
  .min(PROBE_HEADER_SIZE, { error: SIZE_EXPECTED })
  .max(MESSAGE_SIZE_MAX, { error: SIZE_EXPECTED })
  .describe('Bytes of a message, its header of 20 included');

const sizes = z
  .union([size, z.strictObject({ min: size, max: size })], {
    error: `${SIZE_EXPECTED}, or { min: ..., max: ... }`,
  })
  .refine((value) => typeof value === 'number' || value.min <= value.max, {
    error: 'expected min not above max',
  })
  .describe('How large the messages are: one size, or drawn evenly from min..max');

const rate = z
  .union(
    [
      z.literal('saturate').describe('As fast as the line takes them'),
      z.strictObject({
        per_second: z.number().min(0.001).max(100_000).describe('Messages per second, evenly spaced'),
      }),
      z.strictObject({
        burst: z.int().min(1).max(100_000).describe('Messages at once'),
        every: durationKey(SECOND / 1000, 86_400 * SECOND).describe(
          'From the start of one burst to the next',
        ),
      }),
    ],
    { error: 'expected saturate, { per_second: 5 } or { burst: 20, every: 2s }' },
  )
  .describe('How often messages are sent');

const stream = z
  .strictObject({
    from: z.enum(['near', 'far', 'both']).describe('Which end sends; both makes two streams'),
    category: z.enum(CATEGORIES).describe('Message category, [MS-DPDX] 1.3'),
    size: sizes,
    payload: z.enum(PAYLOADS).default('random').describe('What the messages are filled with'),
    rate: rate.default('saturate'),
  })
  .describe('One stream of messages');

const limits = z
  .strictObject(
    Object.fromEntries(
      LIMIT_NAMES.map((name) => [
        name,
        z
          .union([z.number().min(0), z.literal('none')], { error: 'expected a number of 0 or more, or none' })
          .optional()
          .describe(`${LIMITS[name].bound === 'max' ? 'At most' : 'At least'}: ${LIMITS[name].about}`),
      ]),
    ) as Record<LimitName, z.ZodOptional<z.ZodUnion<[z.ZodNumber, z.ZodLiteral<'none'>]>>>,
  )
  .describe('What the line must achieve; no traffic is always a failure');

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
    limits: limits.optional(),
  })
  .refine((file) => file.duration !== undefined || file.volume !== undefined, {
    error: 'expected duration or volume',
  })
  .refine((file) => file.streams.flatMap(expand).length <= STREAMS_MAX, {
    path: ['streams'],
    error: `expected at most ${STREAMS_MAX} streams (both counts as two)`,
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
}

/** Parses the text of a profile file; throws UsageError (`file:line:column key: what was expected`). */
export function parseProfile(file: string, text: string): Profile {
  const parsed = parseChecked<ProfileFile>(file, text, profileSchema);
  return {
    name: parsed.name,
    duration: parsed.duration === undefined ? undefined : parseDuration(parsed.duration),
    volume: parsed.volume === undefined ? undefined : parseVolume(parsed.volume),
    drainLimit: parsed.drain === undefined ? DRAIN_PRESET : (parseDuration(parsed.drain) ?? DRAIN_PRESET),
    streams: parsed.streams.flatMap(expand),
    limits: limitsOf(parsed.limits ?? {}),
  };
}

/** The JSON Schema of profile files, for editors. */
export function profileJsonSchema(): unknown {
  return z.toJSONSchema(profileSchema, { io: 'input' });
}

type StreamFile = z.output<typeof stream>;

/** One stream, or one each way. */
function expand(file: StreamFile): StreamPlan[] {
  const ends = file.from === 'both' ? (['near', 'far'] as const) : ([file.from] as const);
  return ends.map((from) => ({
    from,
    category: file.category,
    size: typeof file.size === 'number' ? { min: file.size, max: file.size } : file.size,
    payload: file.payload,
    pace: paceOf(file.rate),
  }));
}

function paceOf(file: StreamFile['rate']): Pace {
  if (file === 'saturate') return { kind: 'saturate' };
  if ('per_second' in file) {
    return { kind: 'paced', interval: Math.max(1, Math.round(SECOND / file.per_second)), burst: 1 };
  }
  return { kind: 'paced', interval: parseDuration(file.every) ?? SECOND, burst: file.burst };
}

/** The presets, with what the file says in their place; `none` takes a preset away. */
function limitsOf(file: z.output<typeof limits>): Limits {
  const all = { ...PRESET_LIMITS, ...file };
  return Object.fromEntries(
    LIMIT_NAMES.flatMap((name) => {
      const limit = all[name];
      return typeof limit === 'number' ? [[name, limit]] : [];
    }),
  );
}
