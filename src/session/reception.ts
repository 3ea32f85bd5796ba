/** What a message means by who sends it and what we are, and which room it goes to. Keeps nothing. */
import type { Instant } from '../base/instant.ts';
import type { ConnectionEvent } from '../transport/connection-event.ts';
import { DPNERR } from '../wire/flags.ts';
import { isMalformed } from '../wire/malformed.ts';
import { decodePayload, type SessionPayload } from '../wire/session-payload.ts';
import { chatText } from './chat.ts';
import type { Hosting } from './hosting.ts';
import type { Joining } from './joining.ts';
import type { Membership } from './membership.ts';
import type { Partner } from './partner.ts';
import type { Peering } from './peering.ts';
import type { SessionState } from './session-event.ts';
import type { Succession } from './succession.ts';
import type { Switchboard } from './switchboard.ts';

/** What we are in the session. */
export interface Roles {
  readonly state: SessionState;
  readonly membership: Membership | undefined;
  readonly hosting: Hosting | undefined;
  readonly joining: Joining | undefined;
  readonly peering: Peering | undefined;
  readonly succession: Succession | undefined;
}

/** See the head of the file. */
export class Reception {
  readonly #board: Switchboard;
  readonly #roles: Roles;
  readonly #bind: (now: Instant, partner: Partner, dpnid: number) => void;

  /** `bind` is told when a partner has said which player it is. */
  constructor(
    board: Switchboard,
    roles: Roles,
    bind: (now: Instant, partner: Partner, dpnid: number) => void,
  ) {
    this.#board = board;
    this.#roles = roles;
    this.#bind = bind;
  }

  /** Takes what a connection reports. */
  take(now: Instant, partner: Partner, event: ConnectionEvent): void {
    if (event.type !== 'message') return;
    if (event.session) this.#session(now, partner, event.payload);
    else if (partner.isBound && this.#roles.state !== 'leaving') this.#application(partner, event);
  }

  /** A message of the application; from who is not known it is nothing (JOI-12). [MS-DPDX] 3.1.5.7 */
  #application(partner: Partner, event: Extract<ConnectionEvent, { type: 'message' }>): void {
    const { payload, reliable, sequential } = event;
    const from = this.#roles.membership?.player(partner.dpnid);
    if (from === undefined) return;
    const chat = chatText(payload, event);
    if (chat === undefined) {
      this.#board.report({ type: 'message', from: from.dpnid, payload, reliable, sequential });
    } else if (typeof chat === 'string') this.#board.report({ type: 'chat', from, text: chat });
    else this.#board.violation(partner, chat.section, chat.text);
  }

  #session(now: Instant, partner: Partner, bytes: Uint8Array): void {
    const payload = decodePayload(bytes);
    if (!isMalformed(payload)) {
      this.#route(now, partner, payload);
      return;
    }
    const { hosting } = this.#roles;
    const isIntroduction = payload.packet === 'TRANS_USERDATA_PLAYER_CONNECT_INFO';
    if (isIntroduction && hosting !== undefined) {
      hosting.malformed(now, partner, payload);
      return;
    }
    this.#board.violation(partner, '2.2.3', `${payload.packet} ${payload.field}: ${payload.reason}`);
    // That we are not the host comes first, whatever else is wrong (JOI-6).
    if (isIntroduction && partner.stage === 'unknown') this.#notHost(now, partner);
  }

  #route(now: Instant, partner: Partner, payload: SessionPayload): void {
    const { state, hosting, joining, membership, peering } = this.#roles;
    if (partner.stage === 'expelled' || partner.stage === 'parting' || partner.stage === 'over') return;
    if (partner.stage === 'asking') joining?.message(now, partner, payload);
    else if (payload.name === 'TRANS_USERDATA_SEND_PLAYER_DNID') {
      this.#identified(now, partner, payload.dpnID);
    } else if (this.#migrates(now, partner, payload)) return;
    else if (hosting !== undefined) hosting.message(now, partner, payload);
    else if (partner.isBound && partner.dpnid === membership?.hostId && state !== 'leaving') {
      peering?.fromHost(now, partner, payload);
    } else this.#fromOther(now, partner, payload);
  }

  /** Whether it was a message of a migration; a new host not yet at work has no ear for others (MIG-12). */
  #migrates(now: Instant, partner: Partner, payload: SessionPayload): boolean {
    const { succession, state } = this.#roles;
    if (succession === undefined || !partner.isBound || state === 'leaving') return false;
    switch (payload.name) {
      case 'TRANS_USERDATA_HOST_MIGRATE':
      case 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE':
      case 'TRANS_USERDATA_REQ_NAMETABLE_OP':
      case 'TRANS_USERDATA_ACK_NAMETABLE_OP':
        succession.message(now, partner.dpnid, payload);
        return true;
      case 'TRANS_USERDATA_NAMETABLE_VERSION':
        if (!succession.isTakingOver) return false;
        succession.message(now, partner.dpnid, payload);
        return true;
      default:
        return succession.isTakingOver;
    }
  }

  /** An existing player says who it is (JOI-11). [MS-DPDX] 2.2.32 */
  #identified(now: Instant, partner: Partner, dpnid: number): void {
    const { membership } = this.#roles;
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
      this.#notHost(now, partner);
    } else if (this.#roles.state !== 'leaving') {
      this.#board.violation(partner, '2.2.37', `${payload.name} from a player that is not the host`);
    }
  }

  /** Somebody wants to join, and we are not the host. [MS-DPDX] 2.2.13 */
  #notHost(now: Instant, partner: Partner): void {
    const name = 'TRANS_USERDATA_CONNECT_FAILED';
    this.#board.tell(now, partner, { name, hResultCode: DPNERR.NOTHOST, reply: undefined });
    this.#board.part(now, partner);
  }
}
