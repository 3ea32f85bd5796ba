/** A machine of bytes with somebody looking on. Changes nothing of what passes. */
import type { Instant } from '../base/instant.ts';
import type { ByteMachine } from '../base/machine.ts';

/** Is shown every byte that passes on a serial line, for captures; must keep nothing waiting. */
export interface LineOnlooker {
  sent(now: Instant, bytes: Uint8Array): void;
  received(now: Instant, bytes: Uint8Array): void;
  /** A frame under way will not be completed. */
  gap(now: Instant): void;
}

/** The machine, with its bytes shown on their way. */
export class Observed<E> implements ByteMachine<E> {
  readonly #machine: ByteMachine<E>;
  readonly #onlooker: LineOnlooker;

  constructor(machine: ByteMachine<E>, onlooker: LineOnlooker) {
    this.#machine = machine;
    this.#onlooker = onlooker;
  }

  get deadline(): Instant | undefined {
    return this.#machine.deadline;
  }

  receive(now: Instant, bytes: Uint8Array): void {
    this.#onlooker.received(now, bytes);
    this.#machine.receive(now, bytes);
  }

  gap(now: Instant): void {
    this.#onlooker.gap(now);
    this.#machine.gap(now);
  }

  expire(now: Instant): void {
    this.#machine.expire(now);
  }

  poll(now: Instant): Uint8Array | undefined {
    const bytes = this.#machine.poll(now);
    if (bytes !== undefined) this.#onlooker.sent(now, bytes);
    return bytes;
  }

  next(): E | undefined {
    return this.#machine.next();
  }
}
