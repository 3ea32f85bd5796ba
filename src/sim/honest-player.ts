/** A player who does all as it should while others do not: hosts or joins once, exchanges numbered messages with one other, and minds the pace. */
import { type Duration, earlier, type Instant, SECOND } from '../base/instant.ts';
import type { ByteMachine, Machine } from '../base/machine.ts';
import { Framed } from '../framing/framed.ts';
import { type Endpoint, endpointKey } from '../session/endpoint.ts';
import { Session, type SessionHoldings } from '../session/session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import type { SessionOptions } from '../session/session-options.ts';
import { decodeDatagram, encodeDatagram, isMessage } from '../wire/datagram.ts';
import type { Message } from '../wire/message.ts';

/** Datagrams that wait for one address at most; beyond, they are lost, as in any queue. */
const OUTBOX_MAX = 256;
/** A section, or an ambiguity. */
const CITATION = /^(?:\d+(?:\.\d+)*|[A-Z]{3}-\d+)$/;
/** Complaints that are kept. */
const COMPLAINTS_MAX = 20;

/** The most that a session held at any time of each of its holdings. */
export type HoldingsMax = { -readonly [K in keyof SessionHoldings]: number };

/** See the head of the file. */
export class HonestPlayer {
  readonly session: Session;
  readonly complaints: string[] = [];
  /** How often which section was cited in a violation, and what else happened. */
  readonly sections: Record<string, number> = {};
  readonly happened: Record<string, number> = {};
  readonly most: HoldingsMax = {
    connections: 0,
    queuedBytes: 0,
    heldBytes: 0,
    operations: 0,
    operationBytes: 0,
  };
  /** The longest time between two messages of the other one. */
  longestGap: Duration = 0;
  heard = 0;
  chats = 0;
  readonly #name: string;
  /** The name of the only player that it talks to. */
  readonly #friend: string;
  readonly #ports = new Map<string, HonestPort>();
  #sent = 0;
  #said = 0;
  #lastChat = -1;
  #heardAt: Instant | undefined;

  constructor(name: string, friend: string, options: SessionOptions) {
    this.#name = name;
    this.#friend = friend;
    this.session = new Session(options);
  }

  /** The machine for what goes to and comes from one endpoint: frames on a serial line, datagrams on others. */
  port(endpoint: Endpoint): ByteMachine<'moved'> {
    const port = new HonestPort(this, endpoint);
    this.#ports.set(endpointKey(endpoint), port);
    return port;
  }

  /** The DPNID of the friend, while both are players. */
  get friend(): number | undefined {
    return this.session.players.find(({ name }) => name === this.#friend)?.dpnid;
  }

  /** Sends the friend the next numbered message, which must arrive; says something to all as well when `aloud`. */
  talk(now: Instant, aloud: boolean): void {
    const { friend } = this;
    if (friend === undefined) return;
    const payload = new Uint8Array(200);
    new DataView(payload.buffer).setUint32(0, this.#sent);
    if (this.session.send(now, payload, { to: friend, reliable: true, sequential: true }) > 0) this.#sent++;
    if (aloud) this.session.chat(now, `${this.#said++}`);
    this.drain(now);
    this.moved();
  }

  /** Looks at itself: the friend is there and is heard, and nothing grows. */
  check(now: Instant): void {
    const { state, players } = this.session;
    if (state !== 'hosting' && state !== 'joined') this.#complain(now, `it is ${state}`);
    if (this.friend === undefined) this.#complain(now, `${this.#friend} is not in its name table`);
    if (players.filter(({ isHost }) => isHost).length !== 1) this.#complain(now, 'there is not one host');
    this.#noteGap(now);
    const { session, most } = this;
    for (const [what, amount] of Object.entries(session.holdings) as [keyof HoldingsMax, number][]) {
      most[what] = Math.max(most[what], amount);
    }
  }

  expire(now: Instant): void {
    const { deadline } = this.session;
    if (deadline === undefined || now < deadline) return;
    this.session.expire(now);
    this.drain(now);
    this.moved();
  }

  /** Something changed: every port may have something to send. */
  moved(): void {
    for (const port of this.#ports.values()) port.hasMoved = true;
  }

  /** The next packet for an endpoint; what the session has for others of the same line is laid into their ports. */
  poll(now: Instant, endpoint: Endpoint): Message | undefined {
    for (;;) {
      const outgoing = this.session.poll(now, endpoint.line);
      if (outgoing === undefined) return undefined;
      if (outgoing.endpoint.address === endpoint.address) return outgoing.message;
      this.#ports.get(endpointKey(outgoing.endpoint))?.leave(outgoing.message);
    }
  }

  drain(now: Instant): void {
    for (let event = this.session.next(); event !== undefined; event = this.session.next()) {
      this.take(now, event);
    }
  }

  /** Takes what the session reports. */
  take(now: Instant, event: SessionEvent): void {
    this.happened[event.type] = (this.happened[event.type] ?? 0) + 1;
    if (event.type === 'violation') {
      this.sections[event.section] = (this.sections[event.section] ?? 0) + 1;
      if (!CITATION.test(event.section)) this.#complain(now, `"${event.text}" cites ${event.section}`);
    } else if (event.type === 'message' && event.from === this.friend) this.#hear(now, event.payload);
    else if (event.type === 'chat' && event.from.dpnid === this.friend) {
      this.chats++;
      if (!(Number(event.text) > this.#lastChat)) this.#complain(now, `chat ${event.text} came late`);
      this.#lastChat = Number(event.text);
    }
  }

  #hear(now: Instant, payload: Uint8Array): void {
    const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    if (number !== this.heard) this.#complain(now, `message ${number} came, ${this.heard} was due`);
    this.#noteGap(now);
    this.#heardAt = now;
    this.heard++;
  }

  #noteGap(now: Instant): void {
    if (this.#heardAt !== undefined) this.longestGap = Math.max(this.longestGap, now - this.#heardAt);
  }

  #complain(now: Instant, text: string): void {
    if (this.complaints.length < COMPLAINTS_MAX)
      this.complaints.push(`${now / SECOND} s, ${this.#name}: ${text}`);
  }
}

/** One endpoint's port of a player. */
class HonestPort implements ByteMachine<'moved'> {
  hasMoved = false;
  readonly #player: HonestPlayer;
  readonly #endpoint: Endpoint;
  readonly #framed: Framed<never> | undefined;
  readonly #outbox: Message[] = [];

  constructor(player: HonestPlayer, endpoint: Endpoint) {
    this.#player = player;
    this.#endpoint = endpoint;
    const view: Machine<Message, Message, never> = {
      receive: (now, message) => player.session.receive(now, endpoint, message),
      expire: () => {},
      deadline: undefined,
      poll: (now) => player.poll(now, endpoint),
      next: () => undefined,
    };
    this.#framed = endpoint.address === '' ? new Framed(view) : undefined;
  }

  /** Takes what the session has for this endpoint while another one was asked. */
  leave(message: Message): void {
    if (this.#outbox.length === OUTBOX_MAX) return;
    this.#outbox.push(message);
    this.hasMoved = true;
  }

  receive(now: Instant, bytes: Uint8Array): void {
    if (this.#framed !== undefined) this.#framed.receive(now, bytes);
    else {
      const message = decodeDatagram(bytes);
      if (isMessage(message)) this.#player.session.receive(now, this.#endpoint, message);
    }
    this.#handOn(now);
  }

  gap(now: Instant): void {
    this.#framed?.gap(now);
    this.#handOn(now);
  }

  expire(now: Instant): void {
    this.#player.expire(now);
    this.#framed?.expire(now);
    this.#handOn(now);
  }

  get deadline(): Instant | undefined {
    return earlier(this.#player.session.deadline, this.#framed?.deadline);
  }

  poll(now: Instant): Uint8Array | undefined {
    const framed = this.#framed;
    if (framed !== undefined) return framed.poll(now);
    const message = this.#outbox.shift() ?? this.#player.poll(now, this.#endpoint);
    return message && encodeDatagram(message);
  }

  next(): 'moved' | undefined {
    if (!this.hasMoved) return undefined;
    this.hasMoved = false;
    return 'moved';
  }

  #handOn(now: Instant): void {
    while (this.#framed?.next() !== undefined);
    this.#player.drain(now);
    this.#player.moved();
  }
}
