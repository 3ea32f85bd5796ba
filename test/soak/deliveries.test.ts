import { describe, expect, test } from 'vitest';
import { ClockOffset } from '../../src/soak/clock-offset.ts';
import { Deliveries, type Finding } from '../../src/soak/deliveries.ts';
import { StreamMessages } from '../../src/soak/payload.ts';
import { readProbeHeader } from '../../src/soak/probe.ts';
import { planFrom } from './two-ends.ts';

const PLAN = planFrom(`name: a
duration: 5s
streams:
  - { from: near, category: reliable-sequential, size: 100 }
  - { from: near, category: unreliable, size: 100 }
  - { from: far, category: reliable, size: 100 }
`);

/** Deliveries at the far end, whose clock agrees with the near one's to the microsecond. */
class Bench {
  readonly clock = new ClockOffset();
  readonly deliveries = new Deliveries(PLAN, 'near', this.clock);

  constructor() {
    this.clock.take(0, 0, 0, 0);
  }

  take(stream: number, number: number, now = 1000, reliable = stream === 0): Finding | undefined {
    const message = new StreamMessages(PLAN.seed, stream, PLAN.streams[stream]!).make(number, now - 700);
    return this.deliveries.take(now, message, readProbeHeader(message), { reliable, sequential: reliable });
  }

  get first() {
    return this.deliveries.received[0]!;
  }
}

describe('deliveries', () => {
  test('tell repeated messages from misordered ones', () => {
    const bench = new Bench();
    const kinds = [0, 1, 3, 3, 2, 2, 4].map((number) => bench.take(0, number)?.kind);
    expect(kinds).toEqual(['first', undefined, undefined, 'duplicate', 'misordered', 'duplicate', undefined]);
    expect(bench.first).toMatchObject({
      delivered: 5,
      duplicated: 2,
      misordered: 1,
      highest: 4,
      bytesDelivered: 500,
    });
  });

  test('count messages that overtake each other where no order was promised, without remark', () => {
    const bench = new Bench();
    expect([0, 2, 1].map((number) => bench.take(1, number)?.kind)).toEqual(['first', undefined, undefined]);
    expect(bench.deliveries.received[1]).toMatchObject({ delivered: 3, misordered: 1, duplicated: 0 });
  });

  test('measure the delay of each message, and the time from the first sent to the last delivered', () => {
    const bench = new Bench();
    bench.take(0, 0, 10_000);
    bench.take(0, 1, 50_000);
    bench.take(1, 0, 60_000);
    expect(bench.first.trafficTime).toBe(40_700);
    expect(bench.first.latency).toMatchObject({ count: 2, min: 700, max: 700 });
    expect(bench.deliveries.trafficTime).toBe(50_700);
  });

  test('tell the delays since they were last asked for, and all of them in the end', () => {
    const bench = new Bench();
    bench.take(0, 0, 10_000);
    expect(bench.deliveries.takeRecentDelays()).toEqual(new Map([[0, { p50: 0.7, p99: 0.7, max: 0.7 }]]));
    expect(bench.deliveries.takeRecentDelays().size).toBe(0);
    bench.take(1, 0, 20_000);
    expect([...bench.deliveries.takeRecentDelays().keys()]).toEqual([1]);
    expect(bench.first.latency.count).toBe(1);
  });

  test('refuse messages of streams that are not the partner’s, and note those of the wrong category', () => {
    const bench = new Bench();
    expect(bench.take(2, 0)?.kind).toBe('violation');
    expect(bench.take(0, 0, 1000, false)).toMatchObject({ kind: 'violation' });
    expect(bench.first.delivered).toBe(1);
  });

  test('count a message whose header is not to be believed as corrupted where it seems to belong', () => {
    const bench = new Bench();
    const message = new Uint8Array(100);
    message[2] = 1;
    expect(
      bench.deliveries.take(1, message, undefined, { reliable: false, sequential: false }),
    ).toMatchObject({
      kind: 'corrupted',
      stream: 1,
    });
    message[2] = 77;
    expect(
      bench.deliveries.take(1, message, undefined, { reliable: false, sequential: false }),
    ).toMatchObject({
      kind: 'corrupted',
      stream: undefined,
    });
    expect(bench.deliveries.received.map((one) => [one.corrupted, one.delivered])).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });
});
