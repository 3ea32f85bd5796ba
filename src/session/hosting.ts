/** What the host does: lets clients in, keeps everybody's name table in step, removes players. Knows no lines and no chat. */
import type { Instant } from '../base/instant.ts';
import { DPNDESTROYPLAYERREASON, DPNERR } from '../wire/flags.ts';
import { isMalformed, type Malformed } from '../wire/malformed.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import { type PlayerConnectInfo, type Refusal, refusal } from './admission.ts';
import { IntegrityChecks } from './integrity-checks.ts';
import type { Membership } from './membership.ts';
import type { Partner } from './partner.ts';
import type { PartingReason } from './session-event.ts';
import { sessionInformation } from './session-information.ts';
import { type Candidate, INSTRUCTION_GRACE } from './session-options.ts';
import type { Switchboard } from './switchboard.ts';

/** For what the checks did not see: the table has no room after all (JOI-7). */
const FULL: Refusal = { code: DPNERR.HOSTREJECTEDCONNECTION, reply: undefined, text: undefined };
/** For what cannot be read, whatever else may be said of it. [MS-DPDX] 2.2.13 */
const UNREADABLE: Refusal = { code: DPNERR.GENERIC, reply: undefined, text: undefined };

/** What existing players may still answer to an INSTRUCT_CONNECT. */
interface Instruction {
  readonly until: Instant;
  /** Those that were told to connect to the new player and may say that they cannot. */
  readonly told: Set<number>;
}

/** What a host needs besides the session itself. */
export interface HostingDuties {
  /** The URL under which the others are told of a client (JOI-1). */
  urlOf(partner: Partner, info: PlayerConnectInfo): string | undefined;
  /** The application's own refusal. */
  refuse(candidate: Candidate): Uint8Array | undefined;
  /** Whether nobody is let in now, because the host is leaving or still taking over. */
  isClosing(): boolean;
}

/** See the head of the file. [MS-DPDX] 3.1.5.1, 3.1.5.2, 3.1.5.5, 3.1.5.6 */
export class Hosting {
  readonly #board: Switchboard;
  readonly #membership: Membership;
  readonly #duties: HostingDuties;
  readonly #instructions = new Map<number, Instruction>();
  readonly #checks = new IntegrityChecks();
  /** Until then players may answer instructions of the host before us, which we do not know. */
  readonly #strangeUntil: Instant | undefined;

  /** `since`: when we took over from another host; absent where we are the first. */
  constructor(board: Switchboard, membership: Membership, duties: HostingDuties, since?: Instant) {
    this.#board = board;
    this.#membership = membership;
    this.#duties = duties;
    if (since !== undefined) this.#strangeUntil = since + INSTRUCTION_GRACE * board.timing.joinStep;
  }

  /** Takes a session message from a client or from somebody who wants to become one. */
  message(now: Instant, partner: Partner, payload: SessionPayload): void {
    const { stage } = partner;
    switch (payload.name) {
      case 'TRANS_USERDATA_PLAYER_CONNECT_INFO':
        if (stage === 'unknown') this.#candidate(now, partner, payload);
        else this.#board.violation(partner, '3.1.5.1', 'introduced itself again');
        return;
      case 'TRANS_USERDATA_ACK_SESSION_INFO':
        if (stage === 'offered') this.#welcome(now, partner);
        else
          this.#board.violation(partner, '3.1.5.1', 'acknowledged session information that it was not sent');
        return;
      default:
        if (stage === 'bound') this.#player(now, partner, payload);
        else this.#board.violation(partner, '3.1.5.1', `${payload.name} before it is a player`);
    }
  }

  /** Takes a session message from a player. */
  #player(now: Instant, partner: Partner, payload: SessionPayload): void {
    switch (payload.name) {
      case 'TRANS_USERDATA_NAMETABLE_VERSION':
        this.#reported(now, partner, payload.dwVersion);
        return;
      case 'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED':
        this.#unreachable(now, partner, payload.dpnID);
        return;
      case 'TRANS_USERDATA_REQ_INTEGRITY_CHECK':
        this.#checkWanted(now, partner.dpnid, payload.dpnidTarget);
        return;
      case 'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE':
        this.#alive(now, partner, payload.dpnidRequesting);
        return;
      default:
        this.#board.violation(partner, '2.2.37', `${payload.name} to the host`);
    }
  }

  /** Somebody's PLAYER_CONNECT_INFO could not be read. [MS-DPDX] 2.2.13 */
  malformed(now: Instant, partner: Partner, fault: Malformed): void {
    this.#board.violation(partner, '2.2.26', `${fault.field}: ${fault.reason}`);
    if (partner.stage === 'unknown') this.#candidate(now, partner, fault);
  }

  /** The connection to a player is over, or about to be. [MS-DPDX] 3.1.5.3 */
  gone(now: Instant, dpnid: number, reason: PartingReason): void {
    this.#destroy(now, dpnid, reason);
  }

  /** Removes a player. [MS-DPDX] 3.1.5.5 */
  remove(now: Instant, dpnid: number, data: Uint8Array | undefined): boolean {
    const { self } = this.#membership;
    if (dpnid === self || this.#membership.player(dpnid) === undefined) return false;
    this.#terminate(now, dpnid, data);
    this.#destroy(now, dpnid, 'removed');
    return true;
  }

  /** A step that the partner owes us is overdue (TIM-6, DIS-9). */
  overdue(now: Instant, partner: Partner): void {
    const { stage, dpnid } = partner;
    if (stage === 'unknown') this.#board.violation(partner, 'TIM-6', 'did not introduce itself');
    if (stage === 'offered')
      this.#board.violation(partner, 'TIM-6', 'did not acknowledge the session information');
    this.#board.part(now, partner);
    if (stage === 'offered') this.#destroy(now, dpnid, 'lost');
  }

  /** Players who did not answer an integrity check in time go (INT-2). [MS-DPDX] 3.1.5.6 */
  expire(now: Instant): void {
    for (const dpnid of this.#checks.expire(now)) this.#destroy(now, dpnid, 'lost');
  }

  get deadline(): Instant | undefined {
    return this.#checks.deadline;
  }

  /** Those who are told of every change of the name table. */
  #listeners(): Partner[] {
    return [...this.#board.partners].filter(({ stage }) => stage === 'bound' || stage === 'offered');
  }

  /** Somebody wants to join. [MS-DPDX] 2.2.26, 3.1.5.1 */
  #candidate(now: Instant, partner: Partner, info: PlayerConnectInfo | Malformed): void {
    const { description, table } = this.#membership;
    const { endpoint } = partner;
    const refused = refusal(info, {
      isHost: true,
      isClosing: this.#duties.isClosing(),
      description,
      table,
      refuse: ({ clientName: name, data, connectData }) =>
        this.#duties.refuse({ name, data, connectData, endpoint }),
    });
    if (isMalformed(info)) {
      this.#turnAway(now, partner, undefined, refused ?? UNREADABLE);
      return;
    }
    const { clientName: name, data, dwDNETVersion: dnetVersion } = info;
    const listeners = this.#listeners();
    const url = this.#duties.urlOf(partner, info);
    const added = refused === undefined ? this.#membership.add({ name, data, url, dnetVersion }) : undefined;
    if (added === undefined) {
      this.#turnAway(now, partner, name, refused ?? FULL);
      return;
    }
    partner.dpnid = added.dpnid;
    partner.stage = 'offered';
    partner.deadline = now + this.#board.timing.joinStep;
    this.#board.tellAll(now, listeners, added);
    this.#board.tell(now, partner, sessionInformation(table, description, added.dpnid));
  }

  /** CONNECT_FAILED, then END_OF_STREAM (JOI-10). [MS-DPDX] 2.2.13 */
  #turnAway(now: Instant, partner: Partner, name: string | undefined, refused: Refusal): void {
    const { code, reply, text } = refused;
    const { endpoint } = partner;
    this.#board.tell(now, partner, { name: 'TRANS_USERDATA_CONNECT_FAILED', hResultCode: code, reply });
    this.#board.report({ type: 'turnedAway', endpoint, name, code, text });
    this.#board.part(now, partner);
  }

  /** The new client has the name table: all are told to connect to it. [MS-DPDX] 3.1.5.2 */
  #welcome(now: Instant, partner: Partner): void {
    const { dpnid } = partner;
    partner.stage = 'bound';
    partner.deadline = undefined;
    const listeners = this.#listeners();
    const instruction = this.#membership.instruct(dpnid);
    this.#board.tellAll(now, listeners, instruction);
    const older = listeners.filter((each) => this.#membership.table.isOlder(each.dpnid, dpnid));
    this.#instructions.set(dpnid, {
      until: now + INSTRUCTION_GRACE * this.#board.timing.joinStep,
      told: new Set(older.map((each) => each.dpnid)),
    });
    this.#membership.announce(dpnid);
  }

  /** An existing player cannot connect to the new one: the new one goes (JOI-3). [MS-DPDX] 3.1.5.2 */
  #unreachable(now: Instant, partner: Partner, dpnid: number): void {
    if (this.#membership.player(dpnid) === undefined) return;
    const instruction = this.#instructions.get(dpnid);
    // Whom the host before us let in goes by itself when somebody does not come to it (TIM-6).
    if (instruction === undefined && this.#strangeUntil !== undefined && now <= this.#strangeUntil) return;
    if (instruction === undefined || now > instruction.until || !instruction.told.delete(partner.dpnid)) {
      this.#board.violation(partner, '2.2.21', 'cannot reach a player to whom it was not told to connect');
      return;
    }
    const newcomer = this.#board.partners.of(dpnid);
    if (newcomer !== undefined) {
      this.#board.tell(now, newcomer, {
        name: 'TRANS_USERDATA_CONNECT_ATTEMPT_FAILED',
        dpnID: partner.dpnid,
      });
    }
    this.#destroy(now, dpnid, 'unreachable');
  }

  #terminate(now: Instant, dpnid: number, data: Uint8Array | undefined): void {
    const partner = this.#board.partners.of(dpnid);
    if (partner === undefined) return;
    this.#board.tell(now, partner, { name: 'TRANS_USERDATA_TERMINATE_SESSION', TerminateData: data });
  }

  /** Takes a player out of everybody's name table. [MS-DPDX] 2.2.15 */
  #destroy(now: Instant, dpnid: number, reason: PartingReason): void {
    if (this.#membership.player(dpnid) === undefined) return;
    const { HOSTDESTROYEDPLAYER, NORMAL } = DPNDESTROYPLAYERREASON;
    this.#board.expel(now, dpnid);
    this.#instructions.delete(dpnid);
    this.#checks.left(dpnid);
    const packet = this.#membership.destroy(dpnid, reason === 'removed' ? HOSTDESTROYEDPLAYER : NORMAL);
    this.#board.tellAll(now, this.#listeners(), packet);
    this.#membership.farewell(dpnid, reason);
    this.#resync(now);
  }

  /** A player told how far its name table is. [MS-DPDX] 2.2.37 */
  #reported(now: Instant, partner: Partner, version: number): void {
    const { reports, table } = this.#membership;
    if (reports.reported(partner.dpnid, version, table.version)) this.#resync(now);
    // Less than we know already is old news: a report to the host before may have been under way.
    else if (version === 0 || version > table.version)
      this.#board.violation(partner, '2.2.23', `reports version ${version}, and ours is ${table.version}`);
  }

  /** When all have come further, old records may go. [MS-DPDX] 2.2.30, 2.2.37 */
  #resync(now: Instant): void {
    const { reports, table, log } = this.#membership;
    const dwVersion = reports.advance(table.version);
    if (dwVersion === undefined) return;
    log.release(dwVersion);
    this.#board.tellAll(now, this.#listeners(), { name: 'TRANS_USERDATA_RESYNC_VERSION', dwVersion });
  }

  /** A player lost its connection to another. [MS-DPDX] 3.1.5.6 */
  #checkWanted(now: Instant, requester: number, target: number): void {
    const { partners } = this.#board;
    const { hostId: host, table } = this.#membership;
    const isPlayer = (dpnid: number) =>
      table.entry(dpnid) !== undefined && partners.of(dpnid)?.isBound === true;
    if (!this.#checks.requested(now, requester, target, { host, isPlayer })) return;
    this.#board.tell(now, partners.of(target)!, {
      name: 'TRANS_USERDATA_INTEGRITY_CHECK',
      dpnidRequesting: requester,
    });
  }

  /** The other one is still there: who lost its connection goes. [MS-DPDX] 3.1.5.6 */
  #alive(now: Instant, partner: Partner, requester: number): void {
    if (!this.#checks.confirmed(partner.dpnid, requester)) {
      this.#board.violation(partner, '2.2.29', 'answers an integrity check that nobody asked for');
      return;
    }
    this.#terminate(now, requester, undefined);
    this.#destroy(now, requester, 'removed');
  }
}
