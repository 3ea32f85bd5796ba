/** The messages of a soak that are not probe messages, to bytes and back. What cannot be understood is a value, never thrown. */
import { z } from 'zod';
import type { Instant } from '../base/instant.ts';
import { endReport, sentMark } from './end-report.ts';
import type { Census } from './frame-ledger.ts';
import type { Plan } from './plan.ts';
import {
  type ProbeHeader,
  readInstant,
  readProbeHeader,
  SOAK_KIND,
  SOAK_MARK,
  writeInstant,
} from './probe.ts';
import { STREAMS_MAX } from './stream-plan.ts';

/** The largest control message that is read, in bytes: sixteen streams with full histograms stay below. */
export const CONTROL_SIZE_MAX = 262_144;

/** What two ends of a soak say to each other, in the order of a run; all reliable and sequential. */
const control = z.discriminatedUnion('type', [
  /** near to far: shall we? The proposal is checked apart, so that another version can be refused by name. */
  z.strictObject({ type: z.literal('plan'), plan: z.unknown() }),
  /** far to near: yes. */
  z.strictObject({ type: z.literal('accept') }),
  /** far to near: no. */
  z.strictObject({ type: z.literal('refuse'), reason: z.string().max(1000) }),
  /** Both ways: this end has heard the partner's clock and may be sent probe messages. */
  z.strictObject({ type: z.literal('ready') }),
  /** Both ways: the operator of this end stopped the run. */
  z.strictObject({ type: z.literal('stop') }),
  /** Both ways, behind the last probe message: how much was sent. */
  z.strictObject({ type: z.literal('marks'), sent: z.array(sentMark).max(STREAMS_MAX) }),
  /** Both ways, when both marks are known: what this end saw. */
  z.strictObject({ type: z.literal('results'), report: endReport }),
]);

/** A control message as it is sent. */
export type Control =
  | { readonly type: 'plan'; readonly plan: Plan }
  | Exclude<z.output<typeof control>, { type: 'plan' }>;

/** A message of the soak as it was received; `foreign` is anything else. */
export type SoakMessage =
  /** `header` is `undefined` when its check failed: the message was altered behind both CRCs. */
  | { readonly type: 'probe'; readonly header: ProbeHeader | undefined }
  | { readonly type: 'ping'; readonly sentAt: Instant }
  | {
      readonly type: 'pong';
      /** From the ping. */
      readonly sentAt: Instant;
      /** By the answering end's clock. */
      readonly receivedAt: Instant;
    }
  | { readonly type: 'census'; readonly census: Census; readonly isLast: boolean }
  | z.output<typeof control>
  | { readonly type: 'foreign'; readonly reason: string };

const PING_SIZE = 8;
const PONG_SIZE = 14;
const CENSUS_SIZE = 21;

/** A request for the partner's clock. */
export function encodePing(sentAt: Instant): Uint8Array {
  const bytes = new Uint8Array(PING_SIZE);
  bytes[0] = SOAK_MARK;
  bytes[1] = SOAK_KIND.ping;
  writeInstant(new DataView(bytes.buffer), 2, sentAt);
  return bytes;
}

/** The answer to a ping, made at the moment it came. */
export function encodePong(sentAt: Instant, receivedAt: Instant): Uint8Array {
  const bytes = new Uint8Array(PONG_SIZE);
  bytes[0] = SOAK_MARK;
  bytes[1] = SOAK_KIND.pong;
  const view = new DataView(bytes.buffer);
  writeInstant(view, 2, sentAt);
  writeInstant(view, 8, receivedAt);
  return bytes;
}

/** What this end has received of the line; `isLast` when it follows everything that the partner had to send. */
export function encodeCensus({ fingerprint, length, frames, bytes }: Census, isLast: boolean): Uint8Array {
  const message = new Uint8Array(CENSUS_SIZE);
  message[0] = SOAK_MARK;
  message[1] = SOAK_KIND.census;
  message[2] = isLast ? 1 : 0;
  const view = new DataView(message.buffer);
  view.setUint32(3, fingerprint, true);
  view.setUint16(7, length, true);
  writeInstant(view, 9, frames);
  writeInstant(view, 15, bytes);
  return message;
}

function readCensus(view: DataView): SoakMessage {
  if (view.byteLength !== CENSUS_SIZE) return { type: 'foreign', reason: 'a census of the wrong size' };
  const census = {
    fingerprint: view.getUint32(3, true),
    length: view.getUint16(7, true),
    frames: readInstant(view, 9),
    bytes: readInstant(view, 15),
  };
  return { type: 'census', census, isLast: view.getUint8(2) === 1 };
}

/** A control message as bytes. */
export function encodeControl(message: Control): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const bytes = new Uint8Array(2 + text.length);
  bytes[0] = SOAK_MARK;
  bytes[1] = SOAK_KIND.control;
  bytes.set(text, 2);
  return bytes;
}

/** What a received message is. */
export function decodeSoakMessage(bytes: Uint8Array): SoakMessage {
  if (bytes[0] !== SOAK_MARK) return { type: 'foreign', reason: 'not a message of a soak' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (bytes[1]) {
    case SOAK_KIND.probe:
      return { type: 'probe', header: readProbeHeader(bytes) };
    case SOAK_KIND.ping:
      if (bytes.length !== PING_SIZE) return { type: 'foreign', reason: 'a ping of the wrong size' };
      return { type: 'ping', sentAt: readInstant(view, 2) };
    case SOAK_KIND.pong:
      if (bytes.length !== PONG_SIZE) return { type: 'foreign', reason: 'a pong of the wrong size' };
      return { type: 'pong', sentAt: readInstant(view, 2), receivedAt: readInstant(view, 8) };
    case SOAK_KIND.census:
      return readCensus(view);
    case SOAK_KIND.control:
      return decodeControl(bytes.subarray(2));
    default:
      return { type: 'foreign', reason: `an unknown kind of soak message, ${String(bytes[1])}` };
  }
}

function decodeControl(text: Uint8Array): SoakMessage {
  if (text.length > CONTROL_SIZE_MAX)
    return { type: 'foreign', reason: 'a control message that is too large' };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    return { type: 'foreign', reason: 'a control message that is not JSON' };
  }
  const checked = control.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  return {
    type: 'foreign',
    reason: `a control message that is not valid: ${issue?.path.map(String).join('.') ?? ''} ${issue?.message ?? ''}`,
  };
}
