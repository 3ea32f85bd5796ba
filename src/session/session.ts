/** A player over several lines, who hosts or joins one session after the other: the face of this floor. Knows no ports. */
import { invariant } from '../base/failure.ts';
import { earlier, type Instant } from '../base/instant.ts';
import type { Connection } from '../transport/connection.ts';
import { encodeChat } from '../wire/chat-packet.ts';
import { DPNSESSION } from '../wire/flags.ts';
import { DXDIAG_APPLICATION_GUID, decodeGuid, GUID_SIZE } from '../wire/guid.ts';
import type { Message } from '../wire/message.ts';
import type { Endpoint } from './endpoint.ts';
import { EnumerationHost } from './enumeration-host.ts';
import type { Outgoing } from './outgoing.ts';
import { Participation } from './participation.ts';
import type { Player } from './player.ts';
import type { SessionEvent, SessionState } from './session-event.ts';
import type { HostOptions, JoinOptions, MessageOptions, SessionOptions } from './session-options.ts';
import { Switchboard } from './switchboard.ts';

/** What a session holds in memory: bounded whatever others do. */
export interface SessionHoldings {
  /** Connections, those that are over and linger included. */
  readonly connections: number;
  /** Payload bytes that wait to be sent, and those received of messages that are not complete. */
  readonly queuedBytes: number;
  readonly heldBytes: number;
  /** Operations of the name table on record, and what they come to in bytes. */
  readonly operations: number;
  readonly operationBytes: number;
}

/**
 * A machine over several lines. Commands: {@link host}, {@link join}, {@link chat}, {@link send}, {@link remove},
 * {@link leave}, {@link lineLost}. Inputs: `receive`, `expire`. Outputs: `poll` (each line pulls its own), `next`.
 * What others do wrong is an event, never thrown. After every call there may be events, and a new deadline.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #board: Switchboard;
  readonly #answers: EnumerationHost;
  #participation: Participation | undefined;
  #sessions = 0;

  constructor(options: SessionOptions) {
    invariant(options.lines.length > 0, 'a session without lines');
    this.#options = options;
    this.#board = new Switchboard(options);
    this.#answers = new EnumerationHost(() => {
      const hosted = this.#participation?.hosted;
      return hosted === undefined ? [] : [hosted];
    });
  }

  /** Where the session stands. */
  get state(): SessionState {
    return this.#participation?.state ?? 'idle';
  }

  /** Ourselves, while we are in a session. */
  get self(): Player | undefined {
    const membership = this.#membership;
    return membership?.player(membership.self);
  }

  /** The host, while there is one. */
  get hostPlayer(): Player | undefined {
    const membership = this.#membership;
    return membership?.player(membership.hostId);
  }

  /** All players of our name table, ourselves included, the longest in the session first. */
  get players(): readonly Player[] {
    return this.#membership?.table.entries ?? [];
  }

  /** The version of our name table; 0 without one. */
  get nameTableVersion(): number {
    return this.#membership?.table.version ?? 0;
  }

  /** The connection to a player, for its statistics. */
  connectionTo(dpnid: number): Connection | undefined {
    return this.#board.partners.of(dpnid)?.connection;
  }

  /** What all of it comes to in memory, for whoever watches the limits. */
  get holdings(): SessionHoldings {
    const log = this.#participation?.membership?.log;
    const holdings = { connections: 0, queuedBytes: 0, heldBytes: 0 };
    for (const { connection } of this.#board.partners) {
      holdings.connections++;
      holdings.queuedBytes += connection.queuedBytes;
      holdings.heldBytes += connection.statistics.heldBytes;
    }
    return { ...holdings, operations: log?.size ?? 0, operationBytes: log?.bytes ?? 0 };
  }

  /** Command: hosts a session; `hosting` follows. Only from `idle`. [MS-DPDX] 3.2.3 */
  host(_now: Instant, options: HostOptions): void {
    this.#begin().host(options, {
      instance: options.instance ?? this.#newInstance(),
      application: options.application ?? DXDIAG_APPLICATION_GUID,
      sessionName: options.sessionName,
      playersMax: options.playersMax ?? 0,
      password: options.password,
      flags:
        ((options.mayMigrate ?? true) ? DPNSESSION.MIGRATE_HOST : 0) |
        ((options.mayEnumerate ?? true) ? 0 : DPNSESSION.NOENUMS) |
        (options.password === undefined ? 0 : DPNSESSION.REQUIREPASSWORD),
    });
  }

  /** Command: joins the session at `endpoint`; `joined` or `ended` follows. Only from `idle`. [MS-DPDX] 3.3.4 */
  join(now: Instant, endpoint: Endpoint, options: JoinOptions): void {
    this.#begin().join(now, endpoint, options);
  }

  /** Command: says something to all others; returns to how many it goes. [MS-DPDX] 3.1.4.1 */
  chat(now: Instant, text: string): number {
    const payload = encodeChat({ name: 'TRANS_USERDATA_SEND_MESSAGE', strChatString: text });
    return this.#send(now, payload, { reliable: false, sequential: true, poll: true });
  }

  /** Command: sends a message of the application; returns to how many players it goes. The payload must not change. */
  send(now: Instant, payload: Uint8Array, options: MessageOptions): number {
    return this.#send(now, payload, options);
  }

  /** Command, as the host: removes a player. False if there is none of that DPNID. [MS-DPDX] 3.1.5.5 */
  remove(now: Instant, dpnid: number, data?: Uint8Array): boolean {
    const isRemoved = this.#participation?.remove(now, dpnid, data) ?? false;
    this.#board.partners.drain(now);
    return isRemoved;
  }

  /**
   * Command: leaves the session, or gives up joining it; `ended` follows. While leaving, again: breaks off what is
   * still being finished. [MS-DPDX] 3.1.5.3, 3.1.5.4
   */
  leave(now: Instant): void {
    if (this.state === 'leaving') for (const partner of this.#board.partners) partner.connection.abort(now);
    else this.#participation?.end(now, 'left');
    this.#board.partners.drain(now);
  }

  /** Command: a line hung up; what ran over it is over at once (SER-11). */
  lineLost(now: Instant, line: string): void {
    this.#answers.lineLost(now, line);
    this.#board.partners.lineLost(now, line);
    this.#board.partners.drain(now);
  }

  receive(now: Instant, endpoint: Endpoint, message: Message): void {
    switch (message.kind) {
      case 'transport':
        this.#board.partners.receive(now, endpoint, message.body);
        break;
      case 'enumerationQuery':
        this.#answers.receive(now, endpoint, message);
        this.#reportAnswers();
        break;
      case 'enumerationResponse':
        this.#participation?.joining?.receive(now, endpoint, message);
        break;
      case 'pathTest':
        this.#participation?.peering?.pathTest(now, endpoint, message);
        break;
    }
    this.#board.partners.drain(now);
  }

  expire(now: Instant): void {
    this.#participation?.expire(now);
    this.#board.partners.expire(now);
  }

  get deadline(): Instant | undefined {
    return earlier(this.#board.partners.deadline, this.#participation?.deadline);
  }

  /** The next thing to send on `line`, or `undefined` when there is nothing to send now. */
  poll(now: Instant, line: string): Outgoing | undefined {
    const message = this.#answers.poll(now, line) ?? this.#participation?.joining?.poll(now, line);
    if (message !== undefined) return message;
    const packet = this.#board.partners.poll(now, line);
    if (packet === undefined) return undefined;
    return { endpoint: packet.endpoint, message: { kind: 'transport', identifier: 0, body: packet.bytes } };
  }

  next(): SessionEvent | undefined {
    return this.#board.next();
  }

  get #membership() {
    return this.state === 'idle' ? undefined : this.#participation?.membership;
  }

  /** A new part to play; connections of the one before may still linger. */
  #begin(): Participation {
    invariant(this.state === 'idle', `a session is begun while ${this.state}`);
    const participation = new Participation(this.#board, this.#options);
    this.#participation = participation;
    this.#board.watch = participation;
    return participation;
  }

  #send(now: Instant, payload: Uint8Array, options: MessageOptions & { readonly poll?: boolean }): number {
    const { to, ...delivery } = options;
    if (this.state === 'leaving') return 0;
    let count = 0;
    for (const partner of this.#board.partners.bound) {
      if (to !== undefined && partner.dpnid !== to) continue;
      if (partner.connection.send(now, payload, delivery)) count++;
    }
    return count;
  }

  #newInstance(): string {
    const random = this.#options.random.fork(`session ${this.#sessions++}`);
    return decodeGuid(random.fill(new Uint8Array(GUID_SIZE)));
  }

  #reportAnswers(): void {
    for (let event = this.#answers.next(); event !== undefined; event = this.#answers.next()) {
      this.#board.report({ ...event, from: undefined });
    }
  }
}
