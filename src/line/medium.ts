/** What befalls characters between sender and receiver: cuts, noise, mismatch. Paces nothing: times come with the characters. */
import type { Duration, Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import { ByteQueue } from './byte-queue.ts';
import type { Carrier } from './carrier.ts';
import { finishedBy, finishOf, startedBefore } from './character-clock.ts';
import type { Injected, LineEvent, ReceiveErrors } from './line-event.ts';
import { Missampling, settingsAgree } from './missampling.ts';
import type { ByteFault, Noise } from './noise.ts';
import type { Departure, Urgent } from './transmitter.ts';

/** Events that are kept until fetched; more are only counted. */
const EVENTS_MAX = 65_536;

type Writable<T> = { -readonly [name in keyof T]: T[name] };

/** The wire itself: characters that left the transmitter go in, bytes that a receiver reads come out. */
export class Medium {
  /** Totals of what was done to the bytes. */
  readonly injected: Writable<Injected> = {
    bitErrors: 0,
    bytesAltered: 0,
    drops: 0,
    inserts: 0,
    bursts: 0,
    cuts: 0,
    lostToCuts: 0,
    garbled: 0,
    overflowed: 0,
    overrun: 0,
    breaks: 0,
  };
  /** What a UART at the receiver would have counted. */
  readonly receiveErrors: Writable<ReceiveErrors> = { framing: 0, parity: 0, overrun: 0, break: 0 };
  /** Bytes that the receiver has read and nobody has fetched. */
  readonly arrived = new ByteQueue();
  readonly #noise: Noise;
  readonly #carrier: Carrier;
  readonly #latency: Duration;
  /** Bytes on their way into a receiver that is set differently. */
  readonly #scratch = new ByteQueue();
  #receiver: LineSettings;
  #missampling: Missampling | undefined;
  /** Bytes sent since the ends began to disagree. */
  #garbledHere = 0;
  #events: LineEvent[] = [];
  #eventsFetched = 0;

  /** `latency` is added to the times of events; nothing is delayed here. */
  constructor(noise: Noise, carrier: Carrier, latency: Duration, receiver: LineSettings) {
    this.#noise = noise;
    this.#carrier = carrier;
    this.#latency = latency;
    this.#receiver = receiver;
  }

  /** Keeps an event for {@link next}. */
  report(event: LineEvent): void {
    if (this.#events.length - this.#eventsFetched < EVENTS_MAX) this.#events.push(event);
  }

  /** The next event, or `undefined` when all were fetched. */
  next(): LineEvent | undefined {
    const event = this.#events[this.#eventsFetched];
    if (event === undefined) return undefined;
    this.#eventsFetched++;
    if (this.#eventsFetched === this.#events.length) {
      this.#events = [];
      this.#eventsFetched = 0;
    }
    return event;
  }

  /** Takes note of how the ends are set from the byte at `offset` on. */
  match(now: Instant, offset: number, sender: LineSettings, receiver: LineSettings): void {
    const agree = settingsAgree(sender, receiver);
    if (this.#missampling !== undefined && agree) {
      this.report({ kind: 'matched', at: now, offset, garbled: this.#garbledHere });
      this.#garbledHere = 0;
    } else if (this.#missampling === undefined && !agree) {
      this.report({ kind: 'mismatch', at: now, offset });
    }
    this.#receiver = receiver;
    this.#missampling = agree ? undefined : new Missampling(sender, receiver, this.receiveErrors);
  }

  /** One run of characters crosses: what a cut touches vanishes, the rest arrives. */
  carry(departure: Departure): void {
    const { run } = departure;
    let done = 0;
    for (const cut of this.#carrier.between(run.whole, finishOf(run, run.count))) {
      // Characters complete when the cut begins arrive; those begun before it ends do not.
      const good = Math.max(done, finishedBy(run, cut.from));
      const bad = Math.max(good, startedBefore(run, cut.to));
      if (bad === good) continue;
      this.#deliver(departure, done, good, true);
      cut.lost += this.#lose(departure, good, bad);
      done = bad;
    }
    this.#deliver(departure, done, run.count, departure.last);
  }

  /** Reports the cuts that began by `began` or ended by `ended`. */
  tellCarrier(began: Instant, ended: Instant): void {
    for (const change of this.#carrier.changes(began, ended)) {
      if (change.kind === 'cut') {
        this.injected.cuts++;
        this.report({ kind: 'cut', at: change.at });
      } else {
        this.report({ kind: 'restored', at: change.at, lost: change.lost });
      }
    }
  }

  /** Characters `from`..`to` of a run vanish, and with them whatever would have befallen them. Returns how many bytes. */
  #lose({ urgent, offset }: Departure, from: number, to: number): number {
    if (urgent !== undefined) return 0;
    while (this.#noise.nextOffset < offset + to) this.#noise.take(offset + from);
    this.injected.lostToCuts += to - from;
    return to - from;
  }

  /** Characters `from`..`to` of a run arrive; `last` when the line is idle behind them. */
  #deliver(departure: Departure, from: number, to: number, last: boolean): void {
    const { urgent, run, offset } = departure;
    if (urgent !== undefined) {
      if (to > from) this.#deliverUrgent(urgent, finishOf(run, 1) + this.#latency, offset);
    } else if (this.#missampling === undefined) {
      this.#pass(departure, from, to, this.arrived);
    } else {
      this.#pass(departure, from, to, this.#scratch);
      this.injected.garbled += to - from;
      this.#garbledHere += to - from;
      const bytes = this.#scratch.take(this.#scratch.length);
      this.arrived.append(this.#missampling.receive(bytes, last));
      this.#scratch.clear();
    }
  }

  #deliverUrgent(urgent: Urgent, at: Instant, offset: number): void {
    if (urgent.kind === 'control') {
      this.arrived.push(urgent.byte);
      return;
    }
    this.arrived.push(0);
    this.injected.breaks++;
    this.receiveErrors.break++;
    this.report({ kind: 'break', at, offset });
  }

  /** Bytes `from`..`to` of a run pass the noise into `sink`. */
  #pass({ bytes, offset, run }: Departure, from: number, to: number, sink: ByteQueue): void {
    let next = from;
    while (this.#noise.nextOffset < offset + to) {
      const fault = this.#noise.take(offset + next);
      const index = fault.offset - offset;
      sink.append(bytes.subarray(next, index));
      this.#befall(fault, bytes[index]!, finishOf(run, index + 1) + this.#latency, sink);
      next = index + 1;
    }
    sink.append(bytes.subarray(next, to));
  }

  /** One byte meets its fault. */
  #befall(
    { offset, flips, drop, inserts, burst }: ByteFault,
    byte: number,
    at: Instant,
    sink: ByteQueue,
  ): void {
    if (burst > 0) {
      this.injected.bursts++;
      this.report({ kind: 'burst', at, offset, length: burst });
    }
    for (const stray of inserts) {
      this.injected.inserts++;
      this.report({ kind: 'insert', at, offset, byte: stray });
      sink.push(stray);
    }
    if (drop) {
      this.injected.drops++;
      this.report({ kind: 'drop', at, offset, byte });
      return;
    }
    if (flips !== 0) this.#flip(flips, at, offset);
    sink.push(byte ^ flips);
  }

  #flip(flips: number, at: Instant, offset: number): void {
    let flipped = 0;
    for (let bit = 0; bit < 8; bit++) {
      if ((flips & (1 << bit)) === 0) continue;
      flipped++;
      this.report({ kind: 'bitError', at, offset, bit });
    }
    this.injected.bitErrors += flipped;
    this.injected.bytesAltered++;
    // Even and odd parity show an odd number of inverted bits; mark and space show nothing of the data.
    const checked = this.#receiver.parity === 'EVEN' || this.#receiver.parity === 'ODD';
    if (checked && flipped % 2 === 1 && this.#missampling === undefined) this.receiveErrors.parity++;
  }
}
