/** The way into a session, from the first query to the last connection. What a player does afterwards is not here. [MS-DPDX] 3.1.5.1, 3.1.5.2 */
import type { Instant } from '../base/instant.ts';
import { DXDIAG_APPLICATION_GUID } from '../wire/guid.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import type { Endpoint } from './endpoint.ts';
import { Membership } from './membership.ts';
import type { Partner } from './partner.ts';
import type { EndCause } from './session-event.ts';
import type { JoinOptions } from './session-options.ts';
import type { Switchboard } from './switchboard.ts';

/** dwDNETVersion: DirectX 9.0 (VER-7). [MS-DPDX] 2.2.26 */
export const OWN_DNET_VERSION = 7;

/** What the joiner needs besides the session itself. */
export interface JoiningDuties {
  /** The host let us in: there is a membership, and the others may connect. */
  admitted(now: Instant, membership: Membership): void;
  /** We are in, and connected to all others. */
  joined(now: Instant): void;
  /** It came to nothing. */
  end(now: Instant, cause: EndCause): void;
}

/** See the head of the file. */
export class Joining {
  readonly #board: Switchboard;
  readonly #options: JoinOptions;
  readonly #duties: JoiningDuties;
  readonly #endpoint: Endpoint;
  #membership: Membership | undefined;
  #isInstructed = false;
  /** When the others must have connected. */
  deadline: Instant | undefined;

  constructor(board: Switchboard, endpoint: Endpoint, options: JoinOptions, duties: JoiningDuties) {
    this.#board = board;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#duties = duties;
  }

  /** Asks the host for a connection; which session it hosts is known. */
  connect(now: Instant): void {
    this.#board.partners.call(now, this.#endpoint, 'asking').deadline = undefined;
  }

  /** Introduces us to the host. [MS-DPDX] 2.2.26 */
  opened(now: Instant, partner: Partner, instance: string): void {
    const { name, data, connectData, password, application = DXDIAG_APPLICATION_GUID } = this.#options;
    partner.deadline = now + this.#board.timing.joinStep;
    this.#board.tell(now, partner, {
      name: 'TRANS_USERDATA_PLAYER_CONNECT_INFO',
      dwFlags: 4,
      dwDNETVersion: OWN_DNET_VERSION,
      guidInstance: instance,
      guidApplication: application,
      alternateAddressData: undefined,
      url: undefined,
      connectData,
      Password: password,
      data,
      clientName: name,
    });
  }

  /** Takes a session message of the host before we are admitted. */
  message(now: Instant, partner: Partner, payload: SessionPayload): void {
    if (payload.name === 'TRANS_USERDATA_CONNECT_FAILED') {
      const { hResultCode: code, reply = new Uint8Array(0) } = payload;
      this.#board.report({ type: 'refused', code, reply });
      this.#duties.end(now, 'refused');
    } else if (payload.name === 'TRANS_USERDATA_SEND_SESSION_INFO') this.#admitted(now, partner, payload);
    else this.#board.violation(partner, '3.1.5.1', `${payload.name} before the session information`);
  }

  /** A step that the partner owes us is overdue (TIM-6). */
  overdue(now: Instant, partner: Partner): void {
    this.#board.violation(partner, 'TIM-6', 'the host did not answer our introduction');
    this.#duties.end(now, 'stalled');
  }

  /** The host told us to connect to ourselves: only the others may still be missing (JOI-2). */
  instructed(now: Instant): void {
    this.#isInstructed = true;
    this.deadline = now + this.#board.timing.joinStep;
    this.check(now);
  }

  /** Looks whether all who were there before us have connected. */
  check(now: Instant): void {
    const membership = this.#membership;
    if (membership === undefined || !this.#isInstructed) return;
    const { partners } = this.#board;
    const isMissing = (dpnid: number) =>
      membership.isOlder(dpnid, membership.self) && partners.of(dpnid)?.isBound !== true;
    if (membership.players.some(({ dpnid }) => isMissing(dpnid))) return;
    this.deadline = undefined;
    this.#duties.joined(now);
  }

  expire(now: Instant): void {
    if (this.deadline === undefined || now < this.deadline) return;
    this.deadline = undefined;
    this.#duties.end(now, 'stalled');
  }

  /** The host let us in. [MS-DPDX] 2.2.33, 2.2.10 */
  #admitted(
    now: Instant,
    partner: Partner,
    info: Extract<SessionPayload, { name: 'TRANS_USERDATA_SEND_SESSION_INFO' }>,
  ): void {
    const membership = Membership.admitted(info, this.#options.password, (event) =>
      this.#board.report(event),
    );
    if (typeof membership === 'string') {
      this.#board.violation(partner, '2.2.33', membership);
      this.#duties.end(now, 'violation');
      return;
    }
    this.#membership = membership;
    partner.dpnid = membership.hostId;
    partner.stage = 'bound';
    partner.deadline = undefined;
    // The instruction to ourselves is the host's next step.
    this.deadline = now + this.#board.timing.joinStep;
    this.#duties.admitted(now, membership);
    this.#board.tell(now, partner, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
  }
}
