/** The result of a soak as `result.json` and `--json` hold it (schema `dplink/result/1`). Types only. */
import type { FlowControl, Parity, StopBits } from '../base/line-settings.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { FramedCounters } from '../framing/framed.ts';
import type { Attempt } from '../modem/call-cycle.ts';
import type { CallStatistics } from '../modem/call-statistics.ts';
import type { Diagnosis } from '../modem/dialer-event.ts';
import type { EscapeAdvice, EscapeFinding } from '../modem/escape-safety.ts';
import type { SecondCounts } from './availability.ts';
import type { InjectedFault } from './fault-schedule.ts';
import type { Outage } from './outages.ts';

/** What an end is called in the plan: `near` and `far` unless somebody chose otherwise. */
export type EndName = string;
/** What came of a run; `incomplete` when an operator stopped it. */
export type Verdict = 'pass' | 'fail' | 'incomplete';
/** The four message categories. [MS-DPDX] 1.3 */
export type Category = 'reliable-sequential' | 'reliable' | 'sequential' | 'unreliable';

/** Bytes and frames as one end's framing counted them, and what its UART did; a delta of this run. */
export interface LineCounters extends FramedCounters {
  /** UART counters of this run; `null` where the port has none (a pty, most adapters outside Linux). */
  readonly uart: UartCounters | null;
}

/** Milliseconds; all 0 when nothing was measured. */
export interface Spread {
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What the transport at one end counted over the whole connection. */
export interface ConnectionFigures {
  readonly state: string;
  readonly rttMs: Spread;
  /** Frames sent again. */
  readonly retries: number;
  /** Frames received again. */
  readonly duplicates: number;
  /** The most frames that were outstanding at once, 0..64. */
  readonly windowMax: number;
  /** Bytes of the frames sent again, with their headers; of those of this run. */
  readonly bytesResent?: number;
  /** The same over all bytes sent, 0..1. */
  readonly resentRatio?: number;
}

/** An error ratio as counted, and what it is below with 95 % confidence: never 0, for N trials without an error 3/N. */
export interface ErrorRatio {
  readonly counted: number;
  readonly below: number;
}

/** What the line did to what arrived at one end. */
export interface LineErrors {
  /** Frames that arrived, intact or damaged. */
  readonly frames: number;
  /** Frames whose header or message CRC failed, or that were not completed. */
  readonly damaged: number;
  readonly frameErrorRatio: ErrorRatio;
  /** Data bits that arrived. */
  readonly bits: number;
  /** A damaged frame counts as one wrong bit: the least that explains it, and one event however long a burst was. */
  readonly bitErrorRatio: ErrorRatio;
}

/** Seconds of the traffic towards one end. ITU-T G.826, with frames for blocks */
export interface SecondsResult extends SecondCounts {
  /** Seconds that are available, over those observed, 0..1. */
  readonly availability: number;
  /** Over the available seconds. */
  readonly erroredRatio: number;
  readonly severelyErroredRatio: number;
}

/** How late the timers of an end's host fired: what the event loop adds to every delay there. */
export interface HostFigures {
  /** Timers that fired. */
  readonly timers: number;
  /** Those that fired more than 50 ms late. */
  readonly stalls: number;
  readonly lagMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** One direction of the line: what went in at one end, what came out at the other. */
export interface DirectionResult {
  readonly from: EndName;
  readonly to: EndName;
  /** Whether the receiving end's figures are known; if not, those that follow from them are 0 and claim nothing. */
  readonly measured: boolean;
  /** Whether a stream of this direction sends as fast as the line takes it. */
  readonly saturated: boolean;
  /** Messages delivered, and their bytes. */
  readonly delivered: number;
  readonly bytesDelivered: number;
  readonly goodputBytesPerSecond: number;
  /** Delivered bytes over what the line could carry in the direction's traffic time, 0..1; more only if the line is faster than its settings. */
  readonly lineUtilisation: number;
  /**
   * Frames and bytes between the first and the last comparison of the two ends' counters; `null` where none came about.
   * `framesLost` are those that did not arrive intact; bytes lost and inserted make up for each other only when they fall
   * between the same two comparisons.
   */
  readonly passage: {
    readonly frames: number;
    readonly bytes: number;
    readonly framesLost: number;
    readonly bytesLost: number;
    readonly bytesInserted: number;
  } | null;
}

/** One end of the line as it saw itself. */
export interface EndResult extends LineCounters {
  readonly name: EndName;
  readonly role: 'host' | 'join';
  readonly line: {
    readonly baud: number;
    readonly parity: Parity;
    readonly stopbits: StopBits;
    readonly flowcontrol: FlowControl;
  };
  readonly connection: ConnectionFigures;
  /** What the partner or the line sent that the specification or the soak does not allow; counted, never fatal. */
  readonly violations: number;
  /** `null` where nobody knows it. */
  readonly session: {
    readonly players: number;
    readonly nameTableVersion: number;
    readonly reconnects: number;
  } | null;
  /** What arrived damaged; absent in results of old. */
  readonly errors?: LineErrors;
  /** Absent where no second was observed. */
  readonly seconds?: SecondsResult;
  /** `null` where nobody measures it (a simulation). */
  readonly host?: HostFigures | null;
  /** Times for which this end's port was away, and the first of them one by one; absent in results of old. */
  readonly outages?: { readonly count: number; readonly list: readonly Outage[] };
  /** How much faster the partner's clock runs, in parts per million; `null` when that cannot be told. */
  readonly partnerClock?: { readonly ppm: number; readonly uncertaintyPpm: number } | null;
}

/** One stream of messages, from the counts of the end that sent it and of the end that received it. */
export interface StreamResult {
  readonly from: EndName;
  readonly to: EndName;
  readonly category: Category;
  readonly sent: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly misordered: number;
  readonly corrupted: number;
  /** Messages shorter than their own header says; not among `corrupted`. */
  readonly truncated: number;
  /** Whether the receiving end's figures are known; if not, `delivered` and all that follows from it are 0 and claim nothing. */
  readonly measured: boolean;
  readonly bytesDelivered: number;
  /** Over the time of all traffic in this direction, so that streams side by side add up. */
  readonly goodputBytesPerSecond: number;
  /** Delivered payload bytes over what the line could carry in that time at its settings, 0..1. */
  readonly lineUtilisation: number;
  readonly latencyMs: {
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
    readonly min?: number;
    readonly mean?: number;
    readonly p90?: number;
    readonly p999?: number;
  };
  /** By how many milliseconds the one-way delay grew in an hour, by the straight line that fits it best; absent for too few messages. */
  readonly latencyTrendMsPerHour?: number;
  /** Twice the standard error of that: what is smaller is chance. */
  readonly latencyTrendUncertaintyMsPerHour?: number;
  /** From handing a request to the transport to the delivery of its answer; only for streams that answer. */
  readonly answerMs?: {
    readonly min: number;
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
  };
  /** By how much every latency may be wrong, because the receiving end estimates the sender's clock; `null` when it has no estimate. */
  readonly latencyUncertaintyMs: number | null;
}

/** One limit of the profile against what was measured. */
export interface LimitResult {
  readonly name: string;
  readonly limit: number;
  readonly actual: number;
  readonly pass: boolean;
}

/** One attempt of a series of calls: what became of it, and what its traffic came to; lengths of time in microseconds. */
export interface AttemptResult extends Attempt {
  /** Whether the call was tried again after it. */
  readonly retried: boolean;
  readonly streams: readonly StreamResult[];
  readonly diagnostics: readonly Diagnosis[];
}

/** A series of calls. */
export interface CallsResult {
  readonly wanted: number;
  /** Calls that passed, and how many must. */
  readonly passed: number;
  readonly needed: number;
  readonly statistics: CallStatistics;
  /** The last 10000 attempts. */
  readonly attempts: readonly AttemptResult[];
  /** What `+++` in the data did; absent where it was not tried. */
  readonly escape?: { readonly findings: readonly EscapeFinding[]; readonly advice: EscapeAdvice };
}

/** The whole of `result.json`. */
export interface Result {
  readonly schema: 'dplink/result/1';
  readonly verdict: Verdict;
  /** In words; empty only for a pass. */
  readonly reasons: readonly string[];
  readonly seed: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly rig: unknown;
  readonly profile: unknown;
  /** What does not fail a run and should be known to whoever reads its figures, in words; absent in results of old. */
  readonly warnings?: readonly string[];
  readonly ends: readonly EndResult[];
  /** Absent in results of old. */
  readonly directions?: readonly DirectionResult[];
  readonly streams: readonly StreamResult[];
  readonly limits: readonly LimitResult[];
  /** What was done to the line on purpose, as the profile says: in seconds since the traffic began; the first 1000. */
  readonly faults?: readonly InjectedFault[];
  /** Of `dplink dial` alone; ends, directions and streams are then those of the last call that carried traffic. */
  readonly calls?: CallsResult;
}
