/** Our part in one session, from hosting or joining until the end of the last connection: what we are when, and what follows from losses. */
import { earlier, type Instant } from '../base/instant.ts';
import type { CloseCause, ConnectionEvent } from '../transport/connection-event.ts';
import { DPNSESSION } from '../wire/flags.ts';
import type { Endpoint } from './endpoint.ts';
import type { HostedSession } from './enumeration-host.ts';
import { Hosting, type HostingDuties } from './hosting.ts';
import { Joining } from './joining.ts';
import { Membership } from './membership.ts';
import { NameTable } from './name-table.ts';
import { OWN_DNET_VERSION } from './own-version.ts';
import type { Partner, PartnerStage } from './partner.ts';
import { Peering } from './peering.ts';
import { playerUrl } from './player-url.ts';
import { Reception, type Roles } from './reception.ts';
import type { EndCause, SessionState } from './session-event.ts';
import { mayMigrate, type SessionDescription } from './session-information.ts';
import type { HostOptions, JoinOptions, SessionOptions } from './session-options.ts';
import { Succession } from './succession.ts';
import type { Switchboard, SwitchboardWatch } from './switchboard.ts';

/** See the head of the file. */
export class Participation implements SwitchboardWatch, Roles {
  readonly #board: Switchboard;
  readonly #options: SessionOptions;
  readonly #reception: Reception;
  #state: SessionState = 'joining';
  #membership: Membership | undefined;
  #hosting: Hosting | undefined;
  #joining: Joining | undefined;
  #peering: Peering | undefined;
  #succession: Succession | undefined;
  #mayHost = true;
  #endCause: EndCause = 'left';

  constructor(board: Switchboard, options: SessionOptions) {
    this.#board = board;
    this.#options = options;
    this.#reception = new Reception(board, this, (now, partner, dpnid) => this.#bind(now, partner, dpnid));
  }

  /** Never `idle` before the end, nothing else behind it. */
  get state(): SessionState {
    return this.#state;
  }

  get membership(): Membership | undefined {
    return this.#membership;
  }

  get hosting(): Hosting | undefined {
    return this.#hosting;
  }

  get joining(): Joining | undefined {
    return this.#joining;
  }

  get peering(): Peering | undefined {
    return this.#peering;
  }

  get succession(): Succession | undefined {
    return this.#succession;
  }

  /** The session that those who ask are told of; none while nobody is let in (ENU-5). [MS-DPDX] 3.2.5 */
  get hosted(): HostedSession | undefined {
    const membership = this.#membership;
    if (this.#state !== 'hosting' || this.#succession?.isTakingOver || membership === undefined) {
      return undefined;
    }
    const { instance, application, sessionName, playersMax, password, flags } = membership.description;
    if ((flags & DPNSESSION.NOENUMS) !== 0) return undefined;
    return {
      instance,
      application,
      name: sessionName,
      playersCurrent: membership.table.size,
      playersMax,
      mayMigrate: mayMigrate(membership.description),
      needsPassword: password !== undefined,
    };
  }

  /** Hosts the session described. */
  host({ name, data, refuse }: HostOptions, description: SessionDescription): void {
    const self = { name, data, url: undefined, dnetVersion: OWN_DNET_VERSION };
    this.#enter(new Membership(description, NameTable.hosted(description.instance, self), this.#board));
    this.#becomeHost(refuse);
    this.#board.report({ type: 'hosting', self: this.#membership!.player(this.#membership!.self)! });
  }

  /** Joins the session at `endpoint`. */
  join(now: Instant, endpoint: Endpoint, options: JoinOptions): void {
    this.#mayHost = options.mayHost ?? true;
    this.#joining = new Joining(this.#board, endpoint, options, {
      reach: ({ name, url }) => this.#options.reach?.({ name, url }),
      admitted: (membership) => this.#admitted(membership),
      joined: () => this.#joined(),
      end: (at, cause) => this.end(at, cause),
    });
    this.#joining.start(now);
  }

  /** Ends all connections; `ended` follows when the last one is over. */
  end(now: Instant, cause: EndCause): void {
    if (this.#state === 'leaving' || this.#state === 'idle') return;
    this.#state = 'leaving';
    this.#endCause = cause;
    this.#joining = undefined;
    for (const partner of this.#board.partners) {
      if (partner.stage !== 'unknown') this.#board.part(now, partner);
    }
    this.#finishLeaving(now);
  }

  /** As the host at work: removes a player. */
  remove(now: Instant, dpnid: number, data: Uint8Array | undefined): boolean {
    if (this.#state !== 'hosting' || this.#succession?.isTakingOver === true) return false;
    return this.#hosting!.remove(now, dpnid, data);
  }

  expire(now: Instant): void {
    this.#joining?.expire(now);
    if (this.#state !== 'leaving') {
      this.#hosting?.expire(now);
      this.#succession?.expire(now);
    }
    this.#finishLeaving(now);
  }

  get deadline(): Instant | undefined {
    if (this.#state === 'leaving') return undefined;
    return earlier(this.#joining?.deadline, earlier(this.#hosting?.deadline, this.#succession?.deadline));
  }

  /** Whether a CONNECT is answered: by everybody who is in a session, also to say that it is not the host. [MS-DPDX] 3.1.5.1 */
  mayConnect(): boolean {
    return this.#membership !== undefined && this.#state !== 'idle';
  }

  asked(partner: Partner): void {
    this.#joining?.called(partner);
  }

  opened(now: Instant, partner: Partner): void {
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

  happened(now: Instant, partner: Partner, event: ConnectionEvent): void {
    this.#reception.take(now, partner, event);
  }

  parted(now: Instant, partner: Partner): void {
    this.#lost(now, partner, partner.stage, 'left');
  }

  closed(now: Instant, partner: Partner, stage: PartnerStage, cause: CloseCause): void {
    const { endpoint, dpnid, isOpen } = partner;
    if (isOpen) this.#board.report({ type: 'connection', endpoint, dpnid: dpnid || undefined, open: false });
    if (stage !== 'parting') this.#lost(now, partner, stage, cause === 'retries' ? 'lost' : 'left');
    this.#finishLeaving(now);
  }

  overdue(now: Instant, partner: Partner): void {
    if (partner.stage === 'asking') this.#joining?.overdue(now, partner);
    else if (partner.stage === 'calling') {
      this.#board.part(now, partner);
      this.#peering?.failed(now, partner.dpnid);
    } else if (this.#hosting !== undefined) this.#hosting.overdue(now, partner);
    else this.#board.part(now, partner);
  }

  /** There is a name table, and we are in it. */
  #enter(membership: Membership): void {
    this.#membership = membership;
    if (!mayMigrate(membership.description)) return;
    this.#succession = new Succession(this.#board, membership, {
      takeOver: (now) => this.#takeOver(now),
      follow: () => this.#follow(),
      settled: (now) => this.#settled(now),
    });
  }

  #becomeHost(refuse?: HostOptions['refuse'], since?: Instant): void {
    const duties: HostingDuties = {
      urlOf: ({ endpoint }, info) => playerUrl(this.#options.lines, endpoint, info.url),
      refuse: (candidate) => refuse?.(candidate),
      isClosing: () => this.#state !== 'hosting' || this.#succession?.isTakingOver === true,
    };
    this.#hosting = new Hosting(this.#board, this.#membership!, duties, since);
    this.#peering = undefined;
    this.#state = 'hosting';
  }

  #admitted(membership: Membership): void {
    this.#enter(membership);
    this.#becomePeer();
  }

  #becomePeer(): void {
    this.#hosting = undefined;
    this.#peering = new Peering(this.#board, this.#membership!, {
      reach: ({ name, url }) => this.#options.reach?.({ name, url }),
      end: (now, cause) => this.end(now, cause),
      instructed: (now) => this.#joining?.instructed(now),
      left: (now, dpnid) => {
        this.#joining?.left(now, dpnid);
        this.#succession?.left(now, dpnid);
      },
    });
  }

  #joined(): void {
    const membership = this.#membership!;
    this.#state = 'joined';
    this.#joining = undefined;
    for (const { dpnid } of this.#board.partners.bound) membership.greet(dpnid);
    const [self, host] = [membership.player(membership.self)!, membership.player(membership.hostId)!];
    this.#board.report({ type: 'joined', self, host });
  }

  /** The others are without a host, and it is our turn: who is not in yet has nothing to take over. [MS-DPDX] 3.1.5.4 */
  #takeOver(now: Instant): boolean {
    const isWilling = this.#mayHost && this.#joining === undefined;
    if (isWilling) this.#becomeHost(undefined, now);
    else this.end(now, 'hostLost');
    return isWilling;
  }

  /** Another takes over: if we had begun to, we are one of those who follow again (MIG-10). */
  #follow(): void {
    if (this.#hosting === undefined) return;
    this.#becomePeer();
    this.#state = 'joined';
  }

  /** Whom we lost meanwhile the new host is asked after now; on our way in, the others may still connect. */
  #settled(now: Instant): void {
    if (this.#joining !== undefined) {
      this.#joining.hostFound(now);
      return;
    }
    const { table, self, hostId } = this.#membership!;
    for (const { dpnid } of table.entries) {
      const isConnected = this.#board.partners.of(dpnid) !== undefined;
      if (dpnid !== self && dpnid !== hostId && !isConnected) this.#peering?.gone(now, dpnid, 'lost');
    }
  }

  /** Who is at the other end is known to both; where we are leaving, we leave that one too. [MS-DPDX] 3.1.5.3 */
  #bind(now: Instant, partner: Partner, dpnid: number): void {
    partner.dpnid = dpnid;
    if (this.#state === 'leaving') {
      this.#board.part(now, partner);
      return;
    }
    partner.stage = 'bound';
    partner.deadline = undefined;
    this.#peering?.connected(dpnid);
    this.#succession?.found(now, dpnid);
    if (this.#joining === undefined) this.#membership!.announce(dpnid);
    else this.#joining.connected(now, dpnid);
  }

  /** A connection is no longer of use, and it was not us who ended it. */
  #lost(now: Instant, { dpnid, isOpen }: Partner, stage: PartnerStage, reason: 'left' | 'lost'): void {
    if (this.#state === 'leaving') return;
    if (stage === 'asking') this.end(now, isOpen ? 'hostLost' : 'unanswered');
    else if (stage === 'calling') this.#peering?.failed(now, dpnid);
    else if (stage === 'bound' || stage === 'offered') this.#lostPlayer(now, dpnid, reason);
  }

  #lostPlayer(now: Instant, dpnid: number, reason: 'left' | 'lost'): void {
    const membership = this.#membership!;
    const isHost = dpnid === membership.hostId;
    if (isHost) this.#joining?.hostLost();
    if (isHost && this.#succession === undefined) this.end(now, 'hostLost');
    else if (this.#hosting !== undefined && this.#succession?.isTakingOver !== true) {
      this.#hosting.gone(now, dpnid, reason);
    } else {
      this.#succession?.lost(now, dpnid, reason);
      if (!isHost && this.#succession?.isSettled !== false) this.#peering?.gone(now, dpnid, reason);
    }
  }

  /** Those who have not said who they are wait for our refusal until all others are gone (JOI-6). */
  #finishLeaving(now: Instant): void {
    if (this.#state !== 'leaving') return;
    const { partners } = this.#board;
    for (const { stage } of partners) if (stage !== 'unknown' && stage !== 'over') return;
    for (const partner of partners) this.#board.part(now, partner);
    if (!partners.areOver) return;
    this.#state = 'idle';
    this.#board.report({ type: 'ended', cause: this.#endCause });
  }
}
