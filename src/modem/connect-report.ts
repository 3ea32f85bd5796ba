/** What a CONNECT line and the lines around it say about the call: rates, modulation, protocol, compression. Reads no bytes. */

/** What the modem reported of a call; what it did not say is absent. */
export interface ConnectReport {
  /** The number in the CONNECT line, in bits per second: of the port or of the line, as the modem is set. */
  readonly rate?: number;
  /** Bits per second on the telephone line towards the other modem, where it was said apart. */
  readonly transmitRate?: number;
  /** Bits per second on the telephone line from the other modem, where it was said apart. */
  readonly receiveRate?: number;
  /** As the modem spells it: `V34`, `HST`. */
  readonly modulation?: string;
  /** Error correction as the modem spells it: `LAPM`, `ARQ`, `REL`; `NONE` when it said that there is none. */
  readonly protocol?: string;
  /** As the modem spells it: `V42BIS`, `MNP5`; `NONE` when it said that there is none. */
  readonly compression?: string;
  /** Words that none of these knows, at most {@link OTHER_MAX}. */
  readonly other?: readonly string[];
}

/** Unknown words that are kept of a report. */
const OTHER_MAX = 8;
/** A modem rate is no larger. */
const RATE_MAX = 10_000_000;

type Mutable = { -readonly [Key in keyof ConnectReport]: ConnectReport[Key] };

const COMPRESSION = /^(V\.?42 ?B(IS)?|V\.?44|MNP-?5|CLASS ?5|BTLZ|COMP(RESSED)?|NOCOMP)$/;
const PROTOCOL =
  /^(ARQ|LAP-?M|MNP(-?[1-46-9]|10)?|REL(IABLE)?|EC|ECL?|ALT(-CELLULAR)?|V\.?42|ERROR-?CONTROL|NO-?EC|SREJ|DIRECT|NORMAL|BUFFERED)$/;
const MODULATION =
  /^(V\.?(17|2[1-9](BIS|B)?|3[24](BIS|B|T(ER)?|S|\+)?|90|92|FC(LASS)?)|B(ELL)?(103|212A?)|HST|X2|K56(FLEX)?|PCM|V8)$/;

function rateOf(digits: string | undefined): number | undefined {
  const rate = Number(digits);
  return rate > 0 && rate <= RATE_MAX ? rate : undefined;
}

/** Takes one word of a report; false when it means nothing here. */
function takeWord(report: Mutable, word: string): boolean {
  const sided = /^(\d+)[:-]?(TX|RX)$/.exec(word);
  const rate = rateOf(sided?.[1] ?? (/^\d+$/.test(word) ? word : undefined));
  if (sided && rate !== undefined) {
    if (sided[2] === 'TX') report.transmitRate = rate;
    else report.receiveRate = rate;
  } else if (rate !== undefined) {
    if (report.rate === undefined) report.rate = rate;
    else takeSecondRate(report, rate);
  } else if (COMPRESSION.test(word)) {
    report.compression = word === 'NOCOMP' ? 'NONE' : word;
  } else if (PROTOCOL.test(word)) {
    // ARQ only says that there is one; the word that names it says more.
    if (report.protocol === undefined || report.protocol === 'ARQ') report.protocol = protocolName(word);
  } else if (MODULATION.test(word)) {
    report.modulation = word;
  } else if (word === 'NONE') {
    report.protocol ??= 'NONE';
  } else {
    return false;
  }
  return true;
}

function protocolName(word: string): string {
  return /^NO-?EC$|^DIRECT$|^NORMAL$|^BUFFERED$/.test(word) ? 'NONE' : word;
}

/** `CONNECT 1200/75`: what is sent, then what is received. */
function takeSecondRate(report: Mutable, rate: number): void {
  if (report.transmitRate !== undefined || report.rate === undefined) return;
  report.transmitRate = report.rate;
  report.receiveRate = rate;
}

/** Reads what stands behind `CONNECT`, or behind `CARRIER`: rates and words between blanks, slashes, commas and colons. */
export function readConnectReport(text: string): ConnectReport {
  const report: Mutable = {};
  const other: string[] = [];
  const words = text
    .toUpperCase()
    .replaceAll(/(V\.?\d\d) (BIS|TER)/g, '$1$2')
    .split(/[\s/,;()]+/)
    .map((word) => word.replace(/^[:=-]+|[:=]+$/g, ''))
    .filter((word) => word !== '' && word !== 'BPS');
  for (const word of words) {
    // One piece may hold two words: REL-MNP5, LAPM-V42BIS.
    if (takeWord(report, word)) continue;
    const pieces = word.split(/[-:]/);
    const known = pieces.length > 1 && pieces.every((piece) => takeWord(report, piece));
    if (!known && other.length < OTHER_MAX) other.push(word);
  }
  if (other.length > 0) report.other = other;
  return report;
}

/** What a line before CONNECT tells. */
export type ReportKey = 'carrier' | 'modulation' | 'protocol' | 'compression' | 'portRate';

/** What lines before CONNECT told, put together with the CONNECT line itself. */
export interface CallReport {
  /** The CONNECT line as the modem wrote it. */
  readonly text: string;
  /** Bits per second on the telephone line (the slower side where they differ); absent where nobody said. */
  readonly lineRate?: number;
  /** Bits per second between port and modem as the modem said it; absent where it did not. */
  readonly portRate?: number;
  readonly transmitRate?: number;
  readonly receiveRate?: number;
  readonly modulation?: string;
  readonly protocol?: string;
  readonly compression?: string;
  readonly other?: readonly string[];
}

/** Whose rate stands in the CONNECT line: the port's (DTE), the telephone line's (DCE), or to be told from the number. */
export type RateReading = 'dte' | 'dce' | 'auto';

/** The number in CONNECT means the port if it is the port's own rate and more than any modem has on a telephone line. */
function isPortRate(rate: number, portBaud: number | undefined, reading: RateReading): boolean {
  if (reading !== 'auto') return reading === 'dte';
  return rate > 56_000 || (rate === portBaud && [19_200, 38_400].includes(rate));
}

/**
 * Puts a CONNECT line and the lines before it together. A rate told apart (CARRIER, `33600:TX`, +MRR) is always the
 * telephone line's; then the number in CONNECT is the port's. `portBaud` is how the port is set.
 */
export function callReport(
  text: string,
  connect: ConnectReport,
  lines: Readonly<Partial<Record<ReportKey, string>>>,
  reading: RateReading,
  portBaud: number | undefined,
): CallReport {
  const carrier = readConnectReport(lines.carrier ?? '');
  const transmitRate = carrier.transmitRate ?? connect.transmitRate;
  const receiveRate = carrier.receiveRate ?? connect.receiveRate;
  const apart = slower(transmitRate, receiveRate) ?? carrier.rate;
  // 1200/75 says the line's two rates and none of the port's.
  const number =
    connect.transmitRate === connect.rate && connect.receiveRate !== undefined ? undefined : connect.rate;
  const meansPort = number !== undefined && (apart !== undefined || isPortRate(number, portBaud, reading));
  const report: { -readonly [Key in keyof CallReport]: CallReport[Key] } = { text };
  const lineRate = apart ?? (meansPort ? undefined : number);
  const portRate = Number(lines.portRate) || (meansPort ? number : undefined);
  const modulation = lines.modulation ?? connect.modulation ?? carrier.modulation;
  const protocol = lines.protocol ?? connect.protocol ?? carrier.protocol;
  const compression = lines.compression ?? connect.compression;
  if (lineRate !== undefined) report.lineRate = lineRate;
  if (portRate !== undefined) report.portRate = portRate;
  if (transmitRate !== undefined) report.transmitRate = transmitRate;
  if (receiveRate !== undefined) report.receiveRate = receiveRate;
  if (modulation !== undefined) report.modulation = modulation;
  if (protocol !== undefined) report.protocol = protocol;
  if (compression !== undefined) report.compression = compression;
  if (connect.other !== undefined) report.other = connect.other;
  return report;
}

function slower(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}
