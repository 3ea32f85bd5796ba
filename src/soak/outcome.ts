/** What a run leaves behind at one end: the ingredients of a result. Judges nothing. */
import type { Instant } from '../base/instant.ts';
import type { EndReport, SentMark } from './end-report.ts';
import type { InjectedFault } from './fault-schedule.ts';
import type { Plan } from './plan.ts';

/** How a run ended: as planned; by an operator; or because line, partner or plan failed. */
export type Ending = 'completed' | 'stopped' | 'failed';

/** Everything that one end knows when its run is over. */
export interface Outcome {
  readonly ending: Ending;
  /** Why it did not complete, in words; empty when it did. */
  readonly reasons: readonly string[];
  /** What was agreed, or at the near end proposed; `undefined` when it never came to that. */
  readonly plan: Plan | undefined;
  readonly own: EndReport;
  /** The partner's report; `undefined` when it never came. */
  readonly partner: EndReport | undefined;
  /** How much the partner says it sent; `undefined` when its mark never came. */
  readonly partnerSent: readonly SentMark[] | undefined;
  /** What was done to the line on purpose; absent where that was nothing. */
  readonly faults?: readonly InjectedFault[];
  /** When the run began and ended, by this end's clock. */
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}
