/** Path tests over UDP and IPv4: which are due from a new player, and what one means to an existing player. Opens no socket. [MS-DPDX] 2.2.6, 3.1.3, 3.1.5.2 */
import { type Duration, earlier, type Instant, MILLISECOND } from '../base/instant.ts';
import { pathTestKey } from '../wire/path-test.ts';
import type { PathTestPacket } from '../wire/session-packet.ts';
import { type Endpoint, endpointKey } from './endpoint.ts';

/** From one path test to the next. [MS-DPDX] 3.1.2.5 */
export const PATH_TEST_INTERVAL: Duration = 375 * MILLISECOND;

/** Path tests to one player, the first included (PTH-5). [MS-DPDX] 3.1.2.5 */
export const PATH_TEST_COUNT = 7;

/** How often and how many times the path is tested; both may be set. [MS-DPDX] 3.1.2.5 */
export interface PathTestTiming {
  readonly interval: Duration;
  readonly count: number;
}

/** The session that keys are made for. [MS-DPDX] 2.2.38 */
export interface PathTestSession {
  readonly application: string;
  readonly instance: string;
}

/** The key of one pair of players, the same on both sides (PTH-2). */
function keyOf({ application, instance }: PathTestSession, newcomer: number, existing: number): Uint8Array {
  return pathTestKey({
    dpnidSender: newcomer,
    dpnidTarget: existing,
    guidApplication: application,
    guidInstance: instance,
  });
}

/** Whether an endpoint is one of UDP over IPv4: nothing else has path tests (SER-10). [MS-DPDX] 2.2.6 */
export function hasPathTests({ address }: Endpoint): boolean {
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(address);
}

interface Course {
  readonly endpoint: Endpoint;
  readonly key: Uint8Array;
  due: Instant;
  left: number;
}

/** What a new player sends: to each existing player from which it expects a connection, until that has come (PTH-6). */
export class PathTests {
  readonly #session: PathTestSession;
  readonly #self: number;
  readonly #timing: PathTestTiming;
  readonly #courses = new Map<number, Course>();
  #messageId: number;

  /** `self` is the new player; `messageId` the first wMsgID, 0..65535. */
  constructor(
    session: PathTestSession,
    self: number,
    messageId = 0,
    timing: PathTestTiming = { interval: PATH_TEST_INTERVAL, count: PATH_TEST_COUNT },
  ) {
    this.#session = session;
    this.#self = self;
    this.#messageId = messageId;
    this.#timing = timing;
  }

  /** A connection is expected from the existing player `dpnid`: the first path test is due at once (PTH-5). None to other than IPv4. */
  start(now: Instant, dpnid: number, endpoint: Endpoint): void {
    if (!hasPathTests(endpoint) || this.#timing.count < 1) return;
    const key = keyOf(this.#session, this.#self, dpnid);
    this.#courses.set(dpnid, { endpoint, key, due: now, left: this.#timing.count });
  }

  /** The player has said who it is, or it is a player no longer. */
  stop(dpnid: number): void {
    this.#courses.delete(dpnid);
  }

  /** A CONNECT has come from there: whoever is tested there has found us (PTH-6). */
  stopAt(endpoint: Endpoint): void {
    const key = endpointKey(endpoint);
    for (const [dpnid, course] of this.#courses) {
      if (endpointKey(course.endpoint) === key) this.#courses.delete(dpnid);
    }
  }

  /** When {@link poll} next has something. */
  get deadline(): Instant | undefined {
    let first: Instant | undefined;
    for (const { due } of this.#courses.values()) first = earlier(first, due);
    return first;
  }

  /** The next path test that is due on `line`; each has a wMsgID of its own (PTH-8). */
  poll(
    now: Instant,
    line: string,
  ): { readonly endpoint: Endpoint; readonly packet: PathTestPacket } | undefined {
    for (const [dpnid, course] of this.#courses) {
      const { endpoint, key: Key } = course;
      if (endpoint.line !== line || now < course.due) continue;
      course.due = now + this.#timing.interval;
      if (--course.left === 0) this.#courses.delete(dpnid);
      const wMsgID = this.#messageId;
      this.#messageId = (this.#messageId + 1) & 0xffff;
      return { endpoint, packet: { name: 'SESS_PATH_TEST', wMsgID, Key } };
    }
    return undefined;
  }
}

/** What an existing player expects: a path test from each new player to whom it will connect. Not for the host, nor for the new player. */
export class ExpectedPathTests {
  readonly #session: PathTestSession;
  readonly #self: number;
  readonly #keys = new Map<string, number>();
  readonly #sources = new Map<number, Endpoint>();

  /** `self` is the existing player. */
  constructor(session: PathTestSession, self: number) {
    this.#session = session;
    this.#self = self;
  }

  /** How many new players a path test may still come from. */
  get size(): number {
    return this.#keys.size;
  }

  /** ADD_PLAYER has come: a path test may from now on, before INSTRUCT_CONNECT as well (PTH-4). */
  expect(dpnid: number): void {
    this.#keys.set(text(keyOf(this.#session, dpnid, this.#self)), dpnid);
  }

  /** The attempt failed, the player answered where it was called, or it is a player no longer. [MS-DPDX] 3.1.3 */
  settle(dpnid: number): void {
    this.#sources.delete(dpnid);
    for (const [key, each] of this.#keys) if (each === dpnid) this.#keys.delete(key);
  }

  /**
   * A path test arrived from `source`: the new player that it is from, whose attempt goes to `source` from now on; its
   * key has served. `undefined` where no attempt has that key: disregarded.
   */
  received(source: Endpoint, { Key }: PathTestPacket): number | undefined {
    if (!hasPathTests(source)) return undefined;
    const dpnid = this.#keys.get(text(Key));
    if (dpnid === undefined) return undefined;
    this.#keys.delete(text(Key));
    this.#sources.set(dpnid, source);
    return dpnid;
  }

  /** From where the player's path test came, if one has: where the CONNECT goes instead of its URL (PTH-4). */
  sourceOf(dpnid: number): Endpoint | undefined {
    return this.#sources.get(dpnid);
  }
}

function text(key: Uint8Array): string {
  return key.join(' ');
}
