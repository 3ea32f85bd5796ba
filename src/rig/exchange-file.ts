/** Exchange files: which emulated modems there are, and what becomes of their calls. Parses and checks; makes nothing. */
import { z } from 'zod';
import { parseChecked } from '../base/document.ts';
import { DURATION_EXPECTED, parseDuration } from '../base/duration-text.ts';
import { type Duration, SECOND } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import { LINE_RATE_MAX } from '../modem/command-table.ts';
import { profileComplaint } from '../modem/emulated-modem-options.ts';
import { ESCAPE_RULES } from '../modem/escape-detector.ts';
import {
  CALL_OUTCOMES,
  type CallChange,
  type ExchangeModem,
  type ExchangeOptions,
  type LineTrouble,
} from '../modem/exchange-options.ts';
import { MAKERS } from '../modem/result-table.ts';

/** Modems of one exchange at most. */
export const MODEMS_MAX = 32;

/** What a telephone number may be, for messages. */
export const NUMBER_TEXT = 'a telephone number in quotes: digits, * and #, up to 32 of them';

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, { error: `expected ${DURATION_EXPECTED}` })
  .transform((text): Duration => parseDuration(text) ?? 0);
const number = z
  .string(`expected ${NUMBER_TEXT}`)
  .regex(/^[\d*#]{1,32}$/, { error: `expected ${NUMBER_TEXT}` });
const rate = z.int().min(300).max(LINE_RATE_MAX);
const ratio = z.number().min(0).max(1);
const outcome = z.enum(CALL_OUTCOMES);
const count = z.int().min(1).max(1_000_000);

const modem = z.strictObject({
  number: number.describe('Its telephone number'),
  name: z.string().min(1).max(30).optional().describe('As caller identification shows it'),
  rate: rate.optional().describe('The highest rate that it can do on the telephone line, bits per second'),
  profile: z
    .string()
    .superRefine((text, context) => {
      const complaint = profileComplaint(text);
      if (complaint !== undefined) context.addIssue({ code: 'custom', message: complaint });
    })
    .optional()
    .describe('Settings at power-on and of its stored profiles, as behind AT'),
  command_length: z
    .int()
    .min(20)
    .max(1_000)
    .optional()
    .describe('Characters of a command line that it holds'),
  maker: z.enum(MAKERS).optional().describe('Whose numbers its results have with V0'),
  spelling: z.record(z.string(), z.string()).optional().describe('Results that it spells otherwise'),
  escape: z.enum(ESCAPE_RULES).optional().describe('What it takes for an escape'),
  redial: z
    .strictObject({
      delay_after: count.describe('Failed attempts at a number after which the next must wait'),
      delay: duration.describe('How long'),
      blacklist_after: count.describe('Failed attempts after which the number is refused'),
    })
    .optional()
    .describe('What its country forbids'),
});

const when = {
  call: count.optional().describe('Which attempt, from 1; every one when left out'),
  at: duration.describe('So long after CONNECT'),
};

const callEvent = z.union(
  [
    z.strictObject({ call: count, outcome: outcome.describe('What becomes of this attempt') }),
    z.strictObject({
      ...when,
      carrier: z.literal('lost'),
      for: duration.optional().describe('For how long; for good when left out'),
    }),
    z.strictObject({ ...when, retrain: duration.describe('How long it takes'), rate: rate.optional() }),
    z.strictObject({ ...when, noise: ratio.describe('Bit error ratio'), for: duration.optional() }),
    z.strictObject({ ...when, hang_up: z.enum(['caller', 'called']) }),
  ],
  {
    error:
      'expected { call: N, outcome: ... } or { at: TIME, ... } with one of carrier: lost, retrain: TIME, noise: RATIO, hang_up: caller',
  },
);

const exchangeSchema = z.strictObject({
  modems: z
    .array(modem)
    .min(1)
    .max(MODEMS_MAX)
    .optional()
    .describe('The modems, in the order of their ports'),
  line: z
    .strictObject({
      rate: rate.optional().describe('The highest rate over it, bits per second'),
      latency: duration.optional().describe('From one modem to the other'),
      bit_error_ratio: ratio.optional(),
      error_correction: z.boolean().optional().describe('Whether modems may agree on it'),
    })
    .optional(),
  timings: z
    .strictObject({
      dial_tone: duration.optional(),
      routing: duration.optional().describe('From the last digit to the first ring'),
      ring_every: duration.optional(),
      ring_on: duration.optional(),
      answer: duration.optional().describe('From the answer until the modems hear each other'),
      training: duration.optional().describe('By the modulation when left out'),
    })
    .optional(),
  numbers: z.record(number, outcome).optional().describe('Numbers without a modem, and what happens there'),
  chances: z
    .partialRecord(outcome, ratio)
    .refine((chances) => Object.values(chances).reduce((sum, each) => sum + each, 0) <= 1, {
      error: 'expected ratios that come to 1 or less together',
    })
    .optional()
    .describe('How likely an attempt comes to what'),
  calls: z.array(callEvent).max(10_000).optional().describe('What happens to which call'),
  lines: z
    .array(
      z.strictObject({
        number,
        at: duration.describe('Counted from the start'),
        for: duration.optional(),
        line: z.enum(['no-dial-tone', 'line-in-use']),
      }),
    )
    .max(10_000)
    .optional()
    .describe('What is wrong with the wire of which modem'),
  caller_id: z.enum(['before-ring', 'after-first-ring', 'never']).optional(),
});

/** An exchange as its file says it; times are in microseconds. */
export type ExchangeFile = z.infer<typeof exchangeSchema>;

/** Parses the text of an exchange file; throws UsageError (`file:line:column key: what was expected`). */
export function parseExchange(file: string, text: string): ExchangeFile {
  return parseChecked(file, text, exchangeSchema);
}

/** `value` without the members that are `undefined`. */
function given<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members) as { [Key in keyof T]: Exclude<T[Key], undefined> };
}

type CallEntry = NonNullable<ExchangeFile['calls']>[number];

function changeOf(entry: Exclude<CallEntry, { outcome: unknown }>): CallChange {
  const base = { at: entry.at, ...(entry.call === undefined ? {} : { call: entry.call }) };
  const lasting = 'for' in entry && entry.for !== undefined ? { for: entry.for } : {};
  if ('carrier' in entry) return { ...base, ...lasting, kind: 'carrierLost' };
  if ('noise' in entry) return { ...base, ...lasting, kind: 'noise', bitErrorRatio: entry.noise };
  if ('hang_up' in entry) return { ...base, kind: 'hangUp', by: entry.hang_up };
  const slower = entry.rate === undefined ? {} : { rate: entry.rate };
  return { ...base, ...slower, kind: 'retrain', for: entry.retrain };
}

function modemOf(entry: NonNullable<ExchangeFile['modems']>[number]): ExchangeModem {
  const { rate: rateMax, command_length: commandLength, redial, ...rest } = entry;
  const rules = redial && {
    delayAfter: redial.delay_after,
    delay: redial.delay,
    blacklistAfter: redial.blacklist_after,
  };
  return given({ ...rest, rateMax, commandLength, redial: rules }) as ExchangeModem;
}

/** Modems with numbers in a row, where a file names none: 5551001, 5551002 and so on. */
function plainModems(howMany: number): ExchangeModem[] {
  return Array.from({ length: howMany }, (_, place) => ({ number: String(5_551_001 + place) }));
}

/** What an exchange is made of, by its file; `modems` says how many there are where it names none. */
export function exchangeOptions(file: ExchangeFile, modems: number, random: Random): ExchangeOptions {
  const { line, timings, calls = [], lines = [] } = file;
  const changes = calls.flatMap((entry) => ('outcome' in entry ? [] : [changeOf(entry)]));
  const outcomes = calls.flatMap((entry) => ('outcome' in entry ? [entry] : []));
  const troubles = lines.map(({ line: kind, ...rest }) => given({ ...rest, kind }) as LineTrouble);
  return {
    modems: file.modems?.map(modemOf) ?? plainModems(modems),
    random,
    changes,
    outcomes,
    troubles,
    line: given({
      rateMax: line?.rate,
      latency: line?.latency,
      bitErrorRatio: line?.bit_error_ratio,
      errorCorrection: line?.error_correction,
    }),
    timings: given({
      dialTone: timings?.dial_tone,
      routing: timings?.routing,
      ringEvery: timings?.ring_every,
      ringOn: timings?.ring_on,
      answer: timings?.answer,
      training: timings?.training,
    }),
    ...given({ numbers: file.numbers, chances: file.chances, callerId: file.caller_id }),
  };
}

/** How long a ring lasts at most is shorter than from ring to ring, and no two modems share a number; else why not. */
export function exchangeComplaint({ modems, timings = {} }: ExchangeOptions): string | undefined {
  const numbers = modems.map((each) => each.number);
  const twice = numbers.find((each, place) => numbers.indexOf(each) !== place);
  if (twice !== undefined) return `two modems have the number ${twice}`;
  const { ringEvery = 6 * SECOND, ringOn = 2 * SECOND } = timings;
  return ringOn >= ringEvery ? 'a ring lasts as long as the time to the next' : undefined;
}
