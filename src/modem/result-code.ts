/** One line from a modem as what it means. Splits no bytes and keeps no state. */
import { type ConnectReport, type ReportKey, readConnectReport } from './connect-report.ts';
import { type Maker, NUMERIC_RESULTS, PLAIN_RESULTS, type PlainResultKind } from './result-table.ts';

/** A line that a modem sent, with its meaning. `text` is the line as it came, without its ends. */
export type ResultCode =
  | { readonly kind: PlainResultKind; readonly text: string }
  | { readonly kind: 'connect'; readonly text: string; readonly report: ConnectReport }
  /** Dialling is forbidden for so many seconds; 0 when the modem did not say how many. */
  | { readonly kind: 'delayed'; readonly text: string; readonly seconds: number }
  | {
      readonly kind: 'callerId';
      readonly text: string;
      readonly key: CallerIdKey;
      readonly value: string;
    }
  | { readonly kind: 'report'; readonly text: string; readonly key: ReportKey; readonly value: string }
  /** Our own command come back. */
  | { readonly kind: 'echo'; readonly text: string }
  /** Anything else: an answer to a question, a leftover, noise. */
  | { readonly kind: 'text'; readonly text: string };

/** What formatted caller identification says. */
export type CallerIdKey = 'date' | 'time' | 'number' | 'name' | 'message';

/** How the codes of a modem are to be read. */
export interface ResultReading {
  /** Whose numeric codes count. */
  readonly maker: Maker;
  /** Codes of this modem that nobody else has, or has for something else: text or number -> the usual text (`BUSY`). */
  readonly extra: Readonly<Record<string, string>>;
}

const CALLER_ID: ReadonlyMap<string, CallerIdKey> = new Map([
  ['DATE', 'date'],
  ['TIME', 'time'],
  ['NMBR', 'number'],
  ['NUMBER', 'number'],
  ['NAME', 'name'],
  ['MESG', 'message'],
]);

const REPORTS: ReadonlyMap<string, ReportKey> = new Map([
  ['CARRIER', 'carrier'],
  ['MODULATION', 'modulation'],
  ['PROTOCOL', 'protocol'],
  ['COMPRESSION', 'compression'],
  ['+MCR', 'modulation'],
  ['+MRR', 'carrier'],
  ['+ER', 'protocol'],
  ['+DR', 'compression'],
  ['+ILRR', 'portRate'],
]);

/** `text` in capitals with single blanks and none around it. */
function plain(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toUpperCase();
}

/** Seconds of `hh:mm:ss`, `mm:ss` or `ss`; 0 where it is none of these. */
function secondsOf(text: string): number {
  const parts = /^(?:(?:(\d{1,3}):)?(\d{1,2}):)?(\d{1,4})$/.exec(text.trim());
  if (!parts) return 0;
  return Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3]);
}

/** What the rig says that `text` stands for; `undefined` where it says nothing. */
function extraMeaning(text: string, extra: ResultReading['extra']): string | undefined {
  const wanted = plain(text);
  for (const [spelling, meaning] of Object.entries(extra)) {
    if (plain(spelling) === wanted) return meaning;
  }
  return undefined;
}

/** What the usual text means; `text` is what the modem wrote. */
function meaningOf(usual: string, text: string): ResultCode {
  const words = plain(usual);
  const known = Object.hasOwn(PLAIN_RESULTS, words) ? PLAIN_RESULTS[words] : undefined;
  if (known) return { kind: known, text };
  // Distinctive ringing is numbered or lettered.
  if (/^RING ?[0-9A-Z]$/.test(words) || /^\+CRING:/.test(words)) return { kind: 'ring', text };
  const connect = /^CONNECT(?![A-Z])(.*)$/.exec(words);
  if (connect) return { kind: 'connect', text, report: readConnectReport(connect[1] ?? '') };
  const delayed = /^DELAYED:? ?(.*)$/.exec(words);
  if (delayed) return { kind: 'delayed', text, seconds: secondsOf(delayed[1] ?? '') };
  if (/^\+CM[ES] ERROR/.test(words)) return { kind: 'error', text };
  const identified = /^([A-Z]+) ?= ?(.*)$/.exec(text.trim());
  const caller = identified && CALLER_ID.get(identified[1] ?? '');
  if (caller) return { kind: 'callerId', text, key: caller, value: (identified[2] ?? '').trim() };
  const reported = /^(\+?[A-Z]+)(?:: ?| )(.+)$/.exec(words);
  const key = reported && REPORTS.get(reported[1] ?? '');
  if (key) return { kind: 'report', text, key, value: reported[2] ?? '' };
  if (/^AT/.test(words) || words === 'A/') return { kind: 'echo', text };
  return { kind: 'text', text };
}

/**
 * What the line `text` means. Lines of digits are codes only where `numeric` says so: elsewhere they are text, as in
 * the answer to ATI. Never throws.
 */
export function readResult(text: string, reading: ResultReading, numeric: boolean): ResultCode {
  const extra = extraMeaning(text, reading.extra);
  if (extra !== undefined) return meaningOf(extra, text);
  if (numeric && /^\s*\d{1,3}\s*$/.test(text)) {
    const usual = NUMERIC_RESULTS[reading.maker][Number(text)];
    return usual === undefined ? { kind: 'text', text } : meaningOf(usual, text);
  }
  return meaningOf(text, text);
}
