/** The conformance ledger: which rows of the specification are covered by a test, departed from, or open. Prints nothing. */
import { read } from '../tidy/masked-source.ts';
import type { Specification } from './specification.ts';
import type { TitledTest } from './test-titles.ts';

/** How binding a row is. */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY' | 'FACT';

/** One statement of the specification: a line of requirements.json. */
export interface Row {
  readonly id: string;
  readonly section: string;
  readonly level: Level;
  readonly area: string;
  /** Which carriers it concerns. */
  readonly applies: 'all' | 'serial' | 'udp';
  readonly text: string;
  /** How it can be observed. */
  readonly test: string;
}

/** A row that dplink knowingly does not follow: a line of departures.json. */
export interface Departure {
  readonly id: string;
  readonly reason: string;
  /** The ambiguity that leaves room for it; demanded for MUST and MUST NOT. */
  readonly ambiguity?: string;
}

/** One area that counts as done: a line of areas.json. */
export interface DoneArea {
  readonly area: string;
  /** Rows of it that cannot be shown before something else is built, each with that reason. */
  readonly later: Readonly<Record<string, string>>;
}

/** Everything a report is made from. */
export interface LedgerInput {
  readonly rows: readonly Row[];
  readonly departures: readonly Departure[];
  readonly done: readonly DoneArea[];
  readonly specification: Specification;
  readonly tests: readonly TitledTest[];
}

/** Where a row stands. `later` and `outside` (a MAY) are never demanded. */
export type Standing = 'covered' | 'departed' | 'open' | 'later' | 'outside';

/** The ledger, worked out. */
export interface Ledger {
  readonly standing: ReadonlyMap<string, Standing>;
  /** Why the ledger does not hold; empty when it does. */
  readonly problems: readonly string[];
}

/** Whether a row can be demanded: a MAY cannot. */
function demandable(row: Row): boolean {
  return row.level !== 'MAY';
}

/** The rows of requirements.json. */
export function readRows(): readonly Row[] {
  return JSON.parse(read('test/conformance/requirements.json')) as Row[];
}

/** The departures of departures.json. */
export function readDepartures(): readonly Departure[] {
  return JSON.parse(read('test/conformance/departures.json')) as Departure[];
}

/** The done areas of areas.json. */
export function readDoneAreas(): readonly DoneArea[] {
  return JSON.parse(read('test/conformance/areas.json')) as DoneArea[];
}

/** What is wrong with the list of departures. */
function departureProblems(input: LedgerInput, covered: ReadonlySet<string>): string[] {
  const rows = new Map(input.rows.map((row) => [row.id, row]));
  return input.departures.flatMap(({ id, reason, ambiguity }) => {
    const row = rows.get(id);
    if (!row) return [`departures.json: there is no row ${id}`];
    const problems: string[] = [];
    if (reason.trim() === '') problems.push(`departures.json: ${id} has no reason`);
    if (row.level.startsWith('MUST') && ambiguity === undefined) {
      problems.push(
        `departures.json: ${id} is a ${row.level}; it needs the ambiguity that leaves room for it`,
      );
    }
    if (ambiguity !== undefined && !(ambiguity in input.specification.ambiguities)) {
      problems.push(`departures.json: ${id}: there is no ambiguity ${ambiguity}`);
    }
    if (covered.has(id)) problems.push(`departures.json: ${id} is a departure and yet a test says it holds`);
    return problems;
  });
}

/** What is wrong with the list of done areas. */
function areaProblems(input: LedgerInput, covered: ReadonlySet<string>): string[] {
  const rows = new Map(input.rows.map((row) => [row.id, row]));
  return input.done.flatMap(({ area, later }) => {
    const problems: string[] = [];
    if (!input.rows.some((row) => row.area === area)) problems.push(`areas.json: there is no area ${area}`);
    for (const [id, reason] of Object.entries(later)) {
      if (rows.get(id)?.area !== area) problems.push(`areas.json: ${id} is no row of ${area}`);
      else if (covered.has(id)) problems.push(`areas.json: ${id} is covered now; it is no longer later`);
      if (reason.trim() === '') problems.push(`areas.json: ${id} has no reason`);
    }
    return problems;
  });
}

/** Works out where every row stands and what is wrong. */
export function workOut(input: LedgerInput): Ledger {
  const ids = new Set(input.rows.map((row) => row.id));
  const problems: string[] = [];
  const covered = new Set<string>();
  for (const { path, line, ids: named, runs } of input.tests) {
    for (const id of named) {
      if (!ids.has(id)) problems.push(`${path}:${line}: the ledger has no row ${id}`);
      else if (runs) covered.add(id);
    }
  }
  problems.push(...departureProblems(input, covered), ...areaProblems(input, covered));
  const departed = new Set(input.departures.map((departure) => departure.id));
  const later = new Set(input.done.flatMap((area) => Object.keys(area.later)));
  const done = new Set(input.done.map((area) => area.area));
  const standing = new Map<string, Standing>();
  for (const row of input.rows) {
    const place: Standing = covered.has(row.id)
      ? 'covered'
      : departed.has(row.id)
        ? 'departed'
        : !demandable(row)
          ? 'outside'
          : later.has(row.id)
            ? 'later'
            : 'open';
    standing.set(row.id, place);
    if (place === 'open' && done.has(row.area)) {
      problems.push(`${row.id} (${row.level}, ${row.area}): no test and no departure. ${row.text}`);
    }
  }
  return { standing, problems };
}
