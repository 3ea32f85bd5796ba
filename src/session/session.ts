/** One player's part in one session: host, peer, and the turn from one into the other. Composes the rooms; knows no ports. */
import { invariant } from '../base/failure.ts';
import { earlier, type Instant } from '../base/instant.ts';
import type { Connection } from '../transport/connection.ts';
import type { CloseCause, ConnectionEvent } from '../transport/connection-event.ts';
import { encodeChat } from '../wire/chat-packet.ts';
import { DPNERR, DPNSESSION } from '../wire/flags.ts';
import { DXDIAG_APPLICATION_GUID, decodeGuid, GUID_SIZE } from '../wire/guid.ts';
import { isMalformed } from '../wire/malformed.ts';
import type { Message } from '../wire/message.ts';
import { decodePayload, type SessionPayload } from '../wire/session-payload.ts';
import { chatText } from './chat.ts';
import type { Endpoint } from './endpoint.ts';
import { EnumerationHost, type HostedSession } from './enumeration-host.ts';
import { Hosting } from './hosting.ts';
import { Joining, OWN_DNET_VERSION } from './joining.ts';
import { Membership } from './membership.ts';
import { NameTable } from './name-table.ts';
import type { Outgoing } from './outgoing.ts';
import type { Partner, PartnerStage } from './partner.ts';
import { Peering } from './peering.ts';
import type { Player } from './player.ts';
import { playerUrl } from './player-url.ts';
import type { EndCause, SessionEvent, SessionState } from './session-event.ts';
import { mayMigrate } from './session-information.ts';
import type { HostOptions, JoinOptions, MessageOptions, SessionOptions } from './session-options.ts';
import { Switchboard } from './switchboard.ts';

/**
 * A machine over several lines. Commands: {@link host}, {@link join}, {@link chat}, {@link send}, {@link remove},
 * {@link leave}, {@link lineLost}. Inputs: `receive`, `expire`. Outputs: `poll` (each line pulls its own), `next`.
 * What others do wrong is an event, never thrown. After `poll`, too, there may be events and a new deadline.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #board: Switchboard;
  readonly #answers = new EnumerationHost(() => this.#hosted());
  #state: SessionState = 'idle';
  #membership: Membership | undefined;
  #hosting: Hosting | undefined;
  #joining: Joining | undefined;
  #peering: Peering | undefined;
  #endCause: EndCause = 'left';
  #sessions = 0;

  constructor(options: SessionOptions) {
    invariant(options.lines.length > 0, 'a session without lines');
    this.#options = options;
    this.#board = new Switchboard(options, {
      mayConnect: () => this.#mayConnect(),
      opened: (now, partner) => this.#opened(now, partner),
      happened: (now, partner, event) => this.#happened(now, partner, event),
      parted: (now, partner) => this.#parted(now, partner),
      closed: (now, partner, stage, cause) => this.#closed(now, partner, stage, cause),
      overdue: (now, partner) => this.#overdue(now, partner),
    });
  }

  /** Where the session stands. */
  get state(): SessionState {
    return this.#state;
  }

  /** Ourselves, while we have a DPNID. */
  get self(): Player | undefined {
    return this.#membership?.player(this.#membership.self);
  }

  /** The host, while there is one. */
  get hostPlayer(): Player | undefined {
    return this.#membership?.player(this.#membership.hostId);
  }

  /** All players of our name table, ourselves included. */
  get players(): Player[] {
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

  /** Command: hosts a session; `hosting` follows. Only from `idle`. [MS-DPDX] 3.2.3 */
  host(_now: Instant, options: HostOptions): void {
    invariant(this.#state === 'idle', `host() while ${this.#state}`);
    const { name, data, application = DXDIAG_APPLICATION_GUID } = options;
    const instance = options.instance ?? this.#newInstance();
    const description = {
      instance,
      application,
      sessionName: options.sessionName,
      playersMax: options.playersMax ?? 0,
      password: options.password,
      flags:
        ((options.mayMigrate ?? true) ? DPNSESSION.MIGRATE_HOST : 0) |
        ((options.mayEnumerate ?? true) ? 0 : DPNSESSION.NOENUMS) |
        (options.password === undefined ? 0 : DPNSESSION.REQUIREPASSWORD),
    };
    const self = { name, data, url: undefined, dnetVersion: OWN_DNET_VERSION };
    const membership = new Membership(description, NameTable.hosted(instance, self), (event) =>
      this.#board.report(event),
    );
    this.#membership = membership;
    this.#hosting = this.#newHosting(membership, options.refuse);
    this.#state = 'hosting';
    this.#board.report({ type: 'hosting', self: membership.player(membership.self)! });
  }

  /** Command: joins the session at `endpoint`; `joined` or `ended` follows. Only from `idle`. [MS-DPDX] 3.3.4 */
  join(now: Instant, endpoint: Endpoint, options: JoinOptions): void {
    invariant(this.#state === 'idle', `join() while ${this.#state}`);
    this.#state = 'joining';
    this.#joining = new Joining(this.#board, endpoint, options, {
      admitted: (_at, membership) => this.#admitted(membership),
      joined: () => this.#joined(),
      end: (at, cause) => this.#end(at, cause),
    });
    this.#joining.start(now);
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
    invariant(this.#state === 'hosting', `remove() while ${this.#state}`);
    const isRemoved = this.#hosting!.remove(now, dpnid, data);
    this.#board.partners.drain(now);
    return isRemoved;
  }

  /**
   * Command: leaves the session, or gives up joining it; `ended` follows. While leaving, again: breaks off what is
   * still being finished. [MS-DPDX] 3.1.5.3, 3.1.5.4
   */
  leave(now: Instant): void {
    if (this.#state === 'leaving') for (const partner of this.#board.partners) partner.connection.abort(now);
    else if (this.#state !== 'idle') this.#end(now, 'left');
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
        this.#joining?.receive(now, endpoint, message);
        break;
    }
  }

  expire(now: Instant): void {
    this.#joining?.expire(now);
    this.#hosting?.expire(now);
    this.#board.partners.expire(now);
  }

  get deadline(): Instant | undefined {
    const role = earlier(this.#joining?.deadline, this.#hosting?.deadline);
    return earlier(this.#board.partners.deadline, role);
  }

  /** The next thing to send on `line`, or `undefined` when there is nothing to send now. */
  poll(now: Instant, line: string): Outgoing | undefined {
    const enumeration = this.#answers.poll(now, line) ?? this.#joining?.poll(now, line);
    if (enumeration !== undefined) return enumeration;
    const packet = this.#board.partners.poll(now, line);
    if (packet === undefined) return undefined;
    return { endpoint: packet.endpoint, message: { kind: 'transport', identifier: 0, body: packet.bytes } };
  }

  next(): SessionEvent | undefined {
    return this.#board.next();
  }

  /** The session that those who ask are told of (ENU-5). [MS-DPDX] 3.2.5 */
  #hosted(): HostedSession[] {
    const membership = this.#membership;
    if (this.#state !== 'hosting' || membership === undefined) return [];
    const { instance, application, sessionName, playersMax, password, flags } = membership.description;
    if ((flags & DPNSESSION.NOENUMS) !== 0) return [];
    return [
      {
        instance,
        application,
        name: sessionName,
        playersCurrent: membership.table.size,
        playersMax,
        mayMigrate: mayMigrate(membership.description),
        needsPassword: password !== undefined,
      },
    ];
  }

  #reportAnswers(): void {
    for (let event = this.#answers.next(); event !== undefined; event = this.#answers.next()) {
      this.#board.report({ ...event, from: undefined });
    }
  }

  #send(now: Instant, payload: Uint8Array, options: MessageOptions & { readonly poll?: boolean }): number {
    const { to, ...delivery } = options;
    if (this.#state === 'leaving') return 0;
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

  #newHosting(membership: Membership, refuse: HostOptions['refuse']): Hosting {
    return new Hosting(this.#board, membership, {
      urlOf: ({ endpoint }, info) => playerUrl(this.#options.lines, endpoint, info.url),
      refuse: (candidate) => refuse?.(candidate),
      isClosing: () => this.#state !== 'hosting',
    });
  }

  /** Whether a CONNECT is answered. [MS-DPDX] 3.1.5.1 */
  #mayConnect(): boolean {
    return this.#membership !== undefined;
  }

  #admitted(membership: Membership): void {
    this.#membership = membership;
    this.#peering = new Peering(this.#board, membership, {
      reach: ({ name, url }) => this.#options.reach?.({ name, url }),
      end: (now, cause) => this.#end(now, cause),
      instructed: (now) => this.#joining?.instructed(now),
    });
  }

  #joined(): void {
    this.#state = 'joined';
    this.#joining = undefined;
    for (const { dpnid } of this.#board.partners.bound) this.#membership!.greet(dpnid);
    this.#board.report({ type: 'joined', self: this.self!, host: this.hostPlayer! });
  }

  /** Ends all connections; `ended` follows when the last one is over. */
  #end(now: Instant, cause: EndCause): void {
    if (this.#state === 'leaving' || this.#state === 'idle') return;
    this.#state = 'leaving';
    this.#endCause = cause;
    this.#joining = undefined;
    for (const partner of this.#board.partners) {
      if (partner.stage !== 'unknown') this.#board.part(now, partner);
    }
    this.#finishLeaving(now);
  }

  /** Those who have not said who they are wait for our refusal until all others are gone (JOI-6). */
  #finishLeaving(now: Instant): void {
    if (this.#state !== 'leaving') return;
    const { partners } = this.#board;
    for (const { stage } of partners) if (stage !== 'unknown' && stage !== 'over') return;
    for (const partner of partners) this.#board.part(now, partner);
    if (!partners.areOver) return;
    this.#state = 'idle';
    this.#membership = undefined;
    this.#hosting = undefined;
    this.#peering = undefined;
    this.#board.report({ type: 'ended', cause: this.#endCause });
  }

  #opened(now: Instant, partner: Partner): void {
    const { endpoint, stage, dpnid } = partner;
    this.#board.report({ type: 'connection', endpoint, dpnid: dpnid || undefined, open: true });
    if (stage === 'unknown') partner.deadline = now + this.#board.timing.joinStep;
    else if (stage === 'asking') this.#joining?.opened(now, partner);
    else if (stage === 'calling') {
      const { self } = this.#membership!;
      this.#board.tell(now, partner, { name: 'TRANS_USERDATA_SEND_PLAYER_DNID', dpnID: self });
      this.#bind(now, partner, dpnid);
    }
  }

  /** Who is at the other end is known to both. */
  #bind(now: Instant, partner: Partner, dpnid: number): void {
    partner.dpnid = dpnid;
    partner.stage = 'bound';
    partner.deadline = undefined;
    if (this.#joining === undefined) this.#membership!.announce(dpnid);
    else this.#joining.check(now);
  }

  #happened(now: Instant, partner: Partner, event: ConnectionEvent): void {
    const { endpoint, dpnid } = partner;
    if (event.type === 'violation') this.#board.violation(partner, event.section, event.text);
    else if (event.type === 'acknowledged' || event.type === 'lost') {
      this.#board.report({ type: event.type, to: dpnid, receipt: event.receipt });
    } else if (event.type === 'retried') this.#board.report({ ...event, endpoint });
    else if (event.type === 'message' && event.session) this.#session(now, partner, event.payload);
    else if (event.type === 'message' && partner.isBound && this.#state !== 'leaving') {
      this.#application(partner, event);
    }
  }

  /** A message of the application; from who is not known it is nothing (JOI-12). [MS-DPDX] 3.1.5.7 */
  #application(partner: Partner, event: Extract<ConnectionEvent, { type: 'message' }>): void {
    const { payload, reliable, sequential } = event;
    const from = this.#membership?.player(partner.dpnid);
    if (from === undefined) return;
    const chat = chatText(payload, event);
    if (chat === undefined) {
      this.#board.report({ type: 'message', from: from.dpnid, payload, reliable, sequential });
    } else if (typeof chat === 'string') this.#board.report({ type: 'chat', from, text: chat });
    else this.#board.violation(partner, chat.section, chat.text);
  }

  #session(now: Instant, partner: Partner, bytes: Uint8Array): void {
    const payload = decodePayload(bytes);
    if (isMalformed(payload)) {
      const isInfo = payload.packet === 'TRANS_USERDATA_PLAYER_CONNECT_INFO';
      if (isInfo && this.#hosting !== undefined) this.#hosting.malformed(now, partner, payload);
      else this.#board.violation(partner, '2.2.3', `${payload.packet} ${payload.field}: ${payload.reason}`);
      return;
    }
    if (partner.stage === 'asking') this.#joining?.message(now, partner, payload);
    else if (partner.stage === 'expelled' || partner.stage === 'parting') return;
    else if (payload.name === 'TRANS_USERDATA_SEND_PLAYER_DNID')
      this.#identified(now, partner, payload.dpnID);
    else if (this.#hosting !== undefined) this.#hosting.message(now, partner, payload);
    else if (partner.isBound && partner.dpnid === this.#membership?.hostId && this.#state !== 'leaving') {
      this.#peering?.fromHost(now, partner, payload);
    } else this.#fromOther(now, partner, payload);
  }

  /** An existing player says who it is (JOI-11). [MS-DPDX] 2.2.32 */
  #identified(now: Instant, partner: Partner, dpnid: number): void {
    const membership = this.#membership;
    const isKnown = membership?.player(dpnid) !== undefined && dpnid !== membership.self;
    if (isKnown && partner.stage === 'unknown' && this.#board.partners.of(dpnid) === undefined) {
      this.#bind(now, partner, dpnid);
      return;
    }
    this.#board.violation(partner, '2.2.32', 'says that it is a player that it cannot be');
    if (partner.stage === 'unknown') this.#board.part(now, partner);
  }

  /** From somebody who is not the host, to somebody who is not the host. [MS-DPDX] 2.2.13 (NAM-17, DIS-11) */
  #fromOther(now: Instant, partner: Partner, payload: SessionPayload): void {
    if (payload.name === 'TRANS_USERDATA_PLAYER_CONNECT_INFO' && partner.stage === 'unknown') {
      const hResultCode = DPNERR.NOTHOST;
      this.#board.tell(now, partner, {
        name: 'TRANS_USERDATA_CONNECT_FAILED',
        hResultCode,
        reply: undefined,
      });
      this.#board.part(now, partner);
    } else if (this.#state !== 'leaving') {
      this.#board.violation(partner, '2.2.37', `${payload.name} from a player that is not the host`);
    }
  }

  #parted(now: Instant, partner: Partner): void {
    this.#lost(now, partner, partner.stage, 'left');
  }

  #closed(now: Instant, partner: Partner, stage: PartnerStage, cause: CloseCause): void {
    const { endpoint, dpnid, isOpen } = partner;
    if (isOpen) this.#board.report({ type: 'connection', endpoint, dpnid: dpnid || undefined, open: false });
    if (stage !== 'parting') this.#lost(now, partner, stage, cause === 'retries' ? 'lost' : 'left');
    this.#finishLeaving(now);
  }

  /** A connection is no longer of use, and it was not us who ended it. */
  #lost(now: Instant, { dpnid, isOpen }: Partner, stage: PartnerStage, reason: 'left' | 'lost'): void {
    if (this.#state === 'leaving') return;
    if (stage === 'asking') this.#end(now, isOpen ? 'hostLost' : 'unanswered');
    else if (stage === 'calling') this.#peering?.failed(now, dpnid);
    else if (stage === 'bound' || stage === 'offered') {
      if (this.#hosting !== undefined) this.#hosting.gone(now, dpnid, reason);
      else if (dpnid === this.#membership?.hostId) this.#end(now, 'hostLost');
      else this.#peering?.gone(now, dpnid, reason);
    }
  }

  #overdue(now: Instant, partner: Partner): void {
    if (partner.stage === 'asking') this.#joining?.overdue(now, partner);
    else if (partner.stage === 'calling') {
      this.#board.part(now, partner);
      this.#peering?.failed(now, partner.dpnid);
    } else if (this.#hosting !== undefined) this.#hosting.overdue(now, partner);
    else this.#board.part(now, partner);
  }
}
