/** One run at one end of a session, from the partner's coming to its going: its phases and their time limits. Serves one run only. */
import { invariant } from '../base/failure.ts';
import { type Duration, earlier, type Instant, SECOND } from '../base/instant.ts';
import { charactersPerSecond } from '../base/line-settings.ts';
import { Dialogue } from './dialogue.ts';
import type { EndReport } from './end-report.ts';
import type { Journal } from './journal.ts';
import type { Ending, Outcome } from './outcome.ts';
import { ownReport } from './own-report.ts';
import { beyondTransport, type PartedBecause, type PartnerEvent, type Partnership } from './partnership.ts';
import { mayFollow } from './phases.ts';
import {
  CLOSED_BECAUSE,
  NO_PLAN_MADE,
  NO_PLAN_TAKEN,
  NO_SOAK,
  NOBODY_ANSWERED,
  refusedBecause,
  UNANSWERED,
} from './reason-text.ts';
import type { EndName } from './result.ts';
import type { RunOptions } from './run-options.ts';
import type { RunStreams } from './run-streams.ts';
import type { Phase } from './sample.ts';
import { isReliable, isSequential } from './stream-plan.ts';
import { ABORT_LIMIT, PING_INTERVAL, stopLimit, type TimeLimits, timeLimits } from './time-limits.ts';

/** For how much of the line's time the transport's queue is kept filled, and the bounds of that in bytes. */
const QUEUE_TIME: Duration = (15 * SECOND) / 100;
const QUEUE_MIN = 64;
const QUEUE_MAX = 4096;

/** Messages made by one {@link Run.fill} at most. */
const FILL_MAX = 256;

/** See the head of the file. The owner hands in the partnership's events and calls {@link fill} before it polls. */
export class Run {
  readonly #options: RunOptions;
  readonly #own: 'near' | 'far';
  readonly #partnership: Partnership;
  readonly #journal: Journal;
  readonly #dialogue: Dialogue;
  readonly #startedAt: Instant;
  readonly #queueLow: number;
  readonly #reasons: string[] = [];
  #phase: Phase = 'connecting';
  #limits: TimeLimits;
  /** When the present phase is given up. */
  #limitAt: Instant | undefined;
  /** When an operator is told that nobody has answered yet. */
  #unansweredAt: Instant | undefined;
  /** When an operator's patience ends. */
  #stopBy: Instant | undefined;
  #runningAt: Instant = 0;
  #heardAt: Instant = 0;
  #ending: Ending = 'completed';
  #aborted = false;
  #outcome: Outcome | undefined;

  constructor(now: Instant, options: RunOptions) {
    const { role, line, partnership, journal, watch, plan } = options;
    this.#options = options;
    this.#own = role === 'join' ? 'near' : 'far';
    this.#partnership = partnership;
    this.#journal = journal;
    this.#dialogue = new Dialogue({ own: this.#own, line, partnership, journal, watch, proposal: plan });
    this.#startedAt = now;
    this.#limits = timeLimits(line, plan, options.patience);
    if (role === 'join') {
      this.#limitAt = now + this.#limits.connecting;
      this.#unansweredAt = now + this.#limits.unanswered;
    }
    const bytes = (charactersPerSecond(line) * QUEUE_TIME) / SECOND;
    this.#queueLow = Math.min(QUEUE_MAX, Math.max(QUEUE_MIN, Math.floor(bytes)));
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** The streams, once a plan is agreed. */
  get streams(): RunStreams | undefined {
    return this.#dialogue.streams;
  }

  /** Whether silence on the line would be a defect: a stream that saturates it is on its way to this end. */
  get isExpecting(): boolean {
    return this.#phase === 'running' && this.#dialogue.isExpecting;
  }

  /** What the run left behind; `undefined` until it has ended. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  /** This end's name: the plan's, once there is one. */
  get name(): EndName {
    return this.#dialogue.plan?.names[this.#own] ?? this.#options.name;
  }

  /** When {@link expire} is next wanted. */
  deadline(now: Instant): Instant | undefined {
    if (this.#phase === 'ended') return undefined;
    let first = earlier(earlier(this.#limitAt, this.#stopBy), this.#unansweredAt);
    first = earlier(first, this.#dialogue.deadline);
    first = earlier(first, this.#silentAt);
    if (this.#phase !== 'running') return first;
    return earlier(earlier(first, this.#endOfTraffic), this.streams?.deadline(now));
  }

  /** Does what is due at `now`. */
  expire(now: Instant): void {
    if (this.#phase === 'ended') return;
    if (this.#stopBy !== undefined && now >= this.#stopBy) this.#cutOff(now);
    else if (this.#limitAt !== undefined && now >= this.#limitAt) this.#overtime(now);
    else if (this.#silentAt !== undefined && now >= this.#silentAt) this.#silent(now);
    else if (this.#unansweredAt !== undefined && now >= this.#unansweredAt) this.#unanswered(now);
    this.#dialogue.ask(now);
    this.#progress(now);
  }

  /** Says once that asking goes on: the transport asks for most of a minute, and an operator should not wait for that to look at a plug. */
  #unanswered(now: Instant): void {
    this.#unansweredAt = undefined;
    if (this.#phase !== 'connecting') return;
    this.#journal.write(now, 'unanswered', { text: `${UNANSWERED}: ${this.#options.watch.heardInstead}` });
  }

  /** Somebody was heard on the line: whoever waits knows that the cable is crossed. */
  heard(): void {
    this.#unansweredAt = undefined;
  }

  /** Keeps a little queued in the transport, and no more. */
  fill(now: Instant): void {
    if (this.#phase !== 'running' || !this.#partnership.isConnected) return;
    for (let made = 0; made < FILL_MAX && this.#partnership.queuedBytes < this.#queueLow; made++) {
      const outgoing = this.streams?.next(now);
      if (outgoing === undefined) return;
      const { category } = outgoing.plan;
      const delivery = { reliable: isReliable(category), sequential: isSequential(category) };
      this.#partnership.send(now, outgoing.message, delivery);
    }
  }

  /** Takes an event of the partnership. */
  take(now: Instant, event: PartnerEvent): void {
    switch (event.type) {
      case 'connected':
        this.#connected(now, event);
        break;
      case 'message':
        this.#heardAt = now;
        this.#dialogue.take(now, event.payload, event, this.#phase);
        this.#progress(now);
        break;
      case 'closed':
        this.#journal.write(now, 'closed', { cause: event.cause, undelivered: event.undelivered });
        this.#closed(now, event.cause);
        break;
      case 'violation':
        this.#dialogue.violation(now, event.text, event.section);
        break;
      case 'retried':
        this.#journal.sum(now, 'retried');
        break;
      case 'refused':
        this.#ending = 'failed';
        this.#reasons.push(`the far end does not let us in: ${refusedBecause(event.code)}`);
        break;
      case 'chat':
        this.#journal.often(now, 'chat', { from: event.from, text: event.text });
        break;
    }
  }

  /** The partner is there: the near end proposes its plan to one that takes part in plans. */
  #connected(
    now: Instant,
    { version, sessionId, isSoaking, name }: Extract<PartnerEvent, { type: 'connected' }>,
  ): void {
    this.#journal.write(now, 'connected', { version, sessionId, partner: name });
    this.#heardAt = now;
    if (this.#phase !== 'connecting') return;
    this.#enter(now, 'planning', this.#limits.planning);
    if (isSoaking) this.#dialogue.propose(now);
    else if (this.#own === 'near') this.#fail(now, `${name} ${NO_SOAK}`);
  }

  /** The operator wants an end: at once where nothing has begun, else within {@link stopLimit}; asked again, {@link ABORT_LIMIT}. */
  stop(now: Instant): void {
    if (this.#phase === 'ended') return;
    this.#stopped(now, `stopped at ${this.name} by its operator`);
    // The second time the partner is still told: not told, it would wait for us for half a minute.
    const isAgain = this.#stopBy !== undefined || this.#aborted;
    if (isAgain || this.#phase === 'connecting') {
      this.#cutOff(now);
      return;
    }
    this.#stopBy = now + stopLimit(this.#options.line, this.#partnership.queuedBytes);
    if (this.#phase === 'planning') this.#close(now);
    if (this.#phase !== 'running') return;
    this.#dialogue.sendStop(now);
    this.#drain(now);
  }

  /** The line is gone, for `reason`. */
  lost(now: Instant, reason: string): void {
    if (this.#phase === 'ended') return;
    if (this.#phase !== 'closing') {
      this.#ending = 'failed';
      this.#reasons.push(`the line was lost at ${this.name} while ${this.#phase}: ${reason}`);
    }
    this.#end(now);
  }

  /** What this end knows of itself. */
  report(now: Instant): EndReport {
    return ownReport(now, this.name, this.#options, this.#dialogue);
  }

  /** When a partner that is not heard until then is given up; only where it pings. */
  get #silentAt(): Instant | undefined {
    const pings = this.#phase === 'running' || this.#phase === 'draining';
    return pings ? this.#heardAt + this.#limits.silence + beyondTransport(this.#options.patience) : undefined;
  }

  /** When this end's traffic is over because its duration is. */
  get #endOfTraffic(): Instant | undefined {
    const duration = this.streams?.plan.duration;
    return duration === undefined ? undefined : (this.streams?.firstProbeAt ?? this.#runningAt) + duration;
  }

  /** The one place where a phase changes. */
  #enter(now: Instant, phase: Phase, limit: Duration | undefined): void {
    invariant(mayFollow(this.#phase, phase), `a run went from ${this.#phase} to ${phase}`);
    this.#phase = phase;
    this.#limitAt = limit === undefined ? undefined : now + limit;
    this.#journal.write(now, 'phase', { phase });
  }

  /** Goes on to whatever the dialogue has made the run ripe for. */
  #progress(now: Instant): void {
    const { refusal, stopAsked } = this.#dialogue;
    if (stopAsked) this.#stopped(now, 'stopped at the other end by its operator');
    if (this.#phase === 'planning') {
      if (refusal !== undefined) this.#refused(now, refusal);
      else if (this.#dialogue.ready) this.#begin(now);
    }
    if (this.#phase === 'running' && this.#isOver(now)) this.#drain(now);
    if (this.#phase === 'draining' && this.#dialogue.partnerSent !== undefined) {
      this.#dialogue.clock.end();
      this.#enter(now, 'reporting', this.#limits.reporting);
    }
    // The far end's results wait for the near end's last census, without which they would not say what became of its frames.
    const due = this.#own === 'near' || this.#dialogue.lastCensusCame;
    if (this.#phase === 'reporting' && due && !this.#dialogue.resultsSent) {
      this.#dialogue.sendResults(now, this.report(now));
    }
    if (this.#phase === 'reporting' && this.#dialogue.partner !== undefined && this.#own === 'near') {
      this.#close(now);
    }
  }

  #begin(now: Instant): void {
    this.#limits = timeLimits(this.#options.line, this.#dialogue.plan, this.#options.patience);
    this.#runningAt = now;
    this.#enter(now, 'running', undefined);
    this.streams?.begin(now);
  }

  /**
   * Whether there is nothing more to do but drain. Without a volume, a partner sends its mark when its duration is
   * over, so it is over here as well, whatever the two clocks say.
   */
  #isOver(now: Instant): boolean {
    const { streams, partnerSent, stopAsked, plan } = this.#dialogue;
    const byVolume = plan?.volume !== undefined;
    if (byVolume && streams?.done) this.#dialogue.sendMarks(now);
    const end = this.#endOfTraffic;
    if (stopAsked || (end !== undefined && now >= end)) return true;
    return partnerSent !== undefined && (!byVolume || this.#dialogue.marksSent);
  }

  /** Ends this end's traffic: the mark goes behind what is queued. */
  #drain(now: Instant): void {
    this.streams?.stop();
    this.#dialogue.sendMarks(now);
    this.#enter(now, 'draining', this.#limits.draining);
  }

  #refused(now: Instant, reason: string): void {
    if (this.#ending === 'failed') return;
    this.#ending = 'failed';
    this.#reasons.push(
      this.#own === 'near' ? `the far end refused the plan: ${reason}` : `the plan was refused: ${reason}`,
    );
    // The far end leaves the closing to the one who asked, so that the refusal is read.
    if (this.#own === 'near') this.#close(now);
  }

  /** A phase has lasted too long. */
  #overtime(now: Instant): void {
    const near = this.#own === 'near';
    switch (this.#phase) {
      case 'connecting':
        this.#fail(now, `${NOBODY_ANSWERED}: ${this.#options.watch.heardInstead}`);
        break;
      case 'planning':
        this.#fail(now, near ? NO_PLAN_TAKEN : NO_PLAN_MADE);
        break;
      case 'draining':
        this.#fail(now, `queued messages did not get through in time after the traffic${this.#unheard(now)}`);
        break;
      case 'reporting':
        if (!near && this.#dialogue.partner !== undefined) this.#cutOff(now);
        else this.#fail(now, "the partner's results did not come in time");
        break;
      default:
        this.#cutOff(now);
    }
  }

  #silent(now: Instant): void {
    this.#fail(now, `the partner fell silent${this.#unheard(now)} while ${this.#phase}`);
  }

  /** How long nothing was heard of a partner that should have pinged meanwhile; empty where it was. */
  #unheard(now: Instant): string {
    const silence = now - this.#heardAt;
    return silence < 2 * PING_INTERVAL ? '' : `: not heard for ${Math.round(silence / SECOND)} s`;
  }

  #stopped(now: Instant, reason: string): void {
    if (this.#ending !== 'completed' || this.#phase === 'closing') return;
    this.#ending = 'stopped';
    this.#reasons.push(reason);
    this.#journal.write(now, 'stopped', { reason });
  }

  /** Gives up, for `reason`. */
  #fail(now: Instant, reason: string): void {
    if (this.#ending !== 'stopped') this.#ending = 'failed';
    this.#reasons.push(reason);
    this.#cutOff(now);
  }

  /** Closes in good order: what is queued goes first. */
  #close(now: Instant): void {
    this.#dialogue.clock.end();
    this.#enter(now, 'closing', this.#limits.closing);
    this.#partnership.close(now);
  }

  /** Closes without waiting for what is queued; the second time, without waiting at all. */
  #cutOff(now: Instant): void {
    this.#stopBy = undefined;
    if (this.#aborted || this.#phase === 'connecting') {
      this.#end(now);
      return;
    }
    this.#aborted = true;
    this.#dialogue.clock.end();
    if (this.#phase === 'closing') this.#limitAt = now + ABORT_LIMIT;
    else this.#enter(now, 'closing', ABORT_LIMIT);
    this.#partnership.abort(now);
  }

  #closed(now: Instant, cause: PartedBecause): void {
    // A host may still hear of the end of a partner before: that was another run's.
    if (this.#phase === 'ended' || (this.#phase === 'connecting' && this.#own === 'far')) return;
    const served = this.#phase === 'reporting' && this.#dialogue.partner !== undefined;
    if (this.#phase !== 'closing' && !served && this.#ending !== 'failed') {
      if (this.#ending === 'completed') this.#ending = 'failed';
      const instead = cause === 'unanswered' ? `: ${this.#options.watch.heardInstead}` : '';
      this.#reasons.push(`${CLOSED_BECAUSE[cause]} while ${this.#phase}${instead}`);
    }
    this.#end(now);
  }

  #end(now: Instant): void {
    this.#enter(now, 'ended', undefined);
    this.#stopBy = undefined;
    this.#dialogue.clock.end();
    this.#outcome = {
      ending: this.#ending,
      reasons: [...this.#reasons],
      plan: this.#dialogue.plan,
      own: this.report(now),
      partner: this.#dialogue.partner,
      partnerSent: this.#dialogue.partnerSent,
      startedAt: this.#startedAt,
      endedAt: now,
    };
    this.#journal.write(now, 'finished', { ending: this.#ending, reasons: [...this.#reasons] });
  }
}
