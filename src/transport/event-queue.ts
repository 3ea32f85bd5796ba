/** The events of a connection on their way up: a queue whose rarely read kinds are bounded. */
import type { ConnectionEvent } from './connection-event.ts';

/**
 * Violations and retries waiting at most; beyond, only their counters go on. What is bounded elsewhere (messages by
 * the window, receipts by the send queue) is never dropped here.
 */
const WAITING_MAX = 64;

/** First in, first out; keeps its array, so that a steady flow makes no garbage but the events themselves. */
export class EventQueue {
  #events: (ConnectionEvent | undefined)[] = [];
  #head = 0;
  #bounded = 0;
  #violations = 0;

  /** Violations reported since the beginning, including those that did not fit. */
  get violations(): number {
    return this.#violations;
  }

  push(event: ConnectionEvent): void {
    if (event.type === 'violation') this.#violations++;
    if (event.type === 'violation' || event.type === 'retried') {
      if (this.#bounded >= WAITING_MAX) return;
      this.#bounded++;
    }
    this.#events.push(event);
  }

  /** Reports that the partner broke the rule of `section`. */
  violation(section: string, text: string): void {
    this.push({ type: 'violation', section, text });
  }

  shift(): ConnectionEvent | undefined {
    if (this.#head === this.#events.length) return undefined;
    const event = this.#events[this.#head]!;
    this.#events[this.#head++] = undefined;
    if (this.#head === this.#events.length) {
      this.#events.length = 0;
      this.#head = 0;
    }
    if (event.type === 'violation' || event.type === 'retried') this.#bounded--;
    return event;
  }
}
