/** How modems spell what they report: texts, and numbers by maker. Data only; reads no bytes. */

/** What a result code comes to, whatever its spelling. */
export const RESULT_KINDS = [
  'ok',
  'error',
  'ring',
  'ringing',
  'noCarrier',
  'noDialTone',
  'busy',
  'noAnswer',
  'blacklisted',
  'voice',
  'fax',
  'lineInUse',
  'data',
] as const;
export type PlainResultKind = (typeof RESULT_KINDS)[number];

/** Texts of verbose result codes that carry nothing but themselves, in capitals and with single blanks. */
export const PLAIN_RESULTS: Readonly<Record<string, PlainResultKind>> = {
  OK: 'ok',
  ERROR: 'error',
  RING: 'ring',
  RINGING: 'ringing',
  RRING: 'ringing',
  'NO CARRIER': 'noCarrier',
  NOCARRIER: 'noCarrier',
  'CARRIER LOST': 'noCarrier',
  'NO DIALTONE': 'noDialTone',
  'NO DIAL TONE': 'noDialTone',
  'NO DIAL-TONE': 'noDialTone',
  NODIALTONE: 'noDialTone',
  'NO TONE': 'noDialTone',
  BUSY: 'busy',
  'NO ANSWER': 'noAnswer',
  NOANSWER: 'noAnswer',
  BLACKLISTED: 'blacklisted',
  'BLACK LISTED': 'blacklisted',
  VOICE: 'voice',
  FAX: 'fax',
  '+FCO': 'fax',
  'LINE IN USE': 'lineInUse',
  'LINE IN-USE': 'lineInUse',
  'PHONE OFF-HOOK': 'lineInUse',
  'EXT OFF-HOOK': 'lineInUse',
  'EXTENSION OFF-HOOK': 'lineInUse',
  // Adaptive answer says which of the two it found, and then CONNECT.
  DATA: 'data',
};

/** Makers whose numeric codes differ. */
export const MAKERS = ['hayes', 'rockwell', 'usrobotics'] as const;
export type Maker = (typeof MAKERS)[number];

/** Codes on which all agree, as verbose texts. */
const COMMON: Readonly<Record<number, string>> = {
  0: 'OK',
  1: 'CONNECT',
  2: 'RING',
  3: 'NO CARRIER',
  4: 'ERROR',
  5: 'CONNECT 1200',
  6: 'NO DIALTONE',
  7: 'BUSY',
  8: 'NO ANSWER',
  10: 'CONNECT 2400',
};

/** `count` texts at consecutive numbers from `first`, each with a rate that grows by `step`. */
function rates(text: string, first: number, count: number, from: number, step: number): [number, string][] {
  return Array.from({ length: count }, (_, i) => [first + i, `${text} ${from + i * step}`]);
}

const ROCKWELL: Readonly<Record<number, string>> = {
  9: 'CONNECT 600',
  11: 'CONNECT 4800',
  12: 'CONNECT 9600',
  13: 'CONNECT 7200',
  14: 'CONNECT 12000',
  15: 'CONNECT 14400',
  16: 'CONNECT 19200',
  17: 'CONNECT 38400',
  18: 'CONNECT 57600',
  19: 'CONNECT 115200',
  20: 'CONNECT 230400',
  22: 'CONNECT 75TX/1200RX',
  23: 'CONNECT 1200TX/75RX',
  24: 'DELAYED',
  32: 'BLACKLISTED',
  33: 'FAX',
  35: 'DATA',
  40: 'CARRIER 300',
  44: 'CARRIER 1200TX/75RX',
  45: 'CARRIER 75TX/1200RX',
  46: 'CARRIER 1200',
  47: 'CARRIER 2400',
  48: 'CARRIER 4800',
  ...Object.fromEntries(rates('CARRIER', 49, 10, 7_200, 2_400)),
  59: 'CONNECT 16800',
  61: 'CONNECT 21600',
  62: 'CONNECT 24000',
  63: 'CONNECT 26400',
  64: 'CONNECT 28800',
  66: 'COMPRESSION: CLASS 5',
  67: 'COMPRESSION: V.42BIS',
  69: 'COMPRESSION: NONE',
  76: 'PROTOCOL: NONE',
  77: 'PROTOCOL: LAPM',
  78: 'CARRIER 31200',
  79: 'CARRIER 33600',
  80: 'PROTOCOL: ALT',
  81: 'PROTOCOL: ALT-CELLULAR',
  84: 'CONNECT 33600',
  91: 'CONNECT 31200',
  ...Object.fromEntries(rates('CARRIER', 150, 13, 32_000, 2_000)),
  ...Object.fromEntries(rates('CONNECT', 165, 13, 32_000, 2_000)),
};

const USROBOTICS: Readonly<Record<number, string>> = {
  11: 'RINGING',
  12: 'VOICE',
  13: 'CONNECT 9600',
  14: 'CONNECT/ARQ',
  15: 'CONNECT 1200/ARQ',
  16: 'CONNECT 2400/ARQ',
  17: 'CONNECT 9600/ARQ',
  18: 'CONNECT 4800',
  19: 'CONNECT 4800/ARQ',
  20: 'CONNECT 7200',
  21: 'CONNECT 12000',
  22: 'CONNECT 12000/ARQ',
  24: 'CONNECT 7200/ARQ',
  25: 'CONNECT 14400',
  26: 'CONNECT 14400/ARQ',
  43: 'CONNECT 16800',
  85: 'CONNECT 19200',
  91: 'CONNECT 21600',
  99: 'CONNECT 24000',
  103: 'CONNECT 26400',
  107: 'CONNECT 28800',
  151: 'CONNECT 31200',
  155: 'CONNECT 33600',
};

/** The verbose text that each numeric code stands for, by maker; a rig may add to it or change it. */
export const NUMERIC_RESULTS: Readonly<Record<Maker, Readonly<Record<number, string>>>> = {
  hayes: { ...COMMON, 11: 'CONNECT 4800', 12: 'CONNECT 9600', 14: 'CONNECT 19200' },
  rockwell: { ...COMMON, ...ROCKWELL },
  usrobotics: { ...COMMON, ...USROBOTICS },
};
