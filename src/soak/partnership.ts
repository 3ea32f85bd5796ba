/** The partner of a soak, reached through a session over one line: hosted here, or joined at the other end. Knows no plan. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';
import type { Machine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { Session } from '../session/session.ts';
import type { EndCause, PartingReason, SessionEvent } from '../session/session-event.ts';
import { DEFAULT_SESSION_TIMING } from '../session/session-options.ts';
import type { Connection } from '../transport/connection.ts';
import type { CloseCause, RetryCause } from '../transport/connection-event.ts';
import type { ConnectionOptions } from '../transport/connection-options.ts';
import { DEFAULT_TIMING } from '../transport/timing.ts';
import type { Message } from '../wire/message.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';

/** The one line of a soak's session. */
const LINE = 'line';
const ENDPOINT = { line: LINE, address: '' };
/** Bytes of a query and its answer. */
const ENUMERATION_SIZE = 256;
/** Bytes that a step of joining takes on the line, repeats included. */
const STEP_SIZE = 4096;
/** Who says this of itself takes part in plans. */
const MARK = new TextEncoder().encode('dplink soak 1');
/** An URL of this end of a serial line, where nobody knows a device GUID. [MS-DPDX] 2.2.34 */
const NO_DEVICE_URL = 'x-directplay:/provider=%7B743B5D60-628D-11D2-AE0F-006097B01411%7D';

/** Why a partner is gone, or never came: how its connection ended, or why the session was not entered. */
export type PartedBecause = CloseCause | Exclude<EndCause, 'left'> | Extract<PartingReason, 'removed'>;

/** What a partnership reports. */
export type PartnerEvent =
  | {
      /** The partner is there, and can be spoken to. */
      readonly type: 'connected';
      readonly version: number;
      readonly sessionId: number;
      /** Whether it says that it takes part in plans. */
      readonly isSoaking: boolean;
      readonly name: string;
    }
  | {
      readonly type: 'message';
      readonly payload: Uint8Array;
      readonly reliable: boolean;
      readonly sequential: boolean;
    }
  | { readonly type: 'closed'; readonly cause: PartedBecause; readonly undelivered: number }
  /** The host did not let us in; a reason of [MS-DPDX] 2.2.13 follows in `closed`. */
  | { readonly type: 'refused'; readonly code: number }
  | { readonly type: 'chat'; readonly from: string; readonly text: string }
  | { readonly type: 'violation'; readonly section: string; readonly text: string }
  | { readonly type: 'retried'; readonly cause: RetryCause };

/** What a partnership is given. */
export interface PartnershipOptions {
  /** `host` waits for partners, one after the other; `join` looks for one. */
  readonly role: 'join' | 'host';
  /** This end's name in the session. */
  readonly name: string;
  readonly line: LineSettings;
  readonly random: Random;
  readonly connection?: Omit<ConnectionOptions, 'random' | 'lineTime' | 'sessionId'> | undefined;
  /** How long the line may be dead without ending the connection; {@link beyondTransport} of it is our own doing. */
  readonly patience?: Duration;
}

/** What the transport's own retries bear of a dead line, at least. [MS-DPDX] 3.1.2.3 */
const BORNE: Duration = 25 * SECOND;

/** How much of `patience` the transport does not bear by itself. */
export function beyondTransport(patience: Duration): Duration {
  return Math.max(0, patience - BORNE);
}

/** How a partner is spoken to. */
export interface SendHow {
  readonly reliable: boolean;
  readonly sequential: boolean;
}

/** See the head of the file. A host keeps its session from partner to partner; who joined has one partner, the host. */
export class Partnership implements Machine<Message, Message, PartnerEvent> {
  readonly #options: PartnershipOptions;
  readonly #session: Session;
  readonly #events: PartnerEvent[] = [];
  #partner: number | undefined;
  /** The connection to the present partner, or to the last one. */
  #connection: Connection | undefined;
  #reconnects = 0;
  /** What the session was like while the partner was there. */
  #known = { players: 0, nameTableVersion: 0 };

  constructor(options: PartnershipOptions) {
    const { line, random, connection, patience = 0 } = options;
    // A dead line costs repeats; each further one bears the longest interval between two.
    const retries = DEFAULT_TIMING.retries + Math.ceil(beyondTransport(patience) / DEFAULT_TIMING.retryMax);
    this.#options = options;
    const time = (bytes: number): number => lineTime(line, bytes + MESSAGE_HEADER_SIZE);
    this.#session = new Session({
      random,
      lines: [{ name: LINE, kind: 'serial', url: NO_DEVICE_URL, lineTime: time }],
      connection: { ...connection, timing: { retries, ...connection?.timing } },
      // A step is a few packets of some hundred bytes each way: on a slow line they alone take minutes.
      timing: {
        enumeration: Math.max(DEFAULT_SESSION_TIMING.enumeration, Math.ceil(time(ENUMERATION_SIZE))),
        joinStep: DEFAULT_SESSION_TIMING.joinStep + Math.ceil(time(STEP_SIZE)),
      },
    });
  }

  /** Whether there is a partner who can be spoken to. */
  get isConnected(): boolean {
    return this.#partner !== undefined && this.#connection?.state === 'connected';
  }

  /** Where it stands, in a word for people. */
  get state(): string {
    const { state } = this.#session;
    if (this.#partner === undefined) {
      if (state === 'hosting') return 'listening';
      if (state === 'joining') return 'connecting';
    }
    return this.#connection?.state ?? (state === 'idle' ? 'idle' : 'closing');
  }

  /** The connection to the present or last partner, for its statistics. */
  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** What a result says of the session. */
  get figures(): {
    readonly players: number;
    readonly nameTableVersion: number;
    readonly reconnects: number;
  } {
    return { ...this.#known, reconnects: this.#reconnects };
  }

  /** Payload bytes that wait to be sent for the first time. */
  get queuedBytes(): number {
    return this.isConnected ? this.#connection!.queuedBytes : 0;
  }

  /** Command: hosts, or joins. Once only. */
  start(now: Instant): void {
    const { role, name } = this.#options;
    if (role === 'host') {
      this.#session.host(now, { name, sessionName: `dplink on ${name}`, data: MARK, mayMigrate: false });
    } else this.#session.join(now, ENDPOINT, { name, data: MARK });
    this.#drain(now);
  }

  /** Command: sends the partner a message. False where there is none, or where its queue is full. */
  send(now: Instant, payload: Uint8Array, how: SendHow): boolean {
    const { reliable, sequential } = how;
    const to = this.#partner;
    if (to === undefined || !this.isConnected) return false;
    const isSent = this.#session.send(now, payload, { to, reliable, sequential }) > 0;
    this.#drain(now);
    return isSent;
  }

  /** Command: leaves in good order, behind everything queued; a host ends its session. */
  close(now: Instant): void {
    if (this.#session.state !== 'leaving' && this.#session.state !== 'idle') this.#session.leave(now);
    this.#drain(now);
  }

  /** Command: breaks off with the present partner; a host stays ready for the next. */
  abort(now: Instant): void {
    this.#connection?.abort(now);
    this.#drain(now);
  }

  /** Command: the line hung up. */
  lineLost(now: Instant): void {
    this.#session.lineLost(now, LINE);
    this.#drain(now);
  }

  receive(now: Instant, message: Message): void {
    this.#session.receive(now, ENDPOINT, message);
    this.#drain(now);
  }

  expire(now: Instant): void {
    this.#session.expire(now);
    this.#drain(now);
  }

  get deadline(): Instant | undefined {
    return this.#session.deadline;
  }

  poll(now: Instant): Message | undefined {
    const outgoing = this.#session.poll(now, LINE);
    this.#drain(now);
    return outgoing?.message;
  }

  next(): PartnerEvent | undefined {
    return this.#events.shift();
  }

  #drain(now: Instant): void {
    for (let event = this.#session.next(); event !== undefined; event = this.#session.next()) {
      this.#take(now, event);
    }
    if (this.#partner === undefined) return;
    const { players, nameTableVersion } = this.#session;
    this.#known = { players: players.length, nameTableVersion };
  }

  #take(_now: Instant, event: SessionEvent): void {
    switch (event.type) {
      case 'joined':
        this.#found(event.host.dpnid, event.host.name, event.host.data);
        break;
      case 'playerJoined':
        this.#found(event.player.dpnid, event.player.name, event.player.data);
        break;
      case 'playerLeft':
        if (event.player.dpnid === this.#partner) {
          this.#parted(event.reason === 'removed' ? 'removed' : (this.#connection?.closedBy ?? 'partner'));
        }
        break;
      case 'ended':
        this.#parted(this.#because(event.cause));
        break;
      case 'message':
        if (event.from === this.#partner) this.#events.push(event);
        break;
      case 'chat':
        this.#events.push({ type: 'chat', from: event.from.name, text: event.text });
        break;
      case 'refused':
        this.#events.push({ type: 'refused', code: event.code });
        break;
      case 'violation':
        this.#events.push({ type: 'violation', section: event.section, text: event.text });
        break;
      case 'retried':
        this.#events.push({ type: 'retried', cause: event.cause });
        break;
      default:
        break;
    }
  }

  #found(dpnid: number, name: string, data: Uint8Array | undefined): void {
    // A session over one line has two participants (SER-13).
    if (this.#partner !== undefined) return;
    this.#partner = dpnid;
    this.#connection = this.#session.connectionTo(dpnid);
    const agreed = this.#connection?.agreed ?? { version: 0, sessionId: 0 };
    const isSoaking = data !== undefined && Buffer.compare(data, MARK) === 0;
    this.#events.push({ type: 'connected', ...agreed, isSoaking, name });
  }

  #because(cause: EndCause): PartedBecause {
    if (cause === 'left') return 'local';
    // How the connection to the host ended says more than that it is lost.
    return cause === 'hostLost' ? (this.#connection?.closedBy ?? cause) : cause;
  }

  #parted(cause: PartedBecause): void {
    const undelivered = this.#partner === undefined ? 0 : (this.#connection?.undelivered ?? 0);
    this.#partner = undefined;
    this.#events.push({ type: 'closed', cause, undelivered });
  }
}
