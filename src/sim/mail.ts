/** The messages of one direction of a world: made from their numbers, and checked on arrival. Sends nothing. */
import { Random } from '../base/random.ts';
import type { Delivery } from '../transport/connection-event.ts';

/** The four categories of a message. [MS-DPDX] 1.3 */
export const DELIVERIES: readonly Delivery[] = [
  { reliable: true, sequential: true },
  { reliable: true, sequential: false },
  { reliable: false, sequential: true },
  { reliable: false, sequential: false },
];

/** Index in {@link DELIVERIES}. */
export function categoryOf({ reliable, sequential }: Delivery): number {
  return (reliable ? 0 : 2) + (sequential ? 0 : 1);
}

/** Epoch (2), category, number (4), size (3): what a message must at least hold. */
export const MAIL_SIZE_MIN = 10;

/** Complaints of one direction that are kept; more are only counted. */
const COMPLAINTS_MAX = 10;

/** What one connection at the sending end was given, and what became of it. */
interface Epoch {
  /** Category and arrival of each message, by its number. */
  readonly categories: number[];
  readonly arrived: boolean[];
  /** Whether it was acknowledged or lost. */
  readonly told: ('acknowledged' | 'lost' | undefined)[];
  /** Reliable ones that have not arrived, and those of which nobody was told anything. */
  missing: number;
  untold: number;
  /** Which connection at the receiving end got the first of them. */
  receiver: number | undefined;
  /** The highest number of a sequential message, and of a reliable sequential one, that arrived. */
  lastSequential: number;
  lastReliable: number;
}

/** Sender and checker in one, as both are in one process: each call says at once what is wrong. */
export class Mail {
  readonly name: string;
  readonly #seed: string;
  readonly #epochs: Epoch[] = [];
  readonly complaints: string[] = [];
  /** Set when the line altered a frame so that both its CRCs hold: nothing is promised from then on. */
  isExcused = false;
  bytesDelivered = 0;
  delivered = 0;

  constructor(name: string, seed: string) {
    this.name = name;
    this.#seed = seed;
  }

  /** A new connection at the sending end. */
  beginEpoch(): void {
    this.#epochs.push({
      categories: [],
      arrived: [],
      told: [],
      missing: 0,
      untold: 0,
      receiver: undefined,
      lastSequential: -1,
      lastReliable: -1,
    });
  }

  /** The next message of the present connection, and its receipt; to be taken back by {@link refused} if it is not accepted. */
  make(category: number, size: number): { readonly payload: Uint8Array; readonly receipt: number } {
    const epoch = this.#epochs.at(-1)!;
    const number = epoch.categories.length;
    epoch.categories.push(category);
    epoch.untold++;
    if (category < 2) epoch.missing++;
    return {
      payload: this.#content(this.#epochs.length - 1, category, number, Math.max(MAIL_SIZE_MIN, size)),
      receipt: number,
    };
  }

  /** The message just made was not accepted. */
  refused(): void {
    const epoch = this.#epochs.at(-1);
    const category = epoch?.categories.pop();
    if (epoch === undefined || category === undefined) return;
    epoch.untold--;
    if (category < 2) epoch.missing--;
  }

  /** What the present connection was given. */
  get sent(): number {
    return this.#epochs.at(-1)?.categories.length ?? 0;
  }

  /** Reliable messages of the present connection that have not arrived. */
  get missing(): number {
    return this.#epochs.at(-1)?.missing ?? 0;
  }

  /** Messages of the present connection of which nobody was told what became of them. */
  get untold(): number {
    return this.#epochs.at(-1)?.untold ?? 0;
  }

  /** Reliable messages of the present connection that were reported lost. */
  get lost(): number {
    const epoch = this.#epochs.at(-1);
    return epoch?.told.filter((told, number) => told === 'lost' && epoch.categories[number]! < 2).length ?? 0;
  }

  /** A receipt came. */
  receipt(number: number, told: 'acknowledged' | 'lost'): void {
    const epoch = this.#epochs.at(-1);
    if (epoch === undefined || number >= epoch.categories.length)
      this.complain(`receipt ${number} of nothing`);
    else if (epoch.told[number] !== undefined) this.complain(`receipt ${number} came twice`);
    else {
      epoch.told[number] = told;
      epoch.untold--;
    }
  }

  /** A message arrived at connection number `receiver` of the receiving end. */
  deliver(payload: Uint8Array, delivery: Delivery, receiver: number): void {
    this.delivered++;
    this.bytesDelivered += payload.length;
    const number = (payload[3] ?? 0) + (payload[4] ?? 0) * 0x100 + (payload[5] ?? 0) * 0x1_0000;
    const index = (payload[0] ?? 0) + (payload[1] ?? 0) * 0x100;
    const category = categoryOf(delivery);
    const epoch = this.#epochs[index];
    if (payload.length < MAIL_SIZE_MIN || epoch?.categories[number] !== category) {
      this.complain(`what was never sent arrived as category ${category}, ${payload.length} bytes`);
      return;
    }
    const what = `message ${number} of connection ${index}`;
    if (!same(payload, this.#content(index, category, number, payload.length))) {
      this.complain(`${what} is altered`);
    }
    if (epoch.arrived[number]) this.complain(`${what} arrived twice`);
    else if (category < 2) epoch.missing--;
    epoch.arrived[number] = true;
    epoch.receiver ??= receiver;
    if (epoch.receiver !== receiver) this.complain(`${what} crossed over into another connection`);
    if (delivery.sequential) this.#checkOrder(epoch, number, category, what);
  }

  /** Notes what is wrong. */
  complain(text: string): void {
    if (!this.isExcused && this.complaints.length < COMPLAINTS_MAX) {
      this.complaints.push(`${this.name}: ${text}`);
    }
  }

  #checkOrder(epoch: Epoch, number: number, category: number, what: string): void {
    if (number < epoch.lastSequential) this.complain(`${what} arrived behind ${epoch.lastSequential}`);
    epoch.lastSequential = Math.max(epoch.lastSequential, number);
    if (category !== 0) return;
    for (let before = epoch.lastReliable + 1; before < number; before++) {
      if (epoch.categories[before] === 0) this.complain(`${what} arrived before ${before}`);
    }
    epoch.lastReliable = Math.max(epoch.lastReliable, number);
  }

  /** A message follows from where it stands: its header, and bytes drawn from all of it. */
  #content(epoch: number, category: number, number: number, size: number): Uint8Array {
    const bytes = new Random(`${this.#seed}/${epoch}/${number}/${size}`).fill(new Uint8Array(size));
    bytes.set([epoch, epoch >>> 8, category, number, number >>> 8, number >>> 16]);
    bytes.set([size, size >>> 8, size >>> 16], 7);
    return bytes;
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
