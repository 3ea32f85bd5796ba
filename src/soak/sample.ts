/** One end's figures once a second (a line of `samples.ndjson`), and what happens in between (a line of `journal.ndjson`). Types only. */
import type { ModemLines } from '../base/modem-lines.ts';
import type { SecondCounts } from './availability.ts';
import type { Category, EndName, HostFigures, LineCounters } from './result.ts';

/** Counters of one stream as one end sees them; cumulative. `delivered` and what follows stay 0 at the sending end. */
export interface StreamCounters {
  readonly stream: number;
  readonly from: EndName;
  readonly to: EndName;
  readonly category: Category;
  readonly sent: number;
  readonly bytesSent: number;
  readonly delivered: number;
  readonly bytesDelivered: number;
  readonly duplicated: number;
  readonly misordered: number;
  readonly corrupted: number;
  readonly truncated: number;
  /** One-way delay of the messages delivered since the sample before; at the receiving end, where there were any. */
  readonly latencyMs?: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Everything one end knows of itself at one moment; counters are cumulative and a delta of this run. */
export interface Sample extends LineCounters {
  /** Seconds since the run began. */
  readonly at: number;
  readonly end: EndName;
  readonly phase: Phase;
  readonly connection: {
    readonly state: string;
    /** Smoothed round trip in milliseconds; `null` before the first. */
    readonly rttMs: number | null;
    readonly window: number;
    readonly outstanding: number;
    readonly retries: number;
    readonly duplicates: number;
    /** Bytes of the frames sent again in this run, with their headers. */
    readonly bytesResent?: number;
  };
  /** Seconds of the traffic towards this end, by ITU-T G.826. */
  readonly seconds?: SecondCounts;
  /** How late this host's timers fired; `null` where nobody measures it. */
  readonly host?: HostFigures | null;
  /**
   * Bytes of messages that have arrived so far, those of messages not yet whole included: what live rates are made of,
   * because a large message counts as delivered all at once.
   */
  readonly bytesArrived?: number;
  /** The session's name table; absent in samples of old. */
  readonly session?: { readonly players: number; readonly nameTableVersion: number };
  readonly streams: readonly StreamCounters[];
  /** The port's control lines when they were last asked for; `null` where it has none, absent where nobody asked. */
  readonly lines?: ModemLines | null;
}

/** Where a soak stands, in order; `ended` may follow any. */
export type Phase = 'connecting' | 'planning' | 'running' | 'draining' | 'reporting' | 'closing' | 'ended';

/** One thing that happened: `at` in seconds since the run began; the other members depend on `event`. */
export interface JournalEntry {
  readonly at: number;
  readonly end: EndName;
  readonly event: string;
  readonly [detail: string]: unknown;
}
