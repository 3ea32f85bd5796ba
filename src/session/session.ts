/** One player's part in one session: host, peer, and the turn from one into the other. Composes the rooms; knows no ports. */
import { invariant } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import type { Connection } from '../transport/connection.ts';
import type { Message } from '../wire/message.ts';
import type { Endpoint } from './endpoint.ts';
import type { Player } from './player.ts';
import type { SessionEvent, SessionState } from './session-event.ts';
import type { HostOptions, JoinOptions, MessageOptions, SessionOptions } from './session-options.ts';

/** What is to go out on a line. */
export interface Outgoing {
  readonly endpoint: Endpoint;
  readonly message: Message;
}

/**
 * A machine over several lines. Commands: {@link host}, {@link join}, {@link chat}, {@link send}, {@link remove},
 * {@link leave}, {@link lineLost}. Inputs: `receive`, `expire`. Outputs: `poll` (each line pulls its own), `next`.
 * What others do wrong is an event, never thrown.
 */
export class Session {
  constructor(options: SessionOptions) {
    invariant(options.lines.length > 0, 'a session without lines');
  }

  /** Where the session stands. */
  get state(): SessionState {
    return 'idle';
  }

  /** Ourselves, while we have a DPNID. */
  get self(): Player | undefined {
    return undefined;
  }

  /** The host, while there is one. */
  get hostPlayer(): Player | undefined {
    return undefined;
  }

  /** All players of our name table, ourselves included. */
  get players(): Player[] {
    return [];
  }

  /** The version of our name table; 0 without one. */
  get nameTableVersion(): number {
    return 0;
  }

  /** The connection to a player, for its statistics. */
  connectionTo(_dpnid: number): Connection | undefined {
    return undefined;
  }

  /** Command: hosts a session; `hosting` follows. Only from `idle`. */
  host(_now: Instant, _options: HostOptions): void {
    invariant(false, 'not yet');
  }

  /** Command: joins the session at `endpoint`; `joined` or `ended` follows. Only from `idle`. */
  join(_now: Instant, _endpoint: Endpoint, _options: JoinOptions): void {}

  /** Command: says something to all others; returns to how many it goes. [MS-DPDX] 3.1.4.1 */
  chat(_now: Instant, _text: string): number {
    return 0;
  }

  /** Command: sends a message of the application; returns to how many players it goes. */
  send(_now: Instant, _payload: Uint8Array, _options: MessageOptions): number {
    return 0;
  }

  /** Command, as the host: removes a player. False if there is none of that DPNID. [MS-DPDX] 3.1.5.5 */
  remove(_now: Instant, _dpnid: number, _data?: Uint8Array): boolean {
    return false;
  }

  /** Command: leaves the session, or gives up joining it; `ended` follows. [MS-DPDX] 3.1.5.3, 3.1.5.4 */
  leave(_now: Instant): void {}

  /** Command: a line hung up; what ran over it is over at once (SER-11). */
  lineLost(_now: Instant, _line: string): void {}

  receive(_now: Instant, _endpoint: Endpoint, _message: Message): void {}

  expire(_now: Instant): void {}

  get deadline(): Instant | undefined {
    return undefined;
  }

  /** The next thing to send on `line`, or `undefined` when there is nothing to send now. */
  poll(_now: Instant, _line: string): Outgoing | undefined {
    return undefined;
  }

  next(): SessionEvent | undefined {
    return undefined;
  }
}
