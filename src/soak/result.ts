/** The result of a soak as `result.json` and `--json` hold it (schema `dplink/result/1`). Types only. */
import type { FlowControl, Parity, StopBits } from '../base/line-settings.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { FramedCounters } from '../framing/framed.ts';

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
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
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
  readonly ends: readonly EndResult[];
  readonly streams: readonly StreamResult[];
  readonly limits: readonly LimitResult[];
}
