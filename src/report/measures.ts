/**
 * The figures of a result as flat, named rows, for tables and comparisons. Reads whatever numbers are there, so that a
 * measure that is added to results appears without a word here; only names and units that do not explain themselves
 * are listed. Computes nothing.
 */
import { countText, millisecondsText, percentText, scaledText, UNKNOWN } from '../base/quantity.ts';
import type { CallsResult, Result } from '../soak/result.ts';
import { type CallSpread, outcomeCounts, stageSpreads, throughputSpreads } from './call-figures.ts';
import { isSentKnown } from './known.ts';
import { isObject } from './shape.ts';

/** What a figure counts. */
export type Unit = 'count' | 'number' | 'ms' | 's' | 'ratio' | 'B/s' | 'bit/s' | 'text';

/** A figure of a result; `null` where it could not be measured. */
export type Figure = number | string | boolean | null;

/** One figure with its name. */
export interface Measure {
  /** Where it stands within its group: `frames.headerCrcErrors`. */
  readonly path: string;
  readonly label: string;
  readonly unit: Unit;
  readonly value: Figure;
  /** Worth a row only where it is not 0. */
  readonly rare?: true;
}

/** Measures of the run, of its calls, of one direction, of one stream or of one end. */
export interface MeasureGroup {
  readonly kind: 'run' | 'calls' | 'direction' | 'stream' | 'end';
  readonly title: string;
  readonly measures: readonly Measure[];
}

/** Levels that are gone down to. */
const DEPTH_MAX = 4;

/** Measures of one group. */
const MEASURES_MAX = 200;

/** Names that would not explain themselves if they were merely split into words. */
const LABELS: Readonly<Record<string, string>> = {
  durationSeconds: 'duration',
  'bytes.skipped': 'bytes in no intact frame',
  'frames.headerCrcErrors': 'header CRC errors',
  'frames.messageCrcErrors': 'message CRC errors',
  'frames.truncated': 'truncated frames',
  'frames.resyncs': 'resyncs',
  uart: 'UART',
  'uart.framing': 'UART framing errors',
  'uart.parity': 'UART parity errors',
  'uart.overrun': 'UART overruns',
  'uart.break': 'UART breaks',
  'connection.state': 'connection at the end',
  'connection.retries': 'frames sent again',
  'connection.duplicates': 'frames got again',
  'connection.windowMax': 'most frames in flight',
  goodputBytesPerSecond: 'goodput',
  lineUtilisation: 'share of the line',
  bytesDelivered: 'bytes delivered',
  truncated: 'cut short',
  latencyUncertaintyMs: 'delay known to within',
  'passage.frames': 'frames compared',
  'passage.bytes': 'bytes compared',
  'errors.frames': 'frames arrived',
  'errors.damaged': 'damaged frames',
  'errors.bits': 'bits arrived',
};

/** Groups within an end or a stream whose name stands before that of the figure. */
const PREFIXES: Readonly<Record<string, string>> = {
  connection: '',
  latencyMs: 'one-way delay',
  rttMs: 'round trip',
  passage: '',
  errors: '',
  line: 'line',
};

/** How figures of these names are to be read; the first that matches counts. */
const UNITS: readonly (readonly [RegExp, Unit])[] = [
  [/Ms(\.|$)/, 'ms'],
  [/BytesPerSecond$/, 'B/s'],
  [/(Seconds|Minutes)$/, 'number'],
  [/(Ratio|Utilisation|Share|[aA]vailability)(\.|$)/, 'ratio'],
];

/** `messageCrcErrors` as `message crc errors`; the unit of `hostStallMs` stands with its value. */
function words(name: string): string {
  return name
    .replace(/Ms$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function labelOf(path: string): string {
  const own = LABELS[path];
  if (own !== undefined) return own;
  const parts = path.split('.');
  return parts
    .map((part, place) => (place < parts.length - 1 ? (PREFIXES[part] ?? words(part)) : words(part)))
    .filter((part) => part !== '')
    .join(' ');
}

function unitOf(path: string, value: Figure): Unit {
  if (path === 'durationSeconds') return 's';
  if (typeof value === 'string' || typeof value === 'boolean') return 'text';
  const told = UNITS.find(([pattern]) => pattern.test(path))?.[1];
  return told ?? (typeof value === 'number' && !Number.isInteger(value) ? 'number' : 'count');
}

/** Every figure within `value`, lists left out, in the order in which it holds them. */
export function measuresOf(value: unknown, left: ReadonlySet<string>): Measure[] {
  const measures: Measure[] = [];
  const walk = (each: unknown, path: string, depth: number): void => {
    if (left.has(path) || measures.length >= MEASURES_MAX) return;
    if (isObject(each)) {
      if (depth >= DEPTH_MAX) return;
      for (const [name, inner] of Object.entries(each))
        walk(inner, path === '' ? name : `${path}.${name}`, depth + 1);
    } else if (each === null || ['number', 'string', 'boolean'].includes(typeof each)) {
      const figure = each as Figure;
      measures.push({ path, label: labelOf(path), unit: unitOf(path, figure), value: figure });
    }
  };
  walk(value, '', 0);
  return measures;
}

/** Named by the group, or told elsewhere. */
const LEFT_OF_STREAM = new Set(['from', 'to', 'category', 'measured']);
const LEFT_OF_DIRECTION = new Set(['from', 'to', 'measured']);
const LEFT_OF_END = new Set(['name']);
const LEFT_OF_RUN = new Set([
  ...['schema', 'reasons', 'rig', 'profile', 'ends', 'streams', 'limits', 'shortfall'],
  ...['seed', 'startedAt', 'verdict', 'warnings', 'directions', 'calls'],
]);

/** A figure of what was not measured claims nothing. */
function unmeasured(measures: readonly Measure[]): Measure[] {
  return measures.map((measure) => (measure.path === 'sent' ? measure : { ...measure, value: null }));
}

/** Without the sender's word neither what it sent nor what was lost is known. */
function unsent(measures: readonly Measure[]): Measure[] {
  return measures.map((measure) =>
    measure.path === 'sent' || measure.path === 'lost' ? { ...measure, value: null } : measure,
  );
}

/** Delays of a stream of which none was ever measured are 0 in a result; they are not known. */
function knownDelays(measures: readonly Measure[]): Measure[] {
  const unknown = measures.some(({ path, value }) => path === 'latencyMs.max' && value === 0);
  return measures.map((measure) =>
    unknown && measure.path.startsWith('latencyMs.') ? { ...measure, value: null } : measure,
  );
}

function runMeasures(result: Result): Measure[] {
  const { warnings } = result;
  const measures = measuresOf(result, LEFT_OF_RUN);
  if (warnings === undefined) return measures;
  return [...measures, { path: 'warnings', label: 'warnings', unit: 'count', value: warnings.length }];
}

/** The figures of a spread that compare: of a time its upper end, of a rate its lower. */
function spreadMeasures({ id, label, unit, p50, p99, min, max }: CallSpread): Measure[] {
  const figures = unit === 'ms' ? { p50, p99, max } : { min, p50, max };
  return Object.entries(figures).map(([name, value]) => ({
    path: `${id}.${name}`,
    label: `${label.trim()} ${name}`,
    unit,
    value,
  }));
}

function callMeasures(calls: CallsResult, profile: unknown): Measure[] {
  const { wanted, passed, needed, statistics } = calls;
  const counts = { wanted, passed, needed, attempts: statistics.attempts };
  return [
    ...measuresOf(counts, new Set()),
    ...outcomeCounts(calls).map(({ id, name, count }): Measure => {
      return { path: `outcomes.${id}`, label: `attempts: ${name}`, unit: 'count', value: count, rare: true };
    }),
    ...[...stageSpreads(calls), ...throughputSpreads(calls, profile)].flatMap(spreadMeasures),
  ];
}

/** All figures of a result: of the run, of its calls, of each direction, of each stream, of each end. */
export function measureGroups(result: Result): MeasureGroup[] {
  const seen = new Map<string, number>();
  const unique = (title: string): string => {
    const count = (seen.get(title) ?? 0) + 1;
    seen.set(title, count);
    return count === 1 ? title : `${title} (${count})`;
  };
  const { calls, directions = [], streams, ends } = result;
  return [
    { kind: 'run', title: 'run', measures: runMeasures(result) },
    ...(calls === undefined
      ? []
      : [{ kind: 'calls' as const, title: 'calls', measures: callMeasures(calls, result.profile) }]),
    ...directions.map((direction): MeasureGroup => {
      const measures = measuresOf(direction, LEFT_OF_DIRECTION);
      const title = unique(`${direction.from} to ${direction.to}`);
      return { kind: 'direction', title, measures: direction.measured ? measures : unmeasured(measures) };
    }),
    ...streams.map((stream): MeasureGroup => {
      const measures = knownDelays(measuresOf(stream, LEFT_OF_STREAM));
      const title = unique(`${stream.from} to ${stream.to}, ${stream.category}`);
      const sentKnown = isSentKnown(result, stream);
      const known = sentKnown ? measures : unsent(measures);
      return { kind: 'stream', title, measures: stream.measured ? known : unmeasured(known) };
    }),
    ...ends.map(
      (end): MeasureGroup => ({
        kind: 'end',
        title: unique(end.name),
        measures: measuresOf(end, LEFT_OF_END),
      }),
    ),
  ];
}

/** A number with four significant digits at most. */
function numberText(value: number): string {
  return Number.isInteger(value) ? countText(value) : String(Number(value.toPrecision(4)));
}

/** A figure as people read it. */
export function figureText(value: Figure | undefined, unit: Unit): string {
  if (value === null || value === undefined) return UNKNOWN;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (unit === 'ms') return millisecondsText(value);
  if (unit === 's') return `${value.toFixed(1)} s`;
  if (unit === 'B/s') return scaledText(value, 'B/s');
  if (unit === 'bit/s') return `${countText(value)} bit/s`;
  if (unit === 'ratio') return value > 0 && value < 0.001 ? value.toExponential(2) : percentText(value);
  return numberText(value);
}
