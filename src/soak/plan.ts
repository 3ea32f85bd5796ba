/** The plan: what the near end proposes and both ends then do. Its check is the far end's only guard against a hostile proposal. */
import { z } from 'zod';
import { SECOND } from '../base/instant.ts';
import { limitsSchema } from './limit-schema.ts';
import { fileContent, payloadFile } from './payload-file.ts';
import type { Profile } from './profile.ts';
import type { EndName } from './result.ts';
import { STREAMS_MAX, type StreamPlan, streamPlan } from './stream-plan.ts';

/** The one version of the plan that this program speaks; a partner with another is refused. */
const PLAN_VERSION = 2;

/** Names and seeds, as people chose them. */
const label = z.string().min(1).max(256);

/** The schema of a plan as it crosses the line. */
export const planSchema = z
  .strictObject({
    version: z.literal(PLAN_VERSION),
    /** Every payload and size follows from it. */
    seed: label,
    /** Name of the profile that the plan was made from. */
    profile: label,
    names: z.strictObject({ near: label, far: label }),
    /** Microseconds of traffic, counted from the first probe message. */
    duration: z
      .int()
      .min(1)
      .max(60 * 86_400 * SECOND)
      .optional(),
    /** Bytes of messages that each stream sends. */
    volume: z.int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
    /** Microseconds for the queued messages to get through after the traffic. */
    drainLimit: z
      .int()
      .min(0)
      .max(3600 * SECOND),
    streams: z.array(streamPlan).min(1).max(STREAMS_MAX),
    /** What the line must achieve: both ends judge by it. */
    limits: limitsSchema,
    /** What streams with the payload `file` repeat. */
    file: payloadFile.optional(),
  })
  .refine((plan) => plan.duration !== undefined || plan.volume !== undefined, {
    error: 'neither duration nor volume',
  })
  .refine((plan) => plan.names.near !== plan.names.far, { error: 'both ends have the same name' })
  .refine((plan) => plan.file !== undefined || plan.streams.every(({ payload }) => payload !== 'file'), {
    error: 'a stream repeats a file that does not come with the plan',
  })
  .refine((plan) => plan.streams.every((stream) => answersWell(plan, stream)), {
    error: 'a stream answers one that there is not, its own end, or an answer; or the plan ends by volume',
  });

/** Whether a stream that answers has requests to answer. How many there will be, only a duration settles. */
function answersWell(
  { streams, volume }: { readonly streams: readonly StreamPlan[]; readonly volume?: number | undefined },
  { from, pace }: StreamPlan,
): boolean {
  if (pace.kind !== 'answer') return true;
  const requests = streams[pace.to];
  return (
    requests !== undefined &&
    requests.from !== from &&
    requests.pace.kind !== 'answer' &&
    volume === undefined
  );
}

/** A plan that has been checked. */
export type Plan = z.output<typeof planSchema>;

/** The plan for a profile. `seed` and the names are 1 to 256 characters; the names differ. */
export function planOf(
  profile: Profile,
  seed: string,
  names: { readonly near: EndName; readonly far: EndName },
): Plan {
  return {
    version: PLAN_VERSION,
    seed,
    profile: profile.name,
    names: { near: names.near, far: names.far },
    ...(profile.duration === undefined ? {} : { duration: profile.duration }),
    ...(profile.volume === undefined ? {} : { volume: profile.volume }),
    drainLimit: profile.drainLimit,
    streams: [...profile.streams],
    limits: { ...profile.limits },
    ...(profile.file === undefined ? {} : { file: profile.file }),
  };
}

/** Checks what a partner proposed: the plan, or why it is refused, in words. */
export function checkPlan(proposal: unknown): Plan | { readonly refused: string } {
  const version = (proposal as { version?: unknown } | null)?.version;
  if (version !== PLAN_VERSION) {
    return {
      refused: `this end speaks plan version ${PLAN_VERSION}, the partner proposed ${String(version)}: the two ends need the same version of dplink`,
    };
  }
  const checked = planSchema.safeParse(proposal);
  if (checked.success) {
    const content = checked.data.file === undefined ? undefined : fileContent(checked.data.file);
    return typeof content === 'string' ? { refused: content } : checked.data;
  }
  const issue = checked.error.issues[0];
  return {
    refused: `the plan is not valid: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`,
  };
}

/** The bytes that streams with the payload `file` repeat; `undefined` when the plan has none, or not those that it says. */
export function fileOf({ file }: Plan): Uint8Array | undefined {
  const content = file === undefined ? undefined : fileContent(file);
  return typeof content === 'string' ? undefined : content;
}

/** The name of the end that a stream comes from or goes to. */
export function endsOf(plan: Plan, stream: StreamPlan): { readonly from: EndName; readonly to: EndName } {
  const { near, far } = plan.names;
  return stream.from === 'near' ? { from: near, to: far } : { from: far, to: near };
}

/** Whether `named` names each stream of `plan` that `from` sends once, and none besides: what a partner's marks and report owe. */
export function namesStreams(
  plan: Plan,
  from: StreamPlan['from'],
  named: readonly { readonly stream: number }[],
): boolean {
  const owed = plan.streams.flatMap((stream, index) => (stream.from === from ? [index] : []));
  return named.length === owed.length && owed.every((index) => named.some(({ stream }) => stream === index));
}
