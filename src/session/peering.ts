/** What a player does that is not the host: keeps its name table as the host says, connects as instructed, asks after the lost. */
import type { Instant } from '../base/instant.ts';
import { isMalformed } from '../wire/malformed.ts';
import type { Message } from '../wire/message.ts';
import { decodeSessionMessage } from '../wire/session-packet.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import type { Endpoint } from './endpoint.ts';
import type { Membership } from './membership.ts';
import type { NameTableOperation } from './name-table.ts';
import type { Partner } from './partner.ts';
import { ExpectedPathTests } from './path-tests.ts';
import type { Player } from './player.ts';
import type { EndCause, PartingReason } from './session-event.ts';
import type { Switchboard } from './switchboard.ts';

/** What a peer needs besides the session itself. */
export interface PeeringDuties {
  /** By which endpoint a player is reached, if by any. */
  reach(player: Player): Endpoint | undefined;
  /** We go, because of what the host said. */
  end(now: Instant, cause: EndCause): void;
  /** The host told us to connect to ourselves: our join is complete but for the others (JOI-2). */
  instructed(now: Instant): void;
  /** The host took another player out of the table. */
  left(now: Instant, dpnid: number): void;
}

/** See the head of the file. [MS-DPDX] 3.1.5.2, 3.1.5.3, 3.1.5.5, 3.1.5.6 */
export class Peering {
  readonly #board: Switchboard;
  readonly #membership: Membership;
  readonly #duties: PeeringDuties;
  readonly #pathTests: ExpectedPathTests;

  constructor(board: Switchboard, membership: Membership, duties: PeeringDuties) {
    this.#board = board;
    this.#membership = membership;
    this.#duties = duties;
    this.#pathTests = new ExpectedPathTests(membership.description, membership.self);
  }

  /** Takes a session message of the host. */
  fromHost(now: Instant, partner: Partner, payload: SessionPayload): void {
    switch (payload.name) {
      case 'TRANS_USERDATA_ADD_PLAYER':
      case 'TRANS_USERDATA_INSTRUCT_CONNECT':
      case 'TRANS_USERDATA_DESTROY_PLAYER':
        this.#operation(now, partner, payload);
        return;
      case 'TRANS_USERDATA_RESYNC_VERSION':
        this.#membership.log.release(payload.dwVersion);
        return;
      case 'TRANS_USERDATA_TERMINATE_SESSION':
        this.#board.report({ type: 'removed', data: payload.TerminateData ?? new Uint8Array(0) });
        this.#duties.end(now, 'removed');
        return;
      case 'TRANS_USERDATA_CONNECT_ATTEMPT_FAILED':
        this.#board.report({ type: 'unreachable', player: this.#membership.player(payload.dpnID) });
        this.#duties.end(now, 'unreachable');
        return;
      case 'TRANS_USERDATA_INTEGRITY_CHECK':
        this.#board.tell(now, partner, {
          name: 'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE',
          dpnidRequesting: payload.dpnidRequesting,
        });
        return;
      default:
        this.#board.violation(partner, '3.1.5.2', `${payload.name} from the host`);
    }
  }

  /** A path test arrived: a call that nobody has answered yet goes to where it came from. [MS-DPDX] 3.1.5.2 (PTH-3) */
  pathTest(_now: Instant, source: Endpoint, message: Message): void {
    const packet = decodeSessionMessage(message);
    if (isMalformed(packet) || packet.name !== 'SESS_PATH_TEST') return;
    const dpnid = this.#pathTests.received(source, packet);
    const partner = dpnid === undefined ? undefined : this.#board.partners.of(dpnid);
    if (partner?.stage === 'calling') this.#board.partners.move(partner, source);
  }

  /** A connection to another player stands. */
  connected(dpnid: number): void {
    this.#pathTests.settle(dpnid);
  }

  /** The connection to another player is over, or about to be: the host is asked after it (DIS-4). [MS-DPDX] 3.1.5.6 */
  gone(now: Instant, dpnid: number, reason: PartingReason): void {
    if (this.#membership.player(dpnid) === undefined) return;
    this.#membership.suspect(dpnid, reason);
    const host = this.#board.partners.of(this.#membership.hostId);
    if (host === undefined) return;
    this.#board.tell(now, host, {
      name: 'TRANS_USERDATA_REQ_INTEGRITY_CHECK',
      dwReqContext: 0,
      dpnidTarget: dpnid,
    });
  }

  /** A connection that the host told us to make did not come about. [MS-DPDX] 3.1.5.2 */
  failed(now: Instant, dpnid: number): void {
    this.#pathTests.settle(dpnid);
    const host = this.#board.partners.of(this.#membership.hostId);
    if (host === undefined) return;
    this.#board.tell(now, host, { name: 'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED', dpnID: dpnid });
  }

  /** Applies what the host says of the name table, and does what follows from it. [MS-DPDX] 2.2.37, 3.3.5 */
  #operation(now: Instant, partner: Partner, operation: NameTableOperation): void {
    const { self } = this.#membership;
    const leaving = operation.name === 'TRANS_USERDATA_DESTROY_PLAYER' ? operation.dpnidLeaving : undefined;
    if (leaving === self) {
      this.#board.report({ type: 'removed', data: new Uint8Array(0) });
      this.#duties.end(now, 'removed');
      return;
    }
    const application = this.#membership.apply(operation);
    if (application === 'known') return;
    this.#reportVersion(now, partner);
    if (application === 'refused') {
      this.#board.violation(partner, '2.2.37', `${operation.name} that cannot be`);
      return;
    }
    if (operation.name === 'TRANS_USERDATA_ADD_PLAYER') this.#pathTests.expect(operation.dpnid);
    if (operation.name === 'TRANS_USERDATA_INSTRUCT_CONNECT') this.#connect(now, operation.dpnid);
    if (leaving !== undefined) this.#farewell(now, leaving, operation);
  }

  /** At every fourth version the host is told how far we are (NAM-8). [MS-DPDX] 2.2.37 */
  #reportVersion(now: Instant, host: Partner): void {
    const { version } = this.#membership.table;
    if (version % 4 !== 0) return;
    this.#board.tell(now, host, { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion: version });
  }

  /** The host tells us to connect to a new player. [MS-DPDX] 3.1.5.2, 3.3.5 (JOI-2, JOI-5, JOI-13) */
  #connect(now: Instant, dpnid: number): void {
    const { self } = this.#membership;
    if (dpnid === self) {
      this.#duties.instructed(now);
      return;
    }
    const player = this.#membership.player(dpnid);
    // Only those who were there before connect; otherwise both might, and block each other (CON-9).
    if (player !== undefined && !this.#membership.table.isOlder(self, dpnid)) return;
    if (this.#board.partners.of(dpnid) !== undefined) return;
    const endpoint = player && (this.#pathTests.sourceOf(dpnid) ?? this.#duties.reach(player));
    const before = endpoint === undefined ? undefined : this.#board.partners.at(endpoint);
    // Somebody who is still a player has that line.
    const isTaken = before !== undefined && this.#membership.player(before.dpnid) !== undefined;
    if (endpoint === undefined || (isTaken && before.stage !== 'over')) this.failed(now, dpnid);
    else this.#board.partners.call(now, endpoint, 'calling', dpnid);
  }

  /** A player is out of the table; whoever it was is expected to leave us as well. */
  #farewell(now: Instant, dpnid: number, operation: NameTableOperation): void {
    this.#pathTests.settle(dpnid);
    const partner = this.#board.partners.of(dpnid);
    if (partner?.stage === 'calling') this.#board.part(now, partner);
    else this.#board.expel(now, dpnid);
    const isRemoved = operation.name === 'TRANS_USERDATA_DESTROY_PLAYER' && operation.dwDestroyReason === 4;
    this.#membership.farewell(dpnid, isRemoved ? 'removed' : undefined);
    this.#duties.left(now, dpnid);
  }
}
