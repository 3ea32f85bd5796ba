/** The shape of every protocol floor: a state machine that is told the time and never asks. */
import type { Instant } from './instant.ts';

/**
 * A synchronous state machine without timers, promises, callbacks, randomness of its own or I/O.
 *
 * Whoever drives it keeps four promises: `now` never goes backwards; `expire` is called once
 * `now >= deadline`; after `receive` or `expire`, `next` is drained; and `poll` is called only while
 * the line below has room, so what it returns is fresh.
 */
export interface Machine<Input, Output, Event> {
  /** Something arrived from below. */
  receive(now: Instant, input: Input): void;
  /** Called once `now >= deadline`. Calling it early is harmless. */
  expire(now: Instant): void;
  /** When `expire` is next wanted; `undefined` means never. */
  readonly deadline: Instant | undefined;
  /** The next thing to send, or `undefined` when there is nothing to send now. */
  poll(now: Instant): Output | undefined;
  /** The next thing to report, or `undefined` when all has been reported. */
  next(): Event | undefined;
}

/** A machine of bytes, as a port drives it: whole frames go out, pieces of any size come in. */
export interface ByteMachine<Event> extends Machine<Uint8Array, Uint8Array, Event> {
  /** The line has been idle for long enough that a frame under way will not be completed. */
  gap(now: Instant): void;
}
