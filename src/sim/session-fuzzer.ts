/** A hostile joiner at one end of a line: does for a while one thing that nobody should do, then the next. Its frames are valid, or plain noise. */
import { type Duration, earlier, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import type { ByteMachine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { Deframer } from '../framing/deframer.ts';
import { encodeFrame } from '../framing/encoder.ts';
import { Connection } from '../transport/connection.ts';
import { decodeDatagram, encodeDatagram, isMessage } from '../wire/datagram.ts';
import {
  PACKET_COMMAND_END_MSG,
  PACKET_COMMAND_NEW_MSG,
  PACKET_COMMAND_USER_1,
  PACKET_CONTROL_END_STREAM,
} from '../wire/flags.ts';
import { hostileVariants } from '../wire/hostile.ts';
import { isMalformed } from '../wire/malformed.ts';
import type { Message } from '../wire/message.ts';
import { decodePayload, encodePayload, type SessionPayload } from '../wire/session-payload.ts';
import { decodeTransport, encodeTransport } from '../wire/transport-packet.ts';
import { anyConnect, anyMessage, anyQuery } from './any-message.ts';
import { type Intelligence, introductionOf, lyingPayload } from './lying-payload.ts';

/** What it does for a while. */
export const ACTS = [
  /** Says nothing, and lets whatever there was wait. */
  'silence',
  /** Noise, and on UDP datagrams of it. */
  'noise',
  /** Valid frames of every kind, with any content. */
  'bodies',
  /** CONNECT, each with another dwSessID. */
  'connects',
  /** Queries, whole and misshapen. */
  'queries',
  /** A join that stops at one of its steps. */
  'halfJoin',
  /** A player who says every session message there is, in any state, with lying fields. */
  'liar',
  /** The same, before it is a player. */
  'stranger',
  /** A player whose transport packets lie. */
  'twister',
  /** Messages that never end. */
  'endless',
  /** Takes back what it sent by send masks. */
  'masks',
  /** Ends its stream and goes on, breaks off, ends again. */
  'ends',
  /** Joins and leaves, as fast as it can. */
  'rejoin',
  /** Messages and chat, as many as the line takes. */
  'flood',
] as const;
type Act = (typeof ACTS)[number];

/** How long one act lasts, as a rule; now and then long enough to fill what has no end. */
const ACT_MAX: Duration = 12 * SECOND;
const SIEGE_MAX: Duration = 150 * SECOND;
const SIEGE = 0.06;
/** Packets that wait for the line at most. */
const WAITING_MAX = 32;
/** What it lets queue up in its connection. */
const QUEUE_MAX = 20_000;
/** Shares of packets that lie, in the acts that lie about the transport. */
const TWISTED = 0.1;

/** What a fuzzer is made of. */
export interface SessionFuzzerOptions {
  readonly random: Random;
  readonly name: string;
  readonly carrier: 'serial' | 'udp';
  /** Shared by all ends of one attacker. */
  readonly known: Intelligence;
  /** Session messages that it leaves out. */
  readonly spared?: readonly SessionPayload['name'][];
  /** When it begins. */
  readonly from: Instant;
}

/** See the head of the file. */
export class SessionFuzzer implements ByteMachine<never> {
  /** How often it did what. */
  readonly acts: Partial<Record<Act, number>> = {};
  /** How often it was let in. */
  admissions = 0;
  readonly #options: SessionFuzzerOptions;
  readonly #random: Random;
  readonly #deframer = new Deframer();
  readonly #waiting: Uint8Array[] = [];
  #connection: Connection | undefined;
  #connections = 0;
  #act: Act = 'silence';
  #stallAt = 0;
  /** The message that never ends has begun on this connection. */
  #isInMessage = false;
  #actEnds: Instant;
  #stepAt: Instant;

  constructor(options: SessionFuzzerOptions) {
    this.#options = options;
    this.#random = options.random;
    this.#actEnds = options.from;
    this.#stepAt = options.from;
  }

  receive(now: Instant, bytes: Uint8Array): void {
    if (this.#options.carrier === 'udp') {
      const message = decodeDatagram(bytes);
      if (isMessage(message)) this.#hear(now, message);
      return;
    }
    this.#deframer.receive(now, bytes);
    for (let event = this.#deframer.next(); event; event = this.#deframer.next()) {
      if (event.type !== 'damage') this.#hear(now, event.message);
    }
  }

  gap(now: Instant): void {
    this.#deframer.gap(now);
  }

  expire(now: Instant): void {
    this.#deframer.expire(now);
    const due = this.#connection?.deadline;
    if (due !== undefined && now >= due) this.#connection!.expire(now);
    this.#drain(now);
    if (now >= this.#actEnds) this.#begin(now);
    if (now >= this.#stepAt) {
      this.#stepAt = now + this.#pause();
      this.#step(now);
    }
  }

  get deadline(): Instant | undefined {
    const timers = earlier(this.#deframer.deadline, this.#connection?.deadline);
    return earlier(timers, Math.min(this.#stepAt, this.#actEnds));
  }

  poll(now: Instant): Uint8Array | undefined {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) return waiting;
    if (this.#act === 'silence') return undefined;
    const body = this.#connection?.poll(now);
    this.#drain(now);
    if (body === undefined) return undefined;
    const twisted = this.#twisted(body);
    return this.#wrapped({ kind: 'transport', identifier: 0, body: twisted.length > 0 ? twisted : body });
  }

  next(): undefined {
    return undefined;
  }

  #hear(now: Instant, { kind, body }: Message): void {
    if (kind !== 'transport') return;
    // Whoever calls is answered: a peer was told to.
    if (body[1] === 0x01 && (body[0]! & 1) === 0 && this.#connection?.state !== 'connected') {
      if (this.#connection?.state !== 'accepting') this.#newConnection().listen(now);
    }
    this.#connection?.receive(now, body);
    this.#drain(now);
  }

  #drain(now: Instant): void {
    const connection = this.#connection;
    for (let event = connection?.next(); event !== undefined; event = connection?.next()) {
      if (event.type === 'connected') this.#connected(now);
      else if (event.type === 'message' && event.session) this.#told(now, event.payload);
    }
  }

  #connected(now: Instant): void {
    const { name, known } = this.#options;
    if ((this.#act === 'halfJoin' && this.#stallAt === 1) || this.#act === 'stranger') return;
    const data = this.#random.chance(0.2) ? this.#random.fill(new Uint8Array(1_000)) : undefined;
    this.#tell(now, encodePayload(introductionOf(known, name, data)));
  }

  #told(now: Instant, bytes: Uint8Array): void {
    const payload = decodePayload(bytes);
    if (isMalformed(payload)) return;
    const { known, spared = [] } = this.#options;
    if ('dwVersion' in payload) known.version = payload.dwVersion;
    if (payload.name === 'TRANS_USERDATA_SEND_SESSION_INFO') {
      this.admissions++;
      known.self = payload.dpnid;
      known.players = payload.DN_NAMETABLE_ENTRY_INFO.map(({ dpnid }) => dpnid);
      if (this.#act === 'halfJoin' && this.#stallAt === 2) return;
      this.#tell(now, encodePayload({ name: 'TRANS_USERDATA_ACK_SESSION_INFO' }));
      if (this.#act === 'rejoin') this.#connection?.close(now);
    }
    const name = 'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE';
    if (payload.name === 'TRANS_USERDATA_INTEGRITY_CHECK' && !spared.includes(name)) {
      const { dpnidRequesting } = payload;
      if (this.#random.chance(0.5)) this.#tell(now, encodePayload({ name, dpnidRequesting }));
    }
  }

  #begin(now: Instant): void {
    this.#act = this.#random.pick(ACTS);
    this.acts[this.#act] = (this.acts[this.#act] ?? 0) + 1;
    this.#stallAt = this.#random.below(4);
    this.#actEnds = now + this.#random.between(SECOND, this.#random.chance(SIEGE) ? SIEGE_MAX : ACT_MAX);
    this.#stepAt = now;
    if (this.#act !== 'silence' && this.#random.chance(0.6)) this.#renew(now);
  }

  /** The connection before is broken off, or just forgotten. */
  #renew(now: Instant): void {
    const before = this.#connection;
    if (before !== undefined && this.#random.chance(0.6)) {
      before.abort(now);
      const goodbye = before.poll(now);
      if (goodbye !== undefined) this.#say({ kind: 'transport', identifier: 0, body: goodbye });
    }
    this.#newConnection().connect(now);
  }

  #newConnection(): Connection {
    this.#isInMessage = false;
    this.#connection = new Connection({ random: this.#random.fork(`connection ${this.#connections++}`) });
    return this.#connection;
  }

  /** Until the next step of an act. */
  #pause(): Duration {
    const [low, high] =
      this.#act === 'silence' ? [1_000, 2_000] : this.#random.chance(0.9) ? [2, 80] : [80, 900];
    return this.#random.between(low!, high!) * MILLISECOND;
  }

  #step(now: Instant): void {
    const random = this.#random;
    const connection = this.#connection;
    if (connection === undefined || connection.state === 'closed') this.#renew(now);
    switch (this.#act) {
      case 'silence':
        break;
      case 'noise':
        this.#enqueue(random.fill(new Uint8Array(1 + random.below(200))));
        break;
      case 'bodies':
        this.#say(anyMessage(random, this.#options.carrier));
        break;
      case 'connects':
        this.#say({ kind: 'transport', identifier: 0, body: anyConnect(random) });
        break;
      case 'queries':
        this.#say(anyQuery(random));
        break;
      case 'liar':
      case 'stranger':
      case 'twister':
        this.#tell(now, lyingPayload(random, this.#options.known, this.#options.spared));
        break;
      case 'ends':
        if (random.chance(0.1)) connection?.close(now);
        if (random.chance(0.03)) connection?.abort(now);
        this.#flood(now, 200);
        break;
      case 'endless':
      case 'masks':
      case 'flood':
        this.#flood(now, random.pick([4, 402, 3_000]));
        break;
      case 'rejoin':
        if (random.chance(0.05)) this.#renew(now);
        break;
      case 'halfJoin':
        break;
    }
  }

  #flood(now: Instant, size: number): void {
    const random = this.#random;
    const connection = this.#connection;
    if (connection === undefined || connection.queuedBytes > QUEUE_MAX) return;
    const payload = random.fill(new Uint8Array(1 + random.below(size)));
    if (random.chance(0.3)) payload.set([1, 0].slice(0, payload.length));
    const isEndless = this.#act === 'endless';
    connection.send(now, payload, {
      reliable: isEndless || random.chance(0.5),
      sequential: isEndless || random.chance(0.5),
      session: !isEndless && random.chance(0.1),
    });
  }

  #tell(now: Instant, payload: Uint8Array): void {
    const connection = this.#connection;
    if (connection === undefined || payload.length === 0 || connection.queuedBytes > QUEUE_MAX) return;
    connection.send(now, payload, { reliable: true, sequential: true, session: true });
  }

  /** What the act makes of a packet of an honest connection. */
  #twisted(bytes: Uint8Array): Uint8Array {
    const random = this.#random;
    if (this.#act === 'twister' && random.chance(TWISTED)) {
      const variants = [...hostileVariants(bytes, decodeTransport)];
      return variants.length === 0 ? bytes : random.pick(variants).bytes;
    }
    const packet = decodeTransport(bytes);
    if (packet.name !== 'TRANS_USERDATA_HEADER') return bytes;
    const { bCommand, bControl } = packet;
    if (this.#act === 'endless' && (bCommand & PACKET_COMMAND_USER_1) === 0) {
      const clear = PACKET_COMMAND_END_MSG | (this.#isInMessage ? PACKET_COMMAND_NEW_MSG : 0);
      this.#isInMessage = true;
      return encodeTransport({ ...packet, bCommand: bCommand & ~clear });
    }
    if (this.#act === 'masks' && random.chance(0.5)) {
      return encodeTransport({
        ...packet,
        dwSendMask1: random.uint32() || 1,
        dwSendMask2: random.uint32() || 1,
      });
    }
    if (this.#act === 'ends' && random.chance(0.05)) {
      return encodeTransport({ ...packet, bControl: bControl | PACKET_CONTROL_END_STREAM });
    }
    return bytes;
  }

  #say(message: Message): void {
    this.#enqueue(this.#wrapped(message));
  }

  #enqueue(bytes: Uint8Array): void {
    if (this.#waiting.length < WAITING_MAX) this.#waiting.push(bytes);
  }

  #wrapped(message: Message): Uint8Array {
    return this.#options.carrier === 'udp' ? encodeDatagram(message) : encodeFrame(message);
  }
}
