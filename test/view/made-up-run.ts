/** A soak that never took place: samples, journal entries and a result for tests and the demo. Whole numbers from a seed. */
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import type { EndResult, Result, StreamResult } from '../../src/soak/result.ts';
import type { JournalEntry, Sample, StreamCounters } from '../../src/soak/sample.ts';
import type { ViewPlan } from '../../src/view/state.ts';

/** What a default run shows at its beginning. */
export const MADE_UP_PLAN: ViewPlan = {
  profile: 'quick',
  rig: 'virtual null-modem',
  seed: '7f3a91c2',
  durationSeconds: 600,
  runDirectory: 'runs/20261105T142300Z-quick',
  ends: [
    { name: 'near', port: '/dev/pts/3', settings: DEFAULT_LINE_SETTINGS },
    { name: 'far', port: '/dev/pts/4', settings: DEFAULT_LINE_SETTINGS },
  ],
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };

function stream(from: string, to: string, index: number): Mutable<StreamCounters> {
  return {
    stream: index,
    from,
    to,
    category: 'reliable-sequential',
    sent: 0,
    bytesSent: 0,
    delivered: 0,
    bytesDelivered: 0,
    duplicated: 0,
    misordered: 0,
    corrupted: 0,
    truncated: 0,
  };
}

function fresh(end: string): Mutable<Sample> {
  return {
    at: 0,
    end,
    phase: 'connecting',
    bytes: { sent: 0, received: 0, skipped: 0 },
    frames: { sent: 0, received: 0, headerCrcErrors: 0, messageCrcErrors: 0, truncated: 0, resyncs: 0 },
    uart: null,
    connection: { state: 'connecting', rttMs: null, window: 2, outstanding: 0, retries: 0, duplicates: 0 },
    session: { players: 2, nameTableVersion: 4 },
    streams: [stream('near', 'far', 0), stream('far', 'near', 1)],
    lines: end === 'near' ? { dtr: true, rts: true, cts: true, dsr: true, dcd: false, ri: null } : null,
  };
}

/** One second of traffic at 115200: `noise` in 0..1 says how bad the line is in this second. */
function advance(sample: Mutable<Sample>, noise: number, random: Random): void {
  const [out, back] =
    sample.end === 'near'
      ? [sample.streams[0]!, sample.streams[1]!]
      : [sample.streams[1]!, sample.streams[0]!];
  const share = 970 - Math.floor(noise * 600) - random.below(12);
  const bytes = Math.floor((11_520 * share) / 1000);
  sample.bytes.sent += 11_500;
  sample.bytes.received += 11_480;
  sample.bytes.skipped += Math.floor(noise * 400);
  sample.frames.sent += 42;
  sample.frames.received += 42 - Math.floor(noise * 12);
  sample.frames.headerCrcErrors += Math.floor(noise * 3);
  sample.frames.messageCrcErrors += Math.floor(noise * 10);
  sample.frames.resyncs += Math.floor(noise * 8);
  sample.connection.state = 'connected';
  sample.connection.rttMs = 38 + random.below(9) + Math.floor(noise * 120);
  sample.connection.window = 48;
  sample.connection.outstanding = 30 + random.below(12);
  sample.connection.retries += Math.floor(noise * 12);
  out.sent += Math.round(bytes / 4096);
  out.bytesSent += bytes;
  back.delivered += Math.round(bytes / 4096);
  back.bytesDelivered += bytes;
}

/** How noisy the line is in second `second`: quiet, a burst now and then. */
export function noiseAt(second: number): number {
  const place = second % 45;
  if (place >= 20 && place < 26) return 0.9;
  if (place >= 33 && place < 35) return 0.4;
  return 0;
}

/** `seconds` seconds of both ends' samples, near before far, one a second from 0 on. */
export function madeUpSamples(seconds: number): Sample[] {
  const random = new Random('a made-up run');
  const ends = [fresh('near'), fresh('far')];
  const samples: Sample[] = [];
  for (let second = 0; second < seconds; second++) {
    for (const end of ends) {
      end.at = second;
      if (second > 0) {
        end.phase = 'running';
        advance(end, noiseAt(second), random);
      }
      samples.push(structuredClone(end) as Sample);
    }
  }
  return samples;
}

/** A few entries of each sort. */
export function madeUpEntries(): JournalEntry[] {
  return [
    { at: 0.01, end: 'far', event: 'listening' },
    { at: 0.12, end: 'near', event: 'connected', version: 0x00010006, sessionId: 0x1234abcd },
    { at: 0.13, end: 'far', event: 'connected', version: 0x00010006, sessionId: 0x1234abcd },
    { at: 20.4, end: 'far', event: 'damage', cause: 'messageCrc', offset: 230_144, bytes: 271 },
    { at: 20.5, end: 'near', event: 'retried', sequence: 17, attempt: 1, cause: 'gap' },
    { at: 21, end: 'near', event: 'retried', count: 11 },
    { at: 23.75, end: 'near', event: 'violation', section: '3.1.5.11', text: 'a mask for frames never sent' },
    { at: 29.5, end: 'near', event: 'mark', text: '接続 moved the cable \u001b[2J' },
  ];
}

function end(name: string, role: 'host' | 'join'): EndResult {
  return {
    name,
    role,
    line: { baud: 115_200, parity: 'NONE', stopbits: 1, flowcontrol: 'NONE' },
    bytes: { sent: 172_430, received: 171_998, skipped: role === 'host' ? 1084 : 0 },
    frames: {
      sent: 640,
      received: 612,
      headerCrcErrors: role === 'host' ? 1 : 0,
      messageCrcErrors: role === 'host' ? 4 : 0,
      truncated: 0,
      resyncs: role === 'host' ? 5 : 0,
    },
    uart: role === 'host' ? { framing: 0, parity: 0, overrun: 2, break: 0 } : null,
    connection: {
      state: 'closed',
      rttMs: { min: 12.1, p50: 41.7, p99: 88.2, max: 130.5 },
      retries: role === 'join' ? 6 : 0,
      duplicates: role === 'host' ? 1 : 0,
      windowMax: 52,
    },
    violations: 0,
    session: null,
  };
}

function streamResult(from: string, to: string): StreamResult {
  return {
    from,
    to,
    category: 'reliable-sequential',
    sent: 41,
    delivered: 41,
    lost: 0,
    duplicated: 0,
    misordered: 0,
    corrupted: 0,
    truncated: 0,
    measured: true,
    bytesDelivered: 167_936,
    goodputBytesPerSecond: 11_195.7,
    lineUtilisation: 0.9718,
    latencyMs: { p50: 1431, p99: 1502, max: 1508 },
    latencyUncertaintyMs: 3,
  };
}

/** A result that passed. */
export function madeUpResult(): Result {
  return {
    schema: 'dplink/result/1',
    verdict: 'pass',
    reasons: [],
    seed: '7f3a91c2',
    startedAt: '2026-11-05T14:23:00Z',
    durationSeconds: 15.004,
    rig: { name: 'virtual null-modem' },
    profile: { name: 'quick' },
    ends: [end('near', 'join'), end('far', 'host')],
    streams: [streamResult('near', 'far'), streamResult('far', 'near')],
    limits: [
      { name: 'lostReliable', limit: 0, actual: 0, pass: true },
      { name: 'duplicated', limit: 0, actual: 0, pass: true },
      { name: 'misordered', limit: 0, actual: 0, pass: true },
      { name: 'corrupted', limit: 0, actual: 0, pass: true },
      { name: 'lineUtilisation', limit: 0.5, actual: 0.9718, pass: true },
    ],
  };
}

/** A result that failed. */
export function madeUpFailure(): Result {
  const result = madeUpResult();
  const [out, back] = [streamResult('near', 'far'), streamResult('far', 'near')];
  return {
    ...result,
    verdict: 'fail',
    reasons: [
      'corrupted: 2 messages from near to far were altered although both CRCs held (limit 0)',
      'lineUtilisation: far to near used 0.31 of the line (limit at least 0.5)',
    ],
    streams: [
      { ...out, corrupted: 2, delivered: 39 },
      { ...back, goodputBytesPerSecond: 3571, lineUtilisation: 0.31, bytesDelivered: 53_565, lost: 1 },
    ],
    limits: [
      { name: 'lostReliable', limit: 0, actual: 1, pass: false },
      { name: 'corrupted', limit: 0, actual: 2, pass: false },
      { name: 'lineUtilisation', limit: 0.5, actual: 0.31, pass: false },
      { name: 'retries', limit: 100, actual: 6, pass: true },
    ],
  };
}
