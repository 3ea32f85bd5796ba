/** Whether a result has the shape that INTERFACE.md promises, says nothing that contradicts itself, and agrees with the journal and the samples of its run. */
import { expect } from 'vitest';
import { z } from 'zod';
import type { JournalEntry } from '../../src/soak/sample.ts';
import type { Kept } from './fault-bench.ts';

const count = z.int().min(0);
const measure = z.number().min(0);

const end = z.object({
  name: z.string().min(1),
  role: z.enum(['host', 'join']),
  line: z.object({
    baud: z.int().positive(),
    parity: z.enum(['NONE', 'EVEN', 'ODD', 'MARK', 'SPACE']),
    stopbits: z.union([z.literal(1), z.literal(1.5), z.literal(2)]),
    flowcontrol: z.enum(['NONE', 'XONXOFF', 'RTS', 'DTR', 'RTSDTR']),
  }),
  bytes: z.object({ sent: count, received: count, skipped: count }),
  frames: z.object({
    sent: count,
    received: count,
    headerCrcErrors: count,
    messageCrcErrors: count,
    truncated: count,
    resyncs: count,
  }),
  uart: z.object({ framing: count, parity: count, overrun: count, break: count }).nullable(),
  connection: z.object({
    state: z.string().min(1),
    rttMs: z.object({ min: measure, p50: measure, p99: measure, max: measure }),
    retries: count,
    duplicates: count,
    windowMax: z.int().min(0).max(64),
  }),
  session: z.object({ players: count, nameTableVersion: count, reconnects: count }).nullable(),
});

const stream = z.object({
  from: z.string().min(1),
  to: z.string().min(1),
  category: z.enum(['reliable-sequential', 'reliable', 'sequential', 'unreliable']),
  sent: count,
  delivered: count,
  lost: count,
  duplicated: count,
  misordered: count,
  corrupted: count,
  bytesDelivered: count,
  goodputBytesPerSecond: measure,
  lineUtilisation: measure,
  latencyMs: z.object({ p50: measure, p99: measure, max: measure }),
});

/** `result.json` as INTERFACE.md has it; more members are welcome. */
const resultSchema = z.object({
  schema: z.literal('dplink/result/1'),
  verdict: z.enum(['pass', 'fail', 'incomplete']),
  reasons: z.array(z.string().min(1)),
  seed: z.string().min(1),
  startedAt: z.iso.datetime(),
  durationSeconds: measure,
  rig: z.looseObject({ name: z.string() }),
  profile: z.looseObject({}),
  ends: z.array(end).max(2),
  streams: z.array(stream),
  limits: z.array(
    z.object({ name: z.string().min(1), limit: z.number(), actual: z.number(), pass: z.boolean() }),
  ),
});

/** Throws unless `value` is a result that contradicts neither INTERFACE.md nor itself. */
export function checkResult(value: unknown): void {
  const { verdict, reasons, ends, streams, limits } = resultSchema.parse(value);
  // Why is said exactly when it is no pass, and each reason once.
  expect(reasons.length === 0, reasons.join('; ')).toBe(verdict === 'pass');
  expect(new Set(reasons).size, reasons.join('; ')).toBe(reasons.length);
  expect(new Set(ends.map(({ name }) => name)).size).toBe(ends.length);
  if (verdict === 'pass') {
    expect(limits.length).toBeGreaterThan(0);
    expect(limits.filter(({ pass }) => !pass)).toEqual([]);
    expect(streams.some(({ delivered }) => delivered > 0)).toBe(true);
  }
  for (const { sent, delivered, lost } of streams) {
    expect(delivered + lost).toBeLessThanOrEqual(sent);
    if (verdict === 'pass') expect({ delivered, lost }).toEqual({ delivered: sent, lost: 0 });
  }
}

/** How many of a kind the journal of an end tells of, those that it sums up included. */
function told(journal: readonly JournalEntry[], name: string, event: string): number {
  const entries = journal.filter((entry) => entry.end === name && entry.event === event);
  return entries.reduce((sum, entry) => sum + (typeof entry.count === 'number' ? entry.count : 1), 0);
}

/** Throws unless the result of a run that ended by itself says what journal and samples of the end named `name` say. */
export function checkAgreement({ result, journal, samples }: Kept, name: string): void {
  const own = result?.ends.find((each) => each.name === name);
  const last = samples.filter((sample) => sample.end === name).at(-1);
  const finished = journal.find((entry) => entry.end === name && entry.event === 'finished');
  if (result === undefined || own === undefined) throw new Error(`no result of ${name}`);
  // A disk that did not take all of it holds no end of the journal.
  if ('shortfall' in result) return;
  if (finished === undefined) throw new Error(`the journal of ${name} has no end`);
  for (const reason of finished.reasons as string[]) expect(result.reasons).toContain(reason);
  expect(told(journal, name, 'violation')).toBe(own.violations);
  const { headerCrcErrors, messageCrcErrors, truncated } = own.frames;
  expect(told(journal, name, 'damage')).toBeGreaterThanOrEqual(
    headerCrcErrors + messageCrcErrors + truncated,
  );
  // A host takes no sample behind its run, and there is nothing to compare before a plan.
  if (last === undefined || last.streams.length === 0 || own.role === 'host') return;
  for (const kind of ['sent', 'received', 'skipped'] as const) {
    // The last sample is taken when all is over: what followed the report is in it too.
    expect(last.bytes[kind]).toBeGreaterThanOrEqual(own.bytes[kind]);
  }
  for (const [index, { from, to, sent, delivered, bytesDelivered }] of result.streams.entries()) {
    const seen = last.streams.find((each) => each.stream === index);
    if (seen === undefined) throw new Error(`the samples of ${name} do not know stream ${index}`);
    if (from === name) expect(seen.sent).toBe(sent);
    if (to === name) expect(seen).toMatchObject({ delivered, bytesDelivered });
  }
}
