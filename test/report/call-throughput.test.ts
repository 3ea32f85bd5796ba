/** What a series says of the throughput that was measured behind the traffic of its calls. */
import { expect, test } from 'vitest';
import type { CallThroughput } from '../../src/modem/call-cycle.ts';
import { CallTally } from '../../src/modem/call-statistics.ts';
import { throughputSpreads } from '../../src/report/call-figures.ts';
import type { CallsResult } from '../../src/soak/result.ts';

/** A series of calls, each with these measures and no other traffic. */
function series(...calls: readonly (readonly CallThroughput[])[]): CallsResult {
  const attempts = calls.map((throughput, place) => ({
    ...({ call: place + 1, attempt: 1, outcome: 'passed', text: '', retry: 'now', dialled: 1 } as const),
    ...{ retried: false, streams: [], diagnostics: [], throughput },
  }));
  const statistics = new CallTally().statistics;
  return { wanted: calls.length, passed: calls.length, needed: 1, statistics, attempts };
}

const one = (bytesPerSecond: number | undefined, bothWays = false): CallThroughput => ({
  ...{ payload: 'zeros', from: 'near', to: 'far', bothWays },
  ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
});

test('has a row for each kind of payload, one way and both, over all calls', () => {
  const rows = throughputSpreads(series([one(4000), one(3000, true)], [one(6000)]), {});
  expect(rows.map(({ label, count, min, max }) => [label, count, min, max])).toEqual([
    ['zeros, near to far', 2, 4000, 6000],
    ['zeros both, near to far', 1, 3000, 3000],
  ]);
});

test('leaves out what was measured and never came', () => {
  expect(throughputSpreads(series([one(undefined)]), {})).toEqual([]);
});
