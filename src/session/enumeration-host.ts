/** Answers those who ask for sessions: for each session hosted here, at the rate that the line and a bound allow. Hosts none itself. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { DPNSESSION } from '../wire/flags.ts';
import { isMalformed } from '../wire/malformed.ts';
import type { Message } from '../wire/message.ts';
import { decodeSessionMessage, encodeSessionMessage } from '../wire/session-packet.ts';
import type { Endpoint } from './endpoint.ts';
import { type EnumerationViolation, ViolationQueue } from './enumeration-violation.ts';
import type { Outgoing } from './outgoing.ts';

/** What an answer takes of a line's allowance: a hundred answers a second in the long run. */
const ANSWER_EVERY: Duration = 10 * MILLISECOND;
/** How much allowance gathers: so much may be answered at once. */
const ALLOWANCE: Duration = SECOND;
/** Answers that wait for one line; further queries are disregarded meanwhile. */
export const ANSWERS_WAITING_MAX = 64;

/** A session as its host describes it to those who ask. */
export interface HostedSession {
  readonly instance: string;
  readonly application: string;
  readonly name: string;
  /** Players now, the host among them (ENU-9). */
  readonly playersCurrent: number;
  /** 0 for no limit. */
  readonly playersMax: number;
  readonly mayMigrate: boolean;
  readonly needsPassword: boolean;
  /** Whether queries to port 6073 find it; true if absent. Says so and no more: who listens there decides (ENU-2). */
  readonly onWellKnownPort?: boolean;
}

/** What was asked and answered so far. */
export interface AnswerCounters {
  /** Queries that arrived, whatever became of them. */
  readonly queries: number;
  /** Answers handed to a line. */
  readonly answers: number;
  /** Queries disregarded because too many came. */
  readonly refused: number;
}

interface Answer {
  readonly endpoint: Endpoint;
  readonly identifier: number;
  readonly instance: string;
}

/** One line: the answers that wait for it, and when the allowance used so far will be back. */
interface Line {
  readonly waiting: Answer[];
  usedUntil: Instant;
}

/** See the head of the file. A machine without deadlines, polled line by line. [MS-DPDX] 3.1.5.1, 3.2.5 */
export class EnumerationHost {
  readonly #sessions: () => readonly HostedSession[];
  readonly #lines = new Map<string, Line>();
  readonly #violations = new ViolationQueue();
  #counters = { queries: 0, answers: 0, refused: 0 };

  /** `sessions` is asked at each query and each answer: those hosted now that may be enumerated (ENU-5). */
  constructor(sessions: () => readonly HostedSession[]) {
    this.#sessions = sessions;
  }

  get counters(): AnswerCounters {
    return { ...this.#counters };
  }

  /** A query arrived, or something that is none and is not looked at. */
  receive(now: Instant, endpoint: Endpoint, message: Message): void {
    if (message.kind !== 'enumerationQuery') return;
    this.#counters.queries++;
    const sessions = this.#sessions();
    if (sessions.length === 0) return;
    const query = decodeSessionMessage(message);
    if (isMalformed(query)) {
      const text = `${query.field}: ${query.reason}`;
      this.#violations.add({ type: 'violation', endpoint, section: '2.2.4', text });
      return;
    }
    if (query.name !== 'EnumQuery') return;
    const { EnumPayload: identifier, ApplicationGUID: wanted } = query;
    for (const { application, instance } of sessions) {
      if (wanted !== undefined && wanted !== application) continue;
      if (!this.#admit(now, { endpoint, identifier, instance })) this.#counters.refused++;
    }
  }

  /** The next answer for a line, with what is true of its session now. */
  poll(_now: Instant, line: string): Outgoing | undefined {
    const waiting = this.#lines.get(line)?.waiting ?? [];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { endpoint, identifier, instance } = next;
      const session = this.#sessions().find((each) => each.instance === instance);
      if (session === undefined) continue;
      this.#counters.answers++;
      return { endpoint, message: answer(identifier, session) };
    }
    return undefined;
  }

  next(): EnumerationViolation | undefined {
    return this.#violations.next();
  }

  /** Command: a line is gone; nobody waits for what was to go out on it. */
  lineLost(_now: Instant, line: string): void {
    this.#lines.delete(line);
  }

  /** Whether an answer may wait for its line. */
  #admit(now: Instant, answer: Answer): boolean {
    const name = answer.endpoint.line;
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = { waiting: [], usedUntil: now };
      this.#lines.set(name, line);
    }
    const used = Math.max(line.usedUntil, now) + ANSWER_EVERY;
    if (line.waiting.length === ANSWERS_WAITING_MAX || used - now > ALLOWANCE) return false;
    line.usedUntil = used;
    line.waiting.push(answer);
    return true;
  }
}

/** The EnumResponse to the query of that identifier. [MS-DPDX] 2.2.5 */
function answer(identifier: number, session: HostedSession): Message {
  const { mayMigrate, needsPassword, onWellKnownPort = true, name } = session;
  return encodeSessionMessage({
    name: 'EnumResponse',
    EnumPayload: identifier,
    ApplicationDescFlags:
      (mayMigrate ? DPNSESSION.MIGRATE_HOST : 0) |
      (needsPassword ? DPNSESSION.REQUIREPASSWORD : 0) |
      (onWellKnownPort ? 0 : DPNSESSION.NODPNSVR),
    MaxPlayers: session.playersMax,
    CurrentPlayers: session.playersCurrent,
    ApplicationInstanceGUID: session.instance,
    ApplicationGUID: session.application,
    ...(name === '' ? {} : { SessionName: name }),
  });
}
