/** The way into a session, from the first query to the last connection. What a player does afterwards is not here. [MS-DPDX] 3.1.5.1, 3.1.5.2 */
import { earlier, type Instant } from '../base/instant.ts';
import { DXDIAG_APPLICATION_GUID } from '../wire/guid.ts';
import type { Message } from '../wire/message.ts';
import { encodeSessionMessage } from '../wire/session-packet.ts';
import type { SessionPayload } from '../wire/session-payload.ts';
import { CONNECT_AS_PEER } from './admission.ts';
import type { Endpoint } from './endpoint.ts';
import { Enumerator } from './enumerator.ts';
import { Membership } from './membership.ts';
import type { Outgoing } from './outgoing.ts';
import { OWN_DNET_VERSION } from './own-version.ts';
import type { Partner } from './partner.ts';
import { PathTests } from './path-tests.ts';
import type { Player } from './player.ts';
import type { EndCause } from './session-event.ts';
import { type Introduction, isFault, readSessionInformation } from './session-information.ts';
import { INSTRUCTION_GRACE, type JoinOptions } from './session-options.ts';
import type { Switchboard } from './switchboard.ts';

/** What the joiner needs besides the session itself. */
export interface JoiningDuties {
  /** The host let us in: there is a membership, and the others may connect. */
  admitted(membership: Membership): void;
  /** By which endpoint a player is reached, if by any. */
  reach(player: Player): Endpoint | undefined;
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
  #introduction: Introduction;
  #membership: Membership | undefined;
  #isInstructed = false;
  #enumerator: Enumerator | undefined;
  #pathTests: PathTests | undefined;
  /** A path test waits for its line: time alone brings nothing more. */
  #isTestDue = false;
  /** When the present step must be done, where no partner's own deadline says so. */
  #stepDeadline: Instant | undefined;

  constructor(board: Switchboard, endpoint: Endpoint, options: JoinOptions, duties: JoiningDuties) {
    this.#board = board;
    this.#endpoint = endpoint;
    this.#options = options;
    this.#duties = duties;
    const { instance = '', application = DXDIAG_APPLICATION_GUID, password } = options;
    this.#introduction = { instance, application, password };
  }

  /** Asks the host for a connection; which session it hosts is asked for first, where it is not known. [MS-DPDX] 3.3.4 */
  start(now: Instant): void {
    if (this.#options.instance !== undefined) {
      this.#connect(now, this.#endpoint);
      return;
    }
    this.#stepDeadline = now + this.#board.timing.joinStep;
    this.#enumerator = new Enumerator({
      random: this.#board.random,
      targets: [this.#endpoint, ...(this.#options.alsoAsk ?? [])],
      application: this.#introduction.application,
      interval: this.#board.timing.enumeration,
    });
    this.#enumerator.start(now);
  }

  /** An answer to a query of ours: the first one that is wanted decides. Queries to it go on until we are in (ENU-10). */
  receive(now: Instant, endpoint: Endpoint, message: Message): void {
    this.#enumerator?.receive(now, endpoint, message);
    this.#takeAnswers(now);
  }

  /** The next query or path test that is due on a line. */
  poll(now: Instant, line: string): Outgoing | undefined {
    const query = this.#enumerator?.poll(now, line);
    if (query !== undefined) return query;
    const test = this.#pathTests?.poll(now, line);
    const due = this.#pathTests?.deadline;
    this.#isTestDue &&= due !== undefined && due <= now;
    return test && { endpoint: test.endpoint, message: encodeSessionMessage(test.packet) };
  }

  /** Introduces us to the host. [MS-DPDX] 2.2.26 */
  opened(now: Instant, partner: Partner): void {
    const { name, data, connectData } = this.#options;
    const { instance, application, password } = this.#introduction;
    partner.deadline = now + this.#board.timing.joinStep;
    this.#board.tell(now, partner, {
      name: 'TRANS_USERDATA_PLAYER_CONNECT_INFO',
      dwFlags: CONNECT_AS_PEER,
      dwDNETVersion: OWN_DNET_VERSION,
      guidInstance: instance,
      guidApplication: application,
      alternateAddressData: this.#options.alternates,
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

  /** Somebody asks us for a connection: an existing player, as the host told it. [MS-DPDX] 3.1.5.2 */
  called({ endpoint }: Partner): void {
    this.#pathTests?.stopAt(endpoint);
  }

  /** The host told us to connect to ourselves: only the others may still be missing (JOI-2). */
  instructed(now: Instant): void {
    this.#isInstructed = true;
    // Whoever cannot reach us gives up first, and the host says who it is. [MS-DPDX] 2.2.12
    this.#stepDeadline = now + INSTRUCTION_GRACE * this.#board.timing.joinStep;
    this.check(now);
  }

  /** One of those who were there before us has connected. */
  connected(now: Instant, dpnid: number): void {
    this.#pathTests?.stop(dpnid);
    this.check(now);
  }

  /** One of those who were there before us is gone: nobody waits for it. */
  left(now: Instant, dpnid: number): void {
    this.#pathTests?.stop(dpnid);
    this.check(now);
  }

  /** The host is gone: as long as nobody has taken over, the limits of the migration hold. [MS-DPDX] 3.1.5.4 */
  hostLost(): void {
    this.#stepDeadline = undefined;
  }

  /** Another host is at work, and has told us what the one before could not. */
  hostFound(now: Instant): void {
    this.#stepDeadline = now + INSTRUCTION_GRACE * this.#board.timing.joinStep;
    this.check(now);
  }

  /** Looks whether all who were there before us have connected. */
  check(now: Instant): void {
    const membership = this.#membership;
    if (membership === undefined || !this.#isInstructed) return;
    const { partners } = this.#board;
    const isMissing = (dpnid: number) =>
      membership.table.isOlder(dpnid, membership.self) && partners.of(dpnid)?.isBound !== true;
    if (membership.table.entries.some(({ dpnid }) => isMissing(dpnid))) return;
    this.#stepDeadline = undefined;
    this.#duties.joined(now);
  }

  expire(now: Instant): void {
    this.#enumerator?.expire(now);
    const due = this.#pathTests?.deadline;
    if (due !== undefined && due <= now) this.#isTestDue = true;
    if (this.#stepDeadline === undefined || now < this.#stepDeadline) return;
    this.#stepDeadline = undefined;
    this.#duties.end(now, this.#introduction.instance === '' ? 'unanswered' : 'stalled');
  }

  get deadline(): Instant | undefined {
    const test = this.#isTestDue ? undefined : this.#pathTests?.deadline;
    const enumeration = earlier(this.#enumerator?.deadline, test);
    return earlier(this.#stepDeadline, enumeration);
  }

  #connect(now: Instant, endpoint: Endpoint): void {
    // Its connect retries decide how long it may take. [MS-DPDX] 3.1.6.1
    this.#board.partners.call(now, endpoint, 'asking').deadline = undefined;
  }

  #takeAnswers(now: Instant): void {
    for (let event = this.#enumerator?.next(); event !== undefined; event = this.#enumerator?.next()) {
      if (event.type === 'violation') this.#board.report({ ...event, from: undefined });
      if (event.type !== 'answered' || this.#introduction.instance !== '') continue;
      const { session } = event;
      const { sessionName } = this.#options;
      if (sessionName !== undefined && session.name !== sessionName) continue;
      this.#board.report({ type: 'found', session });
      this.#introduction = { ...this.#introduction, instance: session.instance };
      this.#stepDeadline = undefined;
      this.#enumerator?.narrowTo(now, session.endpoint);
      this.#connect(now, session.endpoint);
    }
  }

  /** The host let us in. [MS-DPDX] 2.2.33, 2.2.10 */
  #admitted(
    now: Instant,
    partner: Partner,
    info: Extract<SessionPayload, { name: 'TRANS_USERDATA_SEND_SESSION_INFO' }>,
  ): void {
    const read = readSessionInformation(info, this.#introduction);
    if (isFault(read)) {
      this.#board.violation(partner, read.section, read.text);
      this.#duties.end(now, 'violation');
      return;
    }
    const membership = new Membership(read.description, read.table, this.#board);
    this.#membership = membership;
    partner.dpnid = membership.hostId;
    partner.stage = 'bound';
    partner.deadline = undefined;
    // The instruction to ourselves is the host's next step.
    this.#stepDeadline = now + this.#board.timing.joinStep;
    this.#duties.admitted(membership);
    this.#testPaths(now, membership);
    this.#board.tell(now, partner, { name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
  }

  /** Opens the way for those who will connect to us, where there may be NAT in between. [MS-DPDX] 3.1.5.2, 3.1.6.5 */
  #testPaths(now: Instant, membership: Membership): void {
    const { table, self, hostId, description } = membership;
    this.#pathTests = new PathTests(description, self, this.#board.random.fork('path tests').below(0x1_0000));
    for (const player of table.entries) {
      if (player.dpnid === self || player.dpnid === hostId) continue;
      const endpoint = this.#duties.reach(player);
      if (endpoint !== undefined) this.#pathTests.start(now, player.dpnid, endpoint);
    }
  }
}
