/** What the two ends of a run say to each other: plan, clocks, marks, results, and the probe messages in between. Decides no phase. */
import { type Duration, earlier, type Instant, MILLISECOND } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import { ClockExchange } from './clock-exchange.ts';
import {
  type Control,
  decodeSoakMessage,
  encodeCensus,
  encodeControl,
  encodePong,
  type SoakMessage,
} from './control-message.ts';
import type { DeliveredAs } from './deliveries.ts';
import type { EndReport, SentMark } from './end-report.ts';
import type { Journal } from './journal.ts';
import type { LineWatch } from './line-watch.ts';
import type { Partnership } from './partnership.ts';
import { checkPlan, namesStreams, type Plan } from './plan.ts';
import type { ProbeHeader } from './probe.ts';
import { RunStreams } from './run-streams.ts';
import type { Phase } from './sample.ts';
import { timeLimits } from './time-limits.ts';

/** How everything but probe messages travels. */
const CONTROL = { reliable: true, sequential: true } as const;

/** Violations journalled as more than a number say at most this much. */
const REASON_MAX = 1000;

/** What a dialogue is given. */
export interface DialogueOptions {
  readonly own: 'near' | 'far';
  readonly line: LineSettings;
  readonly partnership: Partnership;
  readonly journal: Journal;
  readonly watch: LineWatch;
  /** What the near end proposes; `undefined` at the far end. */
  readonly proposal: Plan | undefined;
}

/** One end's half of the conversation. What is received only sets members; the run reads them and goes on. */
export class Dialogue {
  readonly clock = new ClockExchange();
  readonly #options: DialogueOptions;
  #streams: RunStreams | undefined;
  #refusal: string | undefined;
  #readySent = false;
  #partnerReady = false;
  #stopAsked = false;
  #marksSent = false;
  #resultsSent = false;
  #partnerSent: readonly SentMark[] | undefined;
  #partner: EndReport | undefined;
  #lastCensusCame = false;
  #violations = 0;

  constructor(options: DialogueOptions) {
    this.#options = options;
  }

  /** The streams, once a plan is agreed. */
  get streams(): RunStreams | undefined {
    return this.#streams;
  }

  /** The plan: what was agreed, or what the near end proposes. */
  get plan(): Plan | undefined {
    return this.#streams?.plan ?? this.#options.proposal;
  }

  /** Why the plan was refused, by either end. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  /** Whether both ends have heard the other's clock. */
  get ready(): boolean {
    return this.#readySent && this.#partnerReady;
  }

  /** Whether the partner's operator stopped the run. */
  get stopAsked(): boolean {
    return this.#stopAsked;
  }

  /** Whether this end's mark has gone out. */
  get marksSent(): boolean {
    return this.#marksSent;
  }

  /** Whether this end's results have gone out. */
  get resultsSent(): boolean {
    return this.#resultsSent;
  }

  /** Whether a saturating stream of the partner has begun and not ended. */
  get isExpecting(): boolean {
    return this.#partnerSent === undefined && this.#streams?.isSaturated === true;
  }

  /** When {@link ask} is next wanted. */
  get deadline(): Instant | undefined {
    const pingAt = this.clock.deadline;
    return pingAt === undefined ? undefined : earlier(pingAt, this.#options.watch.censusAt);
  }

  /** How much the partner sent, once its mark came. */
  get partnerSent(): readonly SentMark[] | undefined {
    return this.#partnerSent;
  }

  /** The partner's report, once it came. */
  get partner(): EndReport | undefined {
    return this.#partner;
  }

  /** Whether the partner has said all that it will of what it received. */
  get lastCensusCame(): boolean {
    return this.#lastCensusCame || this.#partner !== undefined;
  }

  /** How many things came that are not allowed. */
  get violations(): number {
    return this.#violations;
  }

  /** Proposes the plan. */
  propose(now: Instant): void {
    const plan = this.#options.proposal;
    if (plan === undefined) return;
    this.#options.journal.write(now, 'planProposed', { profile: plan.profile, seed: plan.seed });
    this.#send(now, { type: 'plan', plan });
  }

  /** Tells the partner that this end's operator stops. */
  sendStop(now: Instant): void {
    this.#send(now, { type: 'stop' });
  }

  /** Says how much this end has sent; goes behind the last probe message. Once only. */
  sendMarks(now: Instant): void {
    if (this.#marksSent) return;
    this.#marksSent = true;
    const sent = this.#streams?.sent ?? [];
    this.#send(now, { type: 'marks', sent });
    this.#options.journal.write(now, 'streamsEnded', { sent });
  }

  /** Hands over what this end saw, behind its last census. Once only. */
  sendResults(now: Instant, report: EndReport): void {
    this.#resultsSent = true;
    this.#sendCensus(now, true);
    this.#send(now, { type: 'results', report });
  }

  /** Sends the ping and the census that are due, if they are. */
  ask(now: Instant): void {
    // Taken even when nothing can be sent any more: one that stayed due would be asked for without end.
    const ping = this.clock.ping(now);
    if (ping) this.#options.partnership.send(now, ping, CONTROL);
    const { censusAt } = this.#options.watch;
    if ((ping && this.#readySent) || (censusAt !== undefined && now >= censusAt))
      this.#sendCensus(now, false);
  }

  /** Tells the partner what has been received of the line. */
  #sendCensus(now: Instant, isLast: boolean): void {
    const census = this.#options.watch.census(now);
    if (census) this.#options.partnership.send(now, encodeCensus(census, isLast), CONTROL);
  }

  /** Counts something that is not allowed. */
  violation(now: Instant, text: string, section?: string): void {
    this.#violations++;
    const details = { text: text.slice(0, REASON_MAX), ...(section === undefined ? {} : { section }) };
    this.#options.journal.often(now, 'violation', details);
  }

  /** Takes a message that was delivered while the run is in `phase`. */
  take(now: Instant, payload: Uint8Array, as: DeliveredAs, phase: Phase): void {
    const message = decodeSoakMessage(payload);
    switch (message.type) {
      case 'probe':
        this.#probe(now, payload, message.header, as);
        break;
      case 'ping':
        this.#options.partnership.send(now, encodePong(message.sentAt, now), CONTROL);
        break;
      case 'pong':
        this.#pong(now, message.sentAt, message.receivedAt);
        break;
      case 'census':
        this.#options.watch.ledger.take(message.census);
        this.#lastCensusCame ||= message.isLast;
        break;
      case 'foreign':
        this.violation(now, message.reason);
        break;
      default:
        if (!this.#expects(message.type, phase)) this.violation(now, `${message.type} came while ${phase}`);
        else if (!this.#isComplete(message)) this.violation(now, `${message.type} that do not fit the plan`);
        else this.#control(now, message);
    }
  }

  #send(now: Instant, message: Control): void {
    this.#options.partnership.send(now, encodeControl(message), CONTROL);
  }

  #probe(now: Instant, message: Uint8Array, header: ProbeHeader | undefined, as: DeliveredAs): void {
    const finding = this.#streams?.take(now, message, header, as);
    if (this.#streams === undefined) this.violation(now, 'a probe message came before a plan was agreed');
    if (finding === undefined) return;
    const { kind, stream, number, text, wrongByte } = finding;
    if (kind === 'first') {
      const { from, to, category } = this.#streams?.counters.find((each) => each.stream === stream) ?? {};
      this.#options.journal.write(now, 'streamBegan', { stream, from, to, category });
    } else if (kind === 'violation') this.violation(now, text);
    else {
      const where = wrongByte === undefined ? {} : { wrongByte };
      this.#options.journal.often(now, kind, { stream, number, text, ...where });
    }
  }

  #pong(now: Instant, sentAt: Instant, receivedThere: Instant): void {
    this.clock.pong(now, sentAt, receivedThere);
    if (this.clock.opened && !this.#readySent) {
      this.#readySent = true;
      const uncertaintyMs = (this.clock.offset.uncertainty(now) ?? 0) / MILLISECOND;
      this.#options.journal.write(now, 'clocksCompared', { uncertaintyMs });
      this.#send(now, { type: 'ready' });
      this.#sendCensus(now, false);
    }
    this.ask(now);
  }

  /** Whether a control message makes sense at this end in this phase, for the first time. */
  #expects(type: Control['type'], phase: Phase): boolean {
    const planned = this.#streams !== undefined;
    const open = phase === 'planning' && !planned && this.#refusal === undefined;
    switch (type) {
      case 'plan':
        return open && this.#options.own === 'far';
      case 'accept':
      case 'refuse':
        return open && this.#options.own === 'near';
      case 'ready':
        return planned && !this.#partnerReady;
      case 'stop':
        return planned && !this.#stopAsked;
      case 'marks':
        return planned && this.#partnerSent === undefined;
      case 'results':
        return planned && this.#partner === undefined && this.#marksSent && this.#partnerSent !== undefined;
    }
  }

  /** Whether marks and results speak of the plan's streams, all of them: what they leave out could not be judged. */
  #isComplete(message: SoakMessage): boolean {
    const plan = this.#streams?.plan;
    const { own } = this.#options;
    const partner = own === 'near' ? 'far' : 'near';
    if (plan === undefined) return true;
    if (message.type === 'marks') return namesStreams(plan, partner, message.sent);
    if (message.type !== 'results') return true;
    const { sent, received } = message.report;
    return namesStreams(plan, partner, sent) && namesStreams(plan, own, received);
  }

  #control(
    now: Instant,
    message: Exclude<SoakMessage, { type: 'probe' | 'ping' | 'pong' | 'census' | 'foreign' }>,
  ): void {
    switch (message.type) {
      case 'plan':
        this.#proposed(now, message.plan);
        break;
      case 'accept':
        if (this.#options.proposal) this.#agreed(now, this.#options.proposal);
        break;
      case 'refuse':
        this.#options.journal.write(now, 'refused', { reason: message.reason });
        this.#refusal = message.reason;
        break;
      case 'ready':
        this.#partnerReady = true;
        break;
      case 'stop':
        this.#stopAsked = true;
        break;
      case 'marks':
        this.#partnerSent = message.sent;
        break;
      case 'results':
        this.#partner = message.report;
        this.#options.journal.write(now, 'resultsReceived', { from: message.report.name });
        break;
    }
  }

  /** The far end has a proposal before it. */
  #proposed(now: Instant, proposal: unknown): void {
    const plan = checkPlan(proposal);
    if ('refused' in plan) {
      const reason = plan.refused.slice(0, REASON_MAX);
      this.#options.journal.write(now, 'refused', { reason });
      this.#refusal = reason;
      this.#send(now, { type: 'refuse', reason });
      return;
    }
    this.#send(now, { type: 'accept' });
    this.#agreed(now, plan);
  }

  #agreed(now: Instant, plan: Plan): void {
    this.#streams = new RunStreams(plan, this.#options.own, this.clock.offset);
    const patience: Duration = timeLimits(this.#options.line, plan, 0).silence / 2;
    this.clock.begin(now, patience);
    const { profile, seed, duration, volume, streams } = plan;
    this.#options.journal.write(now, 'planAgreed', {
      profile,
      seed,
      duration,
      volume,
      streams: streams.length,
    });
    this.ask(now);
  }
}
