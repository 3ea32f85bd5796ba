/** What an emulated exchange reports, in the order in which it happened, and in words. */
import type { Duration, Instant } from '../base/instant.ts';
import type { DirectionCounts } from './call-direction.ts';
import type { ModemEvent } from './emulated-modem-options.ts';
import type { CallOutcome } from './exchange-options.ts';
import type { LineTerms } from './line-terms.ts';

/** Why a call is over. */
export type ClearedBy = 'caller' | 'called' | 'line';

/** What befell a call, by its number from 1. Modems go by their telephone numbers. */
export type CallEvent =
  | { readonly type: 'offHook'; readonly from: string }
  | { readonly type: 'dialled'; readonly from: string; readonly to: string }
  | { readonly type: 'ringing'; readonly from: string; readonly to: string; readonly count: number }
  | { readonly type: 'answered'; readonly from: string; readonly to: string }
  | { readonly type: 'connected'; readonly from: string; readonly to: string; readonly terms: LineTerms }
  /** It will not be a call between modems. */
  | { readonly type: 'failed'; readonly from: string; readonly to: string; readonly outcome: CallOutcome }
  | { readonly type: 'carrierLost'; readonly for: Duration | null }
  | { readonly type: 'carrierBack' }
  | { readonly type: 'retrain'; readonly rate: number }
  | { readonly type: 'noise'; readonly bitErrorRatio: number }
  | {
      readonly type: 'cleared';
      readonly by: ClearedBy;
      /** Since CONNECT; `null` when it never came to that. */
      readonly lasted: Duration | null;
      /** What passed from the caller, and from the called. */
      readonly passed: readonly [DirectionCounts, DirectionCounts] | null;
    };

/** Something that happened, when, and to which call or modem. */
export type ExchangeEvent =
  | { readonly at: Instant; readonly call: number; readonly event: CallEvent }
  | { readonly at: Instant; readonly modem: string; readonly event: ModemEvent };
