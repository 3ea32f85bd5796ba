/** Asks who hosts a session, on serial lines and UDP addresses, again and again, and keeps the list of who answered. Joins none. */
import { invariant } from '../base/failure.ts';
import { type Duration, earlier, type Instant, MILLISECOND } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import { DPNSESSION } from '../wire/flags.ts';
import { DXDIAG_APPLICATION_GUID } from '../wire/guid.ts';
import { isMalformed } from '../wire/malformed.ts';
import type { Message } from '../wire/message.ts';
import {
  decodeSessionMessage,
  type EnumResponsePacket,
  encodeSessionMessage,
} from '../wire/session-packet.ts';
import { type Endpoint, endpointKey } from './endpoint.ts';
import { type EnumerationViolation, ViolationQueue } from './enumeration-violation.ts';
import type { Outgoing } from './outgoing.ts';

/** How often a target is asked again. [MS-DPDX] 3.1.2.2 */
export const ENUMERATION_INTERVAL: Duration = 1_500 * MILLISECOND;
/** How many queries to one target are told apart, the latest ones: as many as two identifier bits can (SER-6). [MS-DPDX] 2.2.2 */
export const DISTINGUISHABLE_QUERIES = 4;
/** Places that one enumerator asks at most. */
export const ENUMERATION_TARGETS_MAX = 64;
/** Sessions that are kept; further ones are only counted. */
export const SESSIONS_MAX = 256;
/** Answers to one query that are looked at; further ones are only counted. */
export const ANSWERS_MAX = 512;

/** What an enumerator is told when it is made. */
export interface EnumeratorOptions {
  /** Draws the first EnumPayload of each UDP line; forked, never drawn from. */
  readonly random: Random;
  /** 1 to {@link ENUMERATION_TARGETS_MAX} places to ask; an address of `''` is a serial line. */
  readonly targets: readonly Endpoint[];
  /** Whose sessions are asked for (QueryType 0x01): DXDiag's if absent; `null` for anybody's (0x02). [MS-DPDX] 2.2.4 */
  readonly application?: string | null;
  /** Between two queries to the same target; {@link ENUMERATION_INTERVAL} if absent. */
  readonly interval?: Duration;
  /** How long to ask, from `start`; absent: until `stop`. */
  readonly duration?: Duration;
}

/** A session that somebody said to host, as of its latest answer. */
export interface FoundSession {
  /** From where the answer came: where a CONNECT goes (ENU-1). */
  readonly endpoint: Endpoint;
  /** ApplicationInstanceGUID: tells sessions apart. */
  readonly instance: string;
  readonly application: string;
  /** As it came: hostile text is possible; empty where there is none. */
  readonly name: string;
  /** ApplicationDescFlags; see `DPNSESSION`. */
  readonly flags: number;
  readonly needsPassword: boolean;
  readonly mayMigrate: boolean;
  /** Players at the time, the host among them (ENU-9). */
  readonly playersCurrent: number;
  /** 0 for no limit. */
  readonly playersMax: number;
  /** Queries that it answered. */
  readonly answers: number;
  /** From handing the query to the line until its answer was whole, in microseconds. */
  readonly roundTrip: { readonly last: Duration; readonly least: Duration; readonly most: Duration };
}

/** What an enumerator reports. */
export type EnumeratorEvent =
  /** An answer; `isNew` with the first one of its session. */
  | { readonly type: 'answered'; readonly session: FoundSession; readonly isNew: boolean }
  | EnumerationViolation
  /** Nothing more is asked, and answers count no longer. */
  | { readonly type: 'ended' };

/** What was asked and answered so far. */
export interface EnumerationCounters {
  readonly queries: number;
  /** Answers that count. */
  readonly answers: number;
  /** Answers beyond the first of a session to one query. */
  readonly repeated: number;
  /** Answers that could not be read or that answer nothing. */
  readonly violations: number;
  /** Answers not looked at because of a limit. */
  readonly overlooked: number;
}

interface Query {
  readonly at: Instant;
  /** Those who answered it. */
  readonly answered: Set<string>;
  looked: number;
}

interface Target {
  readonly endpoint: Endpoint;
  /** Identifiers of its latest queries, the oldest first. */
  readonly recent: number[];
  /** When the next query is due; `undefined` while one waits for the line. */
  next: Instant | undefined;
}

/** The queries of one line, and the identifier of its next one. */
interface Line {
  readonly queries: Map<number, Query>;
  readonly modulus: number;
  identifier: number;
}

/** See the head of the file. Commands: {@link start}, {@link stop}, {@link lineLost}; as a machine, it is polled line by line. */
export class Enumerator {
  readonly #options: EnumeratorOptions;
  readonly #application: string | null;
  readonly #interval: Duration;
  readonly #lines = new Map<string, Line>();
  readonly #sessions = new Map<string, FoundSession>();
  readonly #violations = new ViolationQueue();
  #targets: Target[] = [];
  #state: 'idle' | 'asking' | 'ended' = 'idle';
  #end: Instant | undefined;
  #events: EnumeratorEvent[] = [];
  #counters = { queries: 0, answers: 0, repeated: 0, violations: 0, overlooked: 0 };

  constructor(options: EnumeratorOptions) {
    const { targets, random, interval = ENUMERATION_INTERVAL, application } = options;
    invariant(targets.length > 0 && targets.length <= ENUMERATION_TARGETS_MAX, `${targets.length} targets`);
    invariant(interval > 0, `an interval of ${interval}`);
    this.#options = options;
    this.#interval = interval;
    this.#application = application === undefined ? DXDIAG_APPLICATION_GUID : application;
    for (const { line, address } of targets) {
      const modulus = address === '' ? DISTINGUISHABLE_QUERIES : 0x1_0000;
      const identifier = address === '' ? 0 : random.fork(`enumeration ${line}`).below(modulus);
      this.#lines.set(line, { queries: new Map(), modulus, identifier });
    }
  }

  /** Whether queries still go out. */
  get isAsking(): boolean {
    return this.#state === 'asking';
  }

  /** The sessions found, in the order of their first answers. */
  get sessions(): FoundSession[] {
    return [...this.#sessions.values()];
  }

  get counters(): EnumerationCounters {
    return { ...this.#counters };
  }

  /** Command: begins to ask. Once. */
  start(now: Instant): void {
    invariant(this.#state === 'idle', 'an enumeration is started once');
    this.#state = 'asking';
    this.#targets = this.#options.targets.map((endpoint) => ({ endpoint, recent: [], next: undefined }));
    if (this.#options.duration !== undefined) this.#end = now + this.#options.duration;
  }

  /** Command: asks no more. */
  stop(_now: Instant): void {
    if (this.#state !== 'asking') return;
    this.#state = 'ended';
    this.#events.push({ type: 'ended' });
  }

  /** Command: asks nobody else from here on but `endpoint`, in the rhythm in which it was asked; earlier queries may still be answered. */
  narrowTo(now: Instant, endpoint: Endpoint): void {
    if (this.#state !== 'asking') return;
    const key = endpointKey(endpoint);
    const target = this.#targets.find((each) => endpointKey(each.endpoint) === key);
    this.#targets = [target ?? { endpoint, recent: [], next: now + this.#interval }];
  }

  /** Command: a line is gone; without any left, it is over. */
  lineLost(now: Instant, line: string): void {
    this.#targets = this.#targets.filter(({ endpoint }) => endpoint.line !== line);
    if (this.#targets.length === 0) this.stop(now);
  }

  /** An answer arrived, or something that is none and is not looked at. */
  receive(now: Instant, endpoint: Endpoint, message: Message): void {
    if (this.#state !== 'asking' || message.kind !== 'enumerationResponse') return;
    const query = this.#lines.get(endpoint.line)?.queries.get(message.identifier);
    if (query === undefined) {
      this.#violation(endpoint, '3.1.5.1', `answers no query of ours: ${message.identifier}`);
      return;
    }
    if (query.looked === ANSWERS_MAX) {
      this.#counters.overlooked++;
      return;
    }
    query.looked++;
    const packet = decodeSessionMessage(message);
    if (isMalformed(packet)) this.#violation(endpoint, '2.2.5', `${packet.field}: ${packet.reason}`);
    else if (packet.name === 'EnumResponse') this.#answered(now, endpoint, packet, query);
  }

  /** When the next query is due, or the end. */
  get deadline(): Instant | undefined {
    if (this.#state !== 'asking') return undefined;
    let first = this.#end;
    for (const { next } of this.#targets) first = earlier(first, next);
    return first;
  }

  expire(now: Instant): void {
    if (this.#state !== 'asking') return;
    for (const target of this.#targets) {
      if (target.next !== undefined && now >= target.next) target.next = undefined;
    }
    if (this.#end !== undefined && now >= this.#end) this.stop(now);
  }

  /** The next query for a line; the wait for the one after it begins now. [MS-DPDX] 3.1.6.2 */
  poll(now: Instant, line: string): Outgoing | undefined {
    if (this.#state !== 'asking') return undefined;
    const target = this.#targets.find(({ endpoint, next }) => next === undefined && endpoint.line === line);
    if (target === undefined) return undefined;
    target.next = now + this.#interval;
    const identifier = this.#register(now, target);
    const application = this.#application === null ? {} : { ApplicationGUID: this.#application };
    const message = encodeSessionMessage({ name: 'EnumQuery', EnumPayload: identifier, ...application });
    return { endpoint: target.endpoint, message };
  }

  next(): EnumeratorEvent | undefined {
    return this.#violations.next() ?? this.#events.shift();
  }

  /** Takes note of a query that goes out now, and forgets the one that it can no longer be told apart from. */
  #register(now: Instant, target: Target): number {
    const line = this.#lines.get(target.endpoint.line)!;
    const { identifier } = line;
    line.identifier = (identifier + 1) % line.modulus;
    if (target.recent.push(identifier) > DISTINGUISHABLE_QUERIES) line.queries.delete(target.recent.shift()!);
    line.queries.set(identifier, { at: now, answered: new Set(), looked: 0 });
    this.#counters.queries++;
    return identifier;
  }

  #answered(now: Instant, endpoint: Endpoint, packet: EnumResponsePacket, query: Query): void {
    const { ApplicationGUID: application, ApplicationInstanceGUID: instance } = packet;
    if (this.#application !== null && application !== this.#application) {
      this.#violation(endpoint, '2.2.5', `ApplicationGUID is ${application}, and another was asked for`);
      return;
    }
    const flags = packet.ApplicationDescFlags;
    if ((flags & DPNSESSION.NOENUMS) !== 0) {
      this.#violation(endpoint, '2.2.5', 'a session that allows no enumeration answers all the same');
    }
    const key = `${endpointKey(endpoint)}\n${instance}`;
    const before = this.#sessions.get(key);
    if (query.answered.has(key)) {
      this.#counters.repeated++;
      return;
    }
    if (before === undefined && this.#sessions.size === SESSIONS_MAX) {
      this.#counters.overlooked++;
      return;
    }
    query.answered.add(key);
    this.#counters.answers++;
    const session = {
      endpoint,
      instance,
      application,
      name: packet.SessionName ?? '',
      flags,
      needsPassword: (flags & DPNSESSION.REQUIREPASSWORD) !== 0,
      mayMigrate: (flags & DPNSESSION.MIGRATE_HOST) !== 0,
      playersCurrent: packet.CurrentPlayers,
      playersMax: packet.MaxPlayers,
      answers: (before?.answers ?? 0) + 1,
      roundTrip: roundTripWith(before?.roundTrip, now - query.at),
    };
    this.#sessions.set(key, session);
    this.#events.push({ type: 'answered', session, isNew: before === undefined });
  }

  #violation(endpoint: Endpoint, section: string, text: string): void {
    this.#counters.violations++;
    this.#violations.add({ type: 'violation', endpoint, section, text });
  }
}

function roundTripWith(
  before: FoundSession['roundTrip'] | undefined,
  last: Duration,
): FoundSession['roundTrip'] {
  const { least = last, most = last } = before ?? {};
  return { last, least: Math.min(least, last), most: Math.max(most, last) };
}
