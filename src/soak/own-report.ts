/** What one end reports of itself, put together from its run, its partnership and its streams. Sends nothing. */
import type { Instant } from '../base/instant.ts';
import { connectionFigures } from './connection-figures.ts';
import type { Dialogue } from './dialogue.ts';
import type { EndReport } from './end-report.ts';
import type { EndName } from './result.ts';
import type { RunOptions } from './run-options.ts';

/** The report of the end called `name` at `now`. */
export function ownReport(
  now: Instant,
  name: EndName,
  { role, line, lineCounters, partnership, watch, outages, host }: RunOptions,
  { clock, violations, streams }: Dialogue,
): EndReport {
  return {
    name,
    role,
    line: { ...line },
    counters: lineCounters(),
    connection: connectionFigures(partnership, watch.resent),
    session: partnership.figures,
    violations,
    sent: streams?.sent ?? [],
    received: streams?.received ?? [],
    trafficTime: streams?.trafficTime ?? 0,
    latencyUncertainty: clock.offset.uncertainty(now) ?? null,
    clockDrift: clock.offset.drift ?? null,
    seconds: watch.seconds,
    host: host(),
    outages: { count: outages.count, list: [...outages.list] },
    passage: watch.ledger.passage ?? null,
  };
}
