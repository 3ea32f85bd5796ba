/** Listens to the bytes of one end of a soak and counts intact frames that its partner never sent: noise that passed both CRCs. Judges nothing. */
import type { Instant } from '../base/instant.ts';
import type { Machine } from '../base/machine.ts';
import { Framed } from '../framing/framed.ts';
import type { Onlooker } from '../soak/link.ts';
import type { Message } from '../wire/message.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import type { Spoken } from './wire-watch.ts';

/** Takes what a framing finds, and says nothing. */
class Ear implements Machine<Message, Message, undefined> {
  readonly deadline = undefined;
  readonly #hear: (message: Message) => void;

  constructor(hear: (message: Message) => void) {
    this.#hear = hear;
  }

  receive(_now: Instant, message: Message): void {
    this.#hear(message);
  }
  expire(): void {}
  poll(): undefined {}
  next(): undefined {}
}

/** See the head of the file. */
export class ForgeryWatch implements Onlooker {
  /** Frames that arrived intact and were never sent. */
  forged = 0;
  readonly #spoken: Spoken;
  readonly #framed: Framed<undefined>;

  /** `spoken` takes what this end sends; `heard` holds what the other end sent. */
  constructor(spoken: Spoken, heard: Spoken) {
    this.#spoken = spoken;
    this.#framed = new Framed(
      new Ear(({ body }) => {
        if (!heard.has(body)) this.forged++;
      }),
    );
  }

  /** What is polled at once is one frame. */
  sent(_now: Instant, bytes: Uint8Array): void {
    this.#spoken.add(bytes.subarray(MESSAGE_HEADER_SIZE));
  }

  received(now: Instant, bytes: Uint8Array): void {
    this.#framed.receive(now, bytes);
    while (this.#framed.next() !== undefined);
  }

  gap(now: Instant): void {
    this.#framed.gap(now);
    while (this.#framed.next() !== undefined);
  }
}
