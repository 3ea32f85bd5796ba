/** Two connections in frames over a paced, noisy line in virtual time, and how much of the line their payload fills. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { charactersPerSecond, DEFAULT_LINE_SETTINGS, lineTime } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Framed } from '../../src/framing/framed.ts';
import type { DamageEvent } from '../../src/framing/framing-event.ts';
import { Channel, type ChannelOptions } from '../../src/line/channel.ts';
import { InMessages } from '../../src/sim/in-messages.ts';
import { World } from '../../src/sim/world.ts';
import { Connection } from '../../src/transport/connection.ts';
import type { ConnectionEvent } from '../../src/transport/connection-event.ts';
import type { ConnectionOptions } from '../../src/transport/connection-options.ts';
import { MESSAGE_HEADER_SIZE } from '../../src/wire/message-header.ts';

/** What a {@link FramedLine} is made with. */
export interface FramedLineOptions {
  readonly seed: string;
  readonly baud: number;
  readonly bitErrorRatio?: number;
  readonly latency?: Duration;
  readonly channel?: Partial<ChannelOptions>;
  readonly connection?: Partial<ConnectionOptions>;
  /** Size of the messages sent; 8192 unless set. */
  readonly messageSize?: number;
  /** Bytes kept queued at each sending end. */
  readonly ahead?: number;
}

/** One end: what it was told. */
export interface LineEnd {
  readonly name: string;
  readonly connection: Connection;
  readonly framed: Framed<ConnectionEvent>;
  /** Bytes of messages delivered here, and when the last one was. */
  bytes: number;
  readonly deliveries: Instant[];
  readonly wrong: string[];
  retries: number;
  sent: number;
  received: number;
}

/** A pair of ends and the line between them, connecting at instant 0. */
export class FramedLine {
  readonly world: World;
  readonly ends: readonly [LineEnd, LineEnd];
  readonly #options: FramedLineOptions;
  readonly #random: Random;

  constructor(options: FramedLineOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: options.baud };
    const pace = (bytes: number) => lineTime(settings, bytes);
    // Three characters and an adapter's habit of 16 ms, as the gap signal of a port.
    this.world = new World({ gap: Math.ceil(pace(3)) + 20 * MILLISECOND });
    this.ends = [this.#end('near', pace), this.#end('far', pace)];
    const line = (name: string) => ({
      carrier: new Channel({
        settings,
        random: this.#random.fork(name),
        bitErrorRatio: options.bitErrorRatio ?? 0,
        latency: options.latency ?? 0,
        ...options.channel,
      }),
      lineTime: pace,
    });
    const [near, far] = this.ends;
    this.world.join(
      { name: 'near', machine: near.framed, onEvent: this.#listener(near) },
      { name: 'far', machine: far.framed, onEvent: this.#listener(far) },
      line('to far'),
      line('to near'),
    );
    this.world.at(0, (now) => {
      far.connection.listen(now);
      near.connection.connect(now);
    });
  }

  /** Keeps messages queued at the given ends from now on, as long as they are accepted. */
  saturate(...ends: readonly (0 | 1)[]): this {
    const { messageSize = 8192, ahead = 16_384 } = this.#options;
    const feed = (now: Instant) => {
      for (const n of ends) {
        const { connection } = this.ends[n];
        while (connection.queuedBytes < ahead && this.#send(now, n, messageSize));
      }
      this.world.at(now + SECOND / 50, feed);
    };
    this.world.at(this.world.now, feed);
    return this;
  }

  /** Sends so many bytes, and no more, from one end, and runs until the other has them all (10 times as long at most). */
  transfer(from: 0 | 1, volume: number): this {
    const { messageSize = 8192, ahead = 16_384, baud } = this.#options;
    const end = this.ends[from];
    const to = this.ends[from === 0 ? 1 : 0];
    let left = volume;
    const feed = (now: Instant) => {
      while (left > 0 && end.connection.queuedBytes < ahead) {
        const size = Math.min(left, messageSize);
        if (!this.#send(now, from, size)) return;
        left -= size;
      }
      if (left > 0) this.world.at(now + SECOND / 50, feed);
    };
    this.world.at(this.world.now, feed);
    this.world.run((100 * volume * SECOND) / baud, () => to.bytes >= volume);
    return this;
  }

  /** Runs to the moment `until`. */
  run(until: Instant): this {
    this.world.run(until);
    return this;
  }

  /** The share of the line's characters that was payload delivered to `end`, from the very beginning to now. */
  utilisation(end: 0 | 1): number {
    const settings = { ...DEFAULT_LINE_SETTINGS, baud: this.#options.baud };
    return this.ends[end].bytes / ((this.world.now / SECOND) * charactersPerSecond(settings));
  }

  #end(name: string, pace: (bytes: number) => Duration): LineEnd {
    const connection = new Connection({
      random: this.#random.fork(name),
      lineTime: (bytes) => pace(bytes + MESSAGE_HEADER_SIZE),
      ...this.#options.connection,
    });
    const framed = new Framed(new InMessages(connection));
    return {
      name,
      connection,
      framed,
      bytes: 0,
      deliveries: [],
      wrong: [],
      retries: 0,
      sent: 0,
      received: 0,
    };
  }

  #send(now: Instant, from: 0 | 1, size: number): boolean {
    const end = this.ends[from];
    const payload = this.#payload(from, end.sent++, size);
    return end.connection.send(now, payload, { reliable: true, sequential: true });
  }

  #payload(from: 0 | 1, number: number, size: number): Uint8Array {
    return this.#random.fork(`${from} says ${number}`).fill(new Uint8Array(size));
  }

  #listener(end: LineEnd): (now: Instant, event: ConnectionEvent | DamageEvent) => void {
    const from = end === this.ends?.[0] || end.name === 'near' ? 1 : 0;
    return (now, event) => {
      if (event.type === 'retried') end.retries++;
      if (event.type !== 'message') return;
      const expected = this.#payload(from, end.received++, event.payload.length);
      if (Buffer.compare(expected, event.payload) !== 0) end.wrong.push(`message ${end.received - 1}`);
      end.bytes += event.payload.length;
      end.deliveries.push(now);
    };
  }
}
