/** What the samples of a run that was cut short show of its ends, streams and directions. Judges nothing. */
import type { Sample, StreamCounters } from '../soak/sample.ts';
import { beganAnew } from './run-record.ts';

/** Ends that are told apart; there are two. */
const ENDS_MAX = 8;

/** Streams that are told apart. */
const STREAMS_MAX = 256;

/** What is known of one end. */
export interface EndTrace {
  last: Sample;
  rtt: number[];
  windowMax: number;
  /** Whether the end went on to another run. */
  over: boolean;
}

/** What is known of one stream: the newest counters of the end that sends and of the one that receives. */
export interface StreamTrace {
  sender: StreamCounters | undefined;
  receiver: StreamCounters | undefined;
}

/** Times of one direction, in seconds. */
export interface DirectionTrace {
  began: number | undefined;
  lastDelivery: number;
  bytes: number;
}

/** Everything that one reading of the samples shows. */
export class Trace {
  readonly ends = new Map<string, EndTrace>();
  readonly streams = new Map<number, StreamTrace>();
  readonly directions = new Map<string, DirectionTrace>();
  lastAt = 0;
  readonly #isSeries: boolean;

  /** Of a series of calls the last call counts, of any other run the first. */
  constructor(isSeries: boolean) {
    this.#isSeries = isSeries;
  }

  add(sample: Sample): void {
    const before = this.#before(sample);
    if (before === undefined && this.ends.size >= ENDS_MAX) return;
    if (before?.over) return;
    this.lastAt = Math.max(this.lastAt, sample.at);
    const { rttMs, outstanding } = sample.connection;
    const end = before ?? { last: sample, rtt: [], windowMax: 0, over: false };
    this.ends.set(sample.end, end);
    for (const stream of sample.streams) this.#stream(sample, before?.last.at ?? 0, stream);
    end.last = sample;
    end.windowMax = Math.max(end.windowMax, outstanding);
    if (rttMs !== null) end.rtt.push(rttMs);
  }

  /** What is known of the sample's end; nothing when another call began. */
  #before(sample: Sample): EndTrace | undefined {
    const before = this.ends.get(sample.end);
    if (before === undefined || before.over || !beganAnew(before.last, sample)) return before;
    before.over = !this.#isSeries;
    if (before.over) return before;
    for (const each of [this.ends, this.streams, this.directions]) each.clear();
    return undefined;
  }

  #stream(sample: Sample, before: number, stream: StreamCounters): void {
    const trace = this.streams.get(stream.stream) ?? { sender: undefined, receiver: undefined };
    if (!this.streams.has(stream.stream) && this.streams.size >= STREAMS_MAX) return;
    this.streams.set(stream.stream, trace);
    if (stream.from === sample.end) trace.sender = stream;
    if (stream.to !== sample.end) return;
    const grown = stream.bytesDelivered - (trace.receiver?.bytesDelivered ?? 0);
    trace.receiver = stream;
    if (grown <= 0) return;
    const key = directionKey(stream);
    const direction = this.directions.get(key) ?? { began: undefined, lastDelivery: 0, bytes: 0 };
    this.directions.set(key, direction);
    direction.began ??= before;
    direction.lastDelivery = sample.at;
    direction.bytes += grown;
  }
}

/** A direction, for maps. */
export function directionKey({ from, to }: { readonly from: string; readonly to: string }): string {
  return JSON.stringify([from, to]);
}
