/** What passes between a modem and its exchange on the telephone wire: hook, digits, tones, rings. Types only. */
import type { LineTerms } from './line-terms.ts';

/** What a modem does to its wire. */
export type LineAction =
  | { readonly type: 'offHook'; readonly purpose: 'dial' | 'answer' | 'hold' }
  | { readonly type: 'digit'; readonly digit: string }
  /** The digits are complete; from now on it listens for what comes. */
  | { readonly type: 'listen' }
  | { readonly type: 'onHook' }
  /** It asks the other modem for a retrain. */
  | { readonly type: 'retrain' };

/** Who calls, as formatted caller identification says it. */
export interface CallerNumber {
  /** Month and day, four digits. */
  readonly date: string;
  /** Hours and minutes, four digits. */
  readonly time: string;
  readonly number: string;
  readonly name: string;
}

/** What a modem hears on its wire. */
export type LineSignal =
  | { readonly type: 'dialTone' }
  /** Somebody else has the wire. */
  | { readonly type: 'inUse' }
  /** The far end rings, once more. */
  | { readonly type: 'ringback' }
  | { readonly type: 'busy' }
  /** A person, or a fax, answered. */
  | { readonly type: 'voice' }
  | { readonly type: 'fax' }
  /** A call comes in: one ring begins; the line says when it is over. */
  | { readonly type: 'ring'; readonly caller?: CallerNumber | undefined }
  | { readonly type: 'callerId'; readonly caller: CallerNumber }
  | { readonly type: 'ringEnd' }
  /** The caller gave up, or the call was answered elsewhere. */
  | { readonly type: 'ringsStopped' }
  /** The far end answered and its modem is heard. */
  | { readonly type: 'modem' }
  | { readonly type: 'connected'; readonly terms: LineTerms }
  | { readonly type: 'trainingFailed' }
  | { readonly type: 'retrained'; readonly terms: LineTerms }
  | { readonly type: 'carrierLost' }
  | { readonly type: 'carrierBack' }
  /** The far modem said goodbye, or gave up. */
  | { readonly type: 'cleared' };
