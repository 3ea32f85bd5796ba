/** Several sessions on a test bench in virtual time: serial cables between two each, and one net that reaches all. */
import { type Duration, earlier, type Instant, MILLISECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { type Endpoint, endpointKey } from '../../src/session/endpoint.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionEvent } from '../../src/session/session-event.ts';
import type { SessionLine, SessionOptions } from '../../src/session/session-options.ts';
import { PacketPipe, type PipeOptions } from '../../src/sim/packet-pipe.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import type { Message, MessageKind } from '../../src/wire/message.ts';
import { decodePayload, type SessionPayload } from '../../src/wire/session-payload.ts';
import { decodeTransport } from '../../src/wire/transport-packet.ts';

const KINDS: readonly MessageKind[] = ['transport', 'enumerationQuery', 'enumerationResponse', 'pathTest'];
/** How far ahead of the wire a line is polled. */
const ROOM: Duration = 20 * MILLISECOND;

/** One packet that was sent, by whom and to whom. */
export interface Heard {
  readonly at: Instant;
  readonly from: string;
  readonly to: string;
  readonly body: Uint8Array;
}

/** How the bench is laid out. */
export interface BenchOptions {
  readonly seed: string;
  readonly players: readonly string[];
  /** Pairs of players with a cable between them; `'all'` connects each with each. */
  readonly cables?: readonly (readonly [string, string])[] | 'all';
  /** Whether all share one net besides. */
  readonly net?: boolean;
  /** Bits per second of every line, 10 per byte; absent: no time. */
  readonly baud?: number;
  readonly pipe?: Omit<PipeOptions, 'random' | 'lineTime'>;
  readonly session?: Partial<SessionOptions>;
}

/** What stands in a session's place. */
export type Player = Pick<Session, 'receive' | 'expire' | 'deadline' | 'poll' | 'next'>;

interface Route {
  readonly pipe: PacketPipe;
  readonly from: string;
  readonly to: string;
  /** What the receiver sees as the source. */
  readonly source: Endpoint;
}

const NET = 'net';
const wrap = ({ kind, identifier, body }: Message) =>
  Uint8Array.of(KINDS.indexOf(kind), identifier, identifier >>> 8, ...body);
const unwrap = (bytes: Uint8Array): Message => ({
  kind: KINDS[bytes[0]!]!,
  identifier: bytes[1]! | (bytes[2]! << 8),
  body: bytes.slice(3),
});

/** See the head of the file. A line is called after the player it leads to. */
export class Bench {
  now: Instant = 0;
  /** Transport packets that were sent. */
  readonly heard: Heard[] = [];
  /** Addresses of packets that were sent to where nobody is. */
  readonly nowhere: string[] = [];
  /** Queries, answers and path tests that were sent. */
  readonly others: { at: Instant; from: string; to: string; message: Message }[] = [];
  readonly #options: BenchOptions;
  readonly #random: Random;
  readonly #players = new Map<string, Player>();
  readonly #sessions = new Map<string, Session>();
  readonly #events = new Map<string, SessionEvent[]>();
  readonly #routes = new Map<string, Route>();
  readonly #free = new Map<string, Instant>();
  #lives = 0;

  constructor(options: BenchOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    for (const name of options.players) this.restart(name);
    for (const [a, b] of this.#pairs()) {
      for (const [from, to] of [
        [a, b],
        [b, a],
      ] as const) {
        this.#route(`${from} ${to}`, from, to, { line: from, address: '' });
      }
    }
    if (options.net) {
      for (const from of options.players) {
        for (const to of options.players) {
          const source = { line: NET, address: addressOf(options.players, from) };
          if (from !== to) this.#route(`${NET} ${from} ${to}`, from, to, source);
        }
      }
    }
  }

  session(name: string): Session {
    return this.#sessions.get(name)!;
  }

  /** What a player was told, of one type. */
  told<T extends SessionEvent['type']>(name: string, type: T): Extract<SessionEvent, { type: T }>[] {
    const events = this.#events.get(name) ?? [];
    return events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type);
  }

  /** The types of all that a player was told but connections, retries. */
  story(name: string): string[] {
    return (this.#events.get(name) ?? [])
      .map(({ type }) => type)
      .filter((type) => type !== 'connection' && type !== 'retried');
  }

  /** The line that leads from a player to another. */
  to(name: string): Endpoint {
    return { line: name, address: '' };
  }

  /** Where a player is on the net. */
  on(name: string): Endpoint {
    return { line: NET, address: addressOf(this.#options.players, name) };
  }

  /** Kills a player without a word, and puts a new one in its place. */
  restart(name: string): Session {
    const { session = {} } = this.#options;
    const made = new Session({
      random: this.#random.fork(`${name} ${this.#lives++}`),
      lines: this.#lines(name),
      reach: ({ name: other, url }) => this.#reach(name, other, url),
      ...session,
    });
    this.#sessions.set(name, made);
    this.#players.set(name, made);
    this.#events.set(name, []);
    return made;
  }

  /** Puts something else in the place of a player's session. */
  replace<P extends Player>(name: string, player: P): P {
    this.#players.set(name, player);
    return player;
  }

  /** Whether the cable between two, or their way over the net, is cut. */
  cut(a: string, b: string, isCut: boolean): void {
    for (const key of [`${a} ${b}`, `${b} ${a}`, `${NET} ${a} ${b}`, `${NET} ${b} ${a}`]) {
      const route = this.#routes.get(key);
      if (route !== undefined) route.pipe.isCut = isCut;
    }
  }

  /** Names and states, for a test that looks at all of them. */
  get states(): Record<string, string> {
    return Object.fromEntries([...this.#sessions].map(([name, { state }]) => [name, state]));
  }

  /** Session messages sent from one to another, in order, put together from their frames, repeats left out. */
  payloads(from: string, to: string): SessionPayload[] {
    const found: SessionPayload[] = [];
    let parts: number[] = [];
    for (const each of this.heard) {
      if (each.from !== from || each.to !== to) continue;
      const packet = decodeTransport(each.body);
      if (isMalformed(packet) || packet.name !== 'TRANS_USERDATA_HEADER') continue;
      if ((packet.bCommand & 0x40) === 0 || (packet.bControl & 1) !== 0) continue;
      parts.push(...packet.payload);
      if ((packet.bCommand & 0x20) === 0) continue;
      const payload = decodePayload(Uint8Array.from(parts));
      parts = [];
      if (!isMalformed(payload)) found.push(payload);
    }
    return found;
  }

  /** Lets time pass, stopping wherever something happens. */
  run(length: Duration): this {
    const until = this.now + length;
    this.settle();
    for (let steps = 0; ; steps++) {
      if (steps > 200_000)
        throw new Error(
          `no end of steps at ${this.now}: ${[...this.#players].map(([n, p]) => `${n} ${p.deadline} ${'state' in p ? String(p.state) : ''}`).join('; ')} next ${this.#next()} free ${[...this.#free.values()]}`,
        );
      const next = this.#next();
      if (next === undefined || next > until) break;
      this.now = Math.max(this.now, next);
      this.settle();
    }
    this.now = until;
    return this;
  }

  /** Everything that happens at this instant. */
  settle(): void {
    for (let isBusy = true, turns = 0; isBusy; turns++) {
      if (turns > 10_000) throw new Error('no end at one instant');
      isBusy = this.#arrive();
      for (const [name, session] of this.#players) {
        if (session.deadline !== undefined && session.deadline <= this.now) session.expire(this.now);
        if (this.#send(name, session)) isBusy = true;
        for (let event = session.next(); event !== undefined; event = session.next()) {
          this.#events.get(name)!.push(event);
        }
      }
    }
  }

  #arrive(): boolean {
    let isBusy = false;
    for (const { pipe, to, source } of this.#routes.values()) {
      for (let bytes = pipe.poll(this.now); bytes !== undefined; bytes = pipe.poll(this.now)) {
        isBusy = true;
        this.#players.get(to)!.receive(this.now, source, unwrap(bytes));
      }
    }
    return isBusy;
  }

  #send(name: string, session: Player): boolean {
    let isBusy = false;
    for (const { name: line } of this.#lines(name)) {
      const key = `${name} ${line}`;
      while ((this.#free.get(key) ?? 0) <= this.now + ROOM) {
        const outgoing = session.poll(this.now, line);
        if (outgoing === undefined) break;
        isBusy = true;
        const { endpoint, message } = outgoing;
        const route = this.#routes.get(this.#key(name, endpoint));
        const begin = Math.max(this.now, this.#free.get(key) ?? 0);
        this.#free.set(key, begin + Math.ceil(this.#lineTime()(message.body.length)));
        if (route === undefined) {
          this.nowhere.push(endpoint.address);
          continue;
        }
        const { to } = route;
        if (message.kind === 'transport') {
          this.heard.push({ at: this.now, from: name, to, body: message.body });
        } else this.others.push({ at: this.now, from: name, to, message });
        route.pipe.receive(this.now, wrap(message));
      }
    }
    return isBusy;
  }

  #next(): Instant | undefined {
    let next: Instant | undefined;
    for (const { pipe } of this.#routes.values()) next = earlier(next, pipe.deadline);
    for (const session of this.#players.values()) next = earlier(next, session.deadline);
    for (const free of this.#free.values()) if (free - ROOM > this.now) next = earlier(next, free - ROOM);
    return next;
  }

  #key(from: string, { line, address }: Endpoint): string {
    if (line !== NET) return `${from} ${line}`;
    const to = this.#options.players.find((name) => addressOf(this.#options.players, name) === address);
    return `${NET} ${from} ${to}`;
  }

  #reach(from: string, to: string, url: string | undefined): Endpoint | undefined {
    if (this.#routes.has(`${from} ${to}`)) return { line: to, address: '' };
    const port = /port=(\d+)/.exec(url ?? '')?.[1];
    return this.#options.net && port !== undefined ? { line: NET, address: `10.0.0.1:${port}` } : undefined;
  }

  #pairs(): readonly (readonly [string, string])[] {
    const { players, cables = [] } = this.#options;
    if (cables !== 'all') return cables;
    return players.flatMap((a, index) => players.slice(index + 1).map((b) => [a, b] as const));
  }

  #lines(name: string): SessionLine[] {
    const lineTime = this.#lineTime();
    const url = `x-directplay:/provider=%7B743B5D60-628D-11D2-AE0F-006097B01411%7D;device=${name}`;
    const lines: SessionLine[] = this.#pairs()
      .filter((pair) => pair.includes(name))
      .map(([a, b]) => ({ name: a === name ? b : a, kind: 'serial', url, lineTime }));
    if (this.#options.net) lines.push({ name: NET, kind: 'udp', url: '', lineTime });
    return lines;
  }

  #lineTime(): (bytes: number) => Duration {
    const { baud } = this.#options;
    return baud === undefined ? () => 0 : (bytes) => ((bytes + 8) * 10 * 1_000_000) / baud;
  }

  #route(key: string, from: string, to: string, source: Endpoint): void {
    const lineTime = this.#lineTime();
    const random = this.#random.fork(`${key} ${endpointKey(source)}`);
    const latency = MILLISECOND;
    const pipe = new PacketPipe({ random, lineTime, latency, ...this.#options.pipe });
    this.#routes.set(key, { pipe, from, to, source });
  }
}

function addressOf(players: readonly string[], name: string): string {
  return `10.0.0.1:${2302 + players.indexOf(name)}`;
}
