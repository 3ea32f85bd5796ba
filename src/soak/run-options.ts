/** What a run is given by the end that it belongs to. Types only. */
import type { Duration } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { Journal } from './journal.ts';
import type { LineWatch } from './line-watch.ts';
import type { Outages } from './outages.ts';
import type { Partnership } from './partnership.ts';
import type { Plan } from './plan.ts';
import type { EndName, HostFigures, LineCounters } from './result.ts';

/** What a run is given. */
export interface RunOptions {
  readonly role: 'join' | 'host';
  /** This end's name until the plan gives it one. */
  readonly name: EndName;
  readonly line: LineSettings;
  readonly partnership: Partnership;
  readonly journal: Journal;
  /** Counters of the line; a delta of this run. */
  readonly lineCounters: () => LineCounters;
  /** What this end sees of the line besides. */
  readonly watch: LineWatch;
  /** Times for which the port was away in this run. */
  readonly outages: Outages;
  /** How long the line may be dead without ending the run. */
  readonly patience: Duration;
  /** How late this host's timers fired in this run; `null` where nobody measures it. */
  readonly host: () => HostFigures | null;
  /** What the near end proposes; `undefined` at the far end. */
  readonly plan: Plan | undefined;
}
