/** What all roles of a session share: its connections, the session messages over them, and the reports. Decides nothing. */
import type { Duration, Instant } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import { Connection } from '../transport/connection.ts';
import type { CloseCause, ConnectionEvent } from '../transport/connection-event.ts';
import { encodePayload, type SessionPayload } from '../wire/session-payload.ts';
import { type Endpoint, endpointText } from './endpoint.ts';
import type { Partner, PartnerStage } from './partner.ts';
import { Partners } from './partners.ts';
import type { SessionEvent } from './session-event.ts';
import { DEFAULT_SESSION_TIMING, type SessionOptions, type SessionTiming } from './session-options.ts';

/** Violations waiting to be read at most; beyond, they are only counted by their connection. */
const VIOLATIONS_WAITING_MAX = 64;

/** What the session does about its partners; see `PartnerWatch`. */
export interface SwitchboardWatch {
  mayConnect(): boolean;
  asked(partner: Partner): void;
  opened(now: Instant, partner: Partner): void;
  happened(now: Instant, partner: Partner, event: ConnectionEvent): void;
  parted(now: Instant, partner: Partner): void;
  closed(now: Instant, partner: Partner, stage: PartnerStage, cause: CloseCause): void;
  overdue(now: Instant, partner: Partner): void;
}

/** See the head of the file. */
export class Switchboard {
  readonly partners: Partners;
  readonly timing: SessionTiming;
  readonly random: Random;
  /** Who is told of what happens to partners; nobody before the first session. */
  watch: SwitchboardWatch | undefined;
  readonly #options: SessionOptions;
  readonly #lineTimes: ReadonlyMap<string, ((bytes: number) => Duration) | undefined>;
  #connections = 0;
  #events: SessionEvent[] = [];
  #violations = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.random = options.random;
    this.timing = { ...DEFAULT_SESSION_TIMING, ...options.timing };
    this.#lineTimes = new Map(options.lines.map((line) => [line.name, line.lineTime]));
    this.partners = new Partners(
      {
        connection: (endpoint) => this.#connection(endpoint),
        mayConnect: () => this.watch?.mayConnect() ?? false,
        asked: (partner) => this.watch?.asked(partner),
        opened: (now, partner) => this.watch?.opened(now, partner),
        happened: (now, partner, event) => this.#happened(now, partner, event),
        parted: (now, partner) => this.watch?.parted(now, partner),
        closed: (now, partner, stage, cause) => this.watch?.closed(now, partner, stage, cause),
        overdue: (now, partner) => this.watch?.overdue(now, partner),
      },
      this.timing,
    );
  }

  /** Reports something to the floor above. */
  report(event: SessionEvent): void {
    if (event.type === 'violation') {
      if (this.#violations === VIOLATIONS_WAITING_MAX) return;
      this.#violations++;
    }
    this.#events.push(event);
  }

  /** A partner broke the rule of `section`. */
  violation(partner: Partner, section: string, text: string): void {
    const { endpoint } = partner;
    this.report({ type: 'violation', endpoint, from: partner.dpnid || undefined, section, text });
  }

  /** The next report. */
  next(): SessionEvent | undefined {
    const event = this.#events.shift();
    if (event?.type === 'violation') this.#violations--;
    return event;
  }

  /**
   * Sends a session message: reliable, in sequence, polled (DFR-18). Who has let so many queue up that it is refused
   * would never agree with the others again: the connection to it is broken off.
   */
  tell(now: Instant, partner: Partner, payload: SessionPayload): void {
    const options = { reliable: true, sequential: true, session: true };
    if (partner.connection.send(now, encodePayload(payload), options)) return;
    if (partner.stage === 'parting' || partner.stage === 'over') return;
    partner.connection.abort(now);
  }

  /** Sends a session message to several. */
  tellAll(now: Instant, partners: Iterable<Partner>, payload: SessionPayload): void {
    for (const partner of partners) this.tell(now, partner, payload);
  }

  /** Ends the connection behind everything queued. [MS-DPDX] 3.1.5.3 */
  part(now: Instant, partner: Partner): void {
    if (partner.stage === 'parting' || partner.stage === 'over') return;
    partner.stage = 'parting';
    partner.deadline = undefined;
    partner.connection.close(now);
  }

  /** A player is out of the name table: its connection is given a while to end by itself (DIS-9). */
  expel(now: Instant, dpnid: number): void {
    const partner = this.partners.of(dpnid);
    if (partner === undefined) return;
    partner.stage = 'expelled';
    partner.deadline = now + this.timing.removal;
  }

  #happened(now: Instant, partner: Partner, event: ConnectionEvent): void {
    const { endpoint, dpnid } = partner;
    if (event.type === 'violation') this.violation(partner, event.section, event.text);
    else if (event.type === 'retried') this.report({ ...event, endpoint });
    else if (event.type === 'acknowledged' || event.type === 'lost') {
      this.report({ type: event.type, to: dpnid, receipt: event.receipt });
    } else this.watch?.happened(now, partner, event);
  }

  #connection(endpoint: Endpoint): Connection {
    const lineTime = this.#lineTimes.get(endpoint.line);
    return new Connection({
      ...this.#options.connection,
      random: this.random.fork(`connection ${this.#connections++} ${endpointText(endpoint)}`),
      ...(lineTime === undefined ? {} : { lineTime }),
    });
  }
}
