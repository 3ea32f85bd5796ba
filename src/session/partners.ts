/** All connections of a session, one per endpoint: made, replaced, polled in turn, watched. What is said over them is not its business. */
import { earlier, type Instant } from '../base/instant.ts';
import type { Connection } from '../transport/connection.ts';
import type { CloseCause, ConnectionEvent } from '../transport/connection-event.ts';
import { type Endpoint, endpointKey } from './endpoint.ts';
import { Partner, type PartnerStage } from './partner.ts';
import type { SessionTiming } from './session-options.ts';

/**
 * Partners on one line that may be under way without having said who they are; beyond, the oldest goes, and first of
 * all one that never answered. Each packet of a flood from made-up addresses takes a place: with so many places it has
 * to come faster than somebody who is there shakes hands and introduces itself.
 */
const UNKNOWN_MAX = 64;
/** Connections there may be at all, those that are over and linger included. */
const PARTNERS_MAX = 256;

/** What happens to partners, as the session is told. */
export interface PartnerWatch {
  /** Makes a connection for an endpoint. */
  connection(endpoint: Endpoint): Connection;
  /** Whether anybody may connect now. [MS-DPDX] 3.1.5.1 */
  mayConnect(): boolean;
  /** Somebody asks for a connection where none was. */
  asked(partner: Partner): void;
  /** The handshake is done. */
  opened(now: Instant, partner: Partner): void;
  /** A message, a receipt, a violation or a retry. */
  happened(now: Instant, partner: Partner, event: ConnectionEvent): void;
  /** The partner ended its stream, or broke off; its connection is about to be over. */
  parted(now: Instant, partner: Partner): void;
  /** The connection is over; `stage` is what the partner was before. */
  closed(now: Instant, partner: Partner, stage: PartnerStage, cause: CloseCause): void;
  /** The present stage has taken too long. */
  overdue(now: Instant, partner: Partner): void;
}

/** dwSessID of a packet that looks like CONNECT, which its connection will examine; `undefined` for others. [MS-DPDX] 2.2.7 */
function connectOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < 16 || (bytes[0]! & 0x01) !== 0 || bytes[1] !== 0x01) return undefined;
  return (bytes[8]! | (bytes[9]! << 8) | (bytes[10]! << 16) | (bytes[11]! << 24)) >>> 0;
}

/** See the head of the file. */
export class Partners {
  readonly #watch: PartnerWatch;
  readonly #timing: SessionTiming;
  readonly #byEndpoint = new Map<string, Partner>();
  /** Whose turn it is on each line. */
  readonly #turns = new Map<string, Partner[]>();
  #isDraining = false;

  constructor(watch: PartnerWatch, timing: SessionTiming) {
    this.#watch = watch;
    this.#timing = timing;
  }

  /** All of them, the oldest endpoint first. */
  *[Symbol.iterator](): Generator<Partner> {
    yield* [...this.#byEndpoint.values()];
  }

  /** Who is at an endpoint. */
  at(endpoint: Endpoint): Partner | undefined {
    return this.#byEndpoint.get(endpointKey(endpoint));
  }

  /** The partner that is the player `dpnid` and has not parted. */
  of(dpnid: number): Partner | undefined {
    for (const partner of this.#byEndpoint.values()) {
      if (partner.dpnid === dpnid && partner.stage !== 'parting' && partner.stage !== 'over') return partner;
    }
    return undefined;
  }

  /** Those that messages may go to. */
  get bound(): Partner[] {
    return [...this.#byEndpoint.values()].filter((partner) => partner.isBound);
  }

  /** Whether no connection is left that is not over. */
  get areOver(): boolean {
    for (const { stage } of this.#byEndpoint.values()) if (stage !== 'over') return false;
    return true;
  }

  /** Asks for a connection; who was at the endpoint before is forgotten. */
  call(now: Instant, endpoint: Endpoint, stage: 'calling' | 'asking', dpnid = 0): Partner {
    const partner = this.#add(now, endpoint, stage, dpnid);
    partner.deadline = now + this.#timing.joinStep;
    partner.connection.connect(now);
    return partner;
  }

  /** Forgets a partner without a word to it. */
  drop(partner: Partner): void {
    const key = endpointKey(partner.endpoint);
    if (this.#byEndpoint.get(key) === partner) this.#byEndpoint.delete(key);
    const turns = this.#turns.get(partner.endpoint.line);
    const index = turns?.indexOf(partner) ?? -1;
    if (index >= 0) turns!.splice(index, 1);
  }

  /** Sends what is still to come to another endpoint, which nobody else is at. PTH-3 */
  move(partner: Partner, endpoint: Endpoint): void {
    if (this.at(endpoint) !== undefined) return;
    this.drop(partner);
    partner.endpoint = endpoint;
    this.#place(partner);
  }

  /** A transport packet arrived; from a source without a connection only CONNECT counts. [MS-DPDX] 3.1.5.1 (DFR-20) */
  receive(now: Instant, endpoint: Endpoint, bytes: Uint8Array): void {
    const sessionId = connectOf(bytes);
    let partner = this.at(endpoint);
    if (sessionId !== undefined) partner = this.#admit(now, endpoint, partner, sessionId);
    if (partner === undefined) return;
    partner.connection.receive(now, bytes);
    // What came was no CONNECT after all: nothing began.
    if (partner.stage === 'unknown' && partner.connection.state === 'listening') {
      this.#drainOne(now, partner);
      this.drop(partner);
    } else if (partner.stage === 'unknown' && !partner.isOpen) this.#watch.asked(partner);
    this.drain(now);
  }

  /** A line hung up: its connections are over without a word (SER-11). */
  lineLost(now: Instant, line: string): void {
    for (const partner of this) {
      if (partner.endpoint.line !== line || partner.stage === 'over') continue;
      const { stage, connection } = partner;
      connection.abort(now);
      // Whoever waits for a receipt is told; what else breaking off would say, nobody hears.
      for (let event = connection.next(); event !== undefined; event = connection.next()) {
        if (event.type !== 'closed') this.#watch.happened(now, partner, event);
      }
      this.drop(partner);
      partner.stage = 'over';
      this.#watch.closed(now, partner, stage, 'retries');
    }
  }

  expire(now: Instant): void {
    for (const partner of this) {
      const { connection } = partner;
      if (connection.deadline !== undefined && now >= connection.deadline) connection.expire(now);
      const isGone = partner.stage === 'over' && connection.deadline === undefined;
      // Nobody completed the handshake. [MS-DPDX] 3.1.6.1
      if (isGone || connection.state === 'listening') this.drop(partner);
    }
    this.drain(now);
    for (const partner of this) {
      if (partner.deadline === undefined || now < partner.deadline) continue;
      partner.deadline = undefined;
      this.#watch.overdue(now, partner);
    }
    this.drain(now);
  }

  get deadline(): Instant | undefined {
    let first: Instant | undefined;
    for (const { connection, deadline } of this.#byEndpoint.values()) {
      first = earlier(first, earlier(connection.deadline, deadline));
    }
    return first;
  }

  /** The next packet on a line; its partners take turns. */
  poll(now: Instant, line: string): { readonly endpoint: Endpoint; readonly bytes: Uint8Array } | undefined {
    const turns = this.#turns.get(line);
    if (turns === undefined) return undefined;
    for (let count = turns.length; count > 0; count--) {
      const partner = turns[0];
      if (partner === undefined) return undefined;
      if (turns.length > 1) {
        turns.shift();
        turns.push(partner);
      }
      const bytes = partner.connection.poll(now);
      if (this.#drainOne(now, partner)) this.drain(now);
      if (bytes !== undefined) return { endpoint: partner.endpoint, bytes };
    }
    return undefined;
  }

  /** Passes on what the connections report, until none has anything left. */
  drain(now: Instant): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const partner of this) if (this.#drainOne(now, partner)) isBusy = true;
    }
    this.#isDraining = false;
  }

  #drainOne(now: Instant, partner: Partner): boolean {
    const { connection } = partner;
    let isBusy = false;
    for (let event = connection.next(); event !== undefined; event = connection.next()) {
      isBusy = true;
      if (event.type === 'connected') {
        partner.sessionId = event.sessionId;
        this.#watch.opened(now, partner);
      } else if (event.type === 'closed') {
        const { stage } = partner;
        partner.stage = 'over';
        partner.deadline = undefined;
        this.#watch.closed(now, partner, stage, event.cause);
      } else this.#watch.happened(now, partner, event);
    }
    // The partner's END_OF_STREAM had its turn: nobody waits for the connection's end (DIS-3).
    if (connection.state === 'closing' && partner.stage !== 'parting' && partner.stage !== 'over') {
      isBusy = true;
      this.#watch.parted(now, partner);
      partner.stage = 'parting';
    }
    return isBusy;
  }

  /**
   * Somebody asks for a connection. Where one stands, it is asked whether it is alive, at once and not too often: a
   * partner that was killed gets back in within seconds, and nobody can throw out one that answers (SER-11).
   */
  #admit(
    now: Instant,
    endpoint: Endpoint,
    before: Partner | undefined,
    sessionId: number,
  ): Partner | undefined {
    if (before !== undefined && before.stage !== 'over') {
      const { connection } = before;
      const isHalfOpen = connection.state === 'accepting';
      if (before.isOpen && before.sessionId !== sessionId && now >= before.probeAgain) {
        before.probeAgain = now + this.#timing.probePause;
        connection.probe(now, this.#timing.probe);
      }
      // A half-open connection keeps its place for its own repeats, but not for ever.
      if (!isHalfOpen || now < before.since + this.#timing.probe) return before;
      if (before.askedWith === sessionId) return before;
    }
    if (!this.#watch.mayConnect() || !this.#makeRoom(now, endpoint.line)) return before;
    const partner = this.#add(now, endpoint, 'unknown', 0);
    partner.askedWith = sessionId;
    partner.connection.listen(now);
    return partner;
  }

  /** Whether there is place for one more on a line who has not said who it is. */
  #makeRoom(now: Instant, line: string): boolean {
    const all = [...this.#byEndpoint.values()];
    const unknown = all.filter(({ stage, endpoint }) => stage === 'unknown' && endpoint.line === line);
    if (unknown.length >= UNKNOWN_MAX) this.#crowdOut(now, unknown);
    if (this.#byEndpoint.size < PARTNERS_MAX) return true;
    const over = all.find(({ stage }) => stage === 'over');
    if (over !== undefined) this.drop(over);
    return over !== undefined;
  }

  /** The oldest of these goes without a word, and first of all one that never answered. */
  #crowdOut(now: Instant, partners: readonly Partner[]): void {
    const partner = partners.find(({ isOpen }) => !isOpen) ?? partners[0]!;
    const { stage } = partner;
    partner.stage = 'over';
    this.drop(partner);
    if (partner.isOpen) this.#watch.closed(now, partner, stage, 'retries');
  }

  #add(now: Instant, endpoint: Endpoint, stage: PartnerStage, dpnid: number): Partner {
    const before = this.at(endpoint);
    if (before !== undefined) this.drop(before);
    const partner = new Partner(now, endpoint, this.#watch.connection(endpoint), stage, dpnid);
    this.#place(partner);
    return partner;
  }

  #place(partner: Partner): void {
    this.#byEndpoint.set(endpointKey(partner.endpoint), partner);
    const { line } = partner.endpoint;
    const turns = this.#turns.get(line);
    if (turns === undefined) this.#turns.set(line, [partner]);
    else turns.push(partner);
  }
}
