/** Runs a channel in virtual time and tells what came of it. */
import type { Instant } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Channel, type ChannelOptions } from '../../src/line/channel.ts';
import type { LineEvent } from '../../src/line/line-event.ts';

/** A piece that arrived, and when. */
export interface Arrival {
  readonly at: Instant;
  readonly bytes: Uint8Array;
}

/** A channel at 115200 8N1 with a fixed seed, unless said otherwise. */
export function channelOf(options: Partial<ChannelOptions> = {}): Channel {
  return new Channel({ settings: DEFAULT_LINE_SETTINGS, random: new Random('line'), ...options });
}

/** Bytes that count up from `from`. */
export function counting(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (from + i) & 0xff);
}

/** Follows deadlines until the channel is idle; what arrived, and when. Throws when that never comes. */
export function runOut(channel: Channel): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let steps = 0; steps < 200_000; steps++) {
    const at = channel.deadline;
    if (at === undefined) return arrivals;
    if (!Number.isSafeInteger(at)) throw new Error(`a deadline of ${at}`);
    channel.expire(at);
    const bytes = channel.poll(at);
    if (bytes) arrivals.push({ at, bytes });
  }
  throw new Error('the channel never falls idle');
}

/** All that arrived, in one piece. */
export function joined(arrivals: readonly Arrival[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(arrivals.map((each) => each.bytes)));
}

/** All that the channel has to tell. */
export function eventsOf(channel: Channel): LineEvent[] {
  const events: LineEvent[] = [];
  for (let event = channel.next(); event; event = channel.next()) events.push(event);
  return events;
}
