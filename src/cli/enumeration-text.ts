/** Sessions that were found, as a table for people and as a document for programs. Prints nothing. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { cleanText, fitText, textWidth } from '../base/text-width.ts';
import type { Endpoint } from '../session/endpoint.ts';
import type { EnumerationCounters, FoundSession } from '../session/enumerator.ts';
import { glyphsFor } from '../view/choose.ts';
import { DXDIAG_APPLICATION_GUID } from '../wire/guid.ts';

/** The widest that a cell of the table is. */
const CELL_MAX = 40;

/** What an enumeration came to. */
export interface EnumerationOutcome {
  readonly asked: readonly Endpoint[];
  readonly elapsed: Duration;
  readonly sessions: readonly FoundSession[];
  readonly counters: EnumerationCounters;
}

/** Where somebody is asked or answers: the address, or the line where that is one. */
export function placeText({ line, address }: Endpoint): string {
  return address === '' ? line : address;
}

const HEADINGS = ['SESSION', 'PLAYERS', 'ROUND TRIP', 'ANSWERS', 'REMARKS', 'WHERE'] as const;

/** The table, a line per session, with its headings; empty without sessions. */
export function enumerationTable(sessions: readonly FoundSession[], env: NodeJS.ProcessEnv): string {
  if (sessions.length === 0) return '';
  const { unicode, ellipsis } = glyphsFor(env);
  const rows = sessions.map((session) => cells(session, unicode));
  const widths = HEADINGS.map((heading, column) =>
    Math.min(CELL_MAX, Math.max(heading.length, ...rows.map((row) => textWidth(row[column]!)))),
  );
  return [HEADINGS, ...rows]
    .map((row) => row.map((cell, column) => fitText(cell, widths[column]!, 'left', ellipsis)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function cells(session: FoundSession, unicode: boolean): string[] {
  const { playersCurrent, playersMax, roundTrip, answers } = session;
  const ms = (duration: Duration): string => (duration / MILLISECOND).toFixed(1);
  const spread = answers > 1 ? ` (${ms(roundTrip.least)} to ${ms(roundTrip.most)})` : '';
  return [
    session.name === '' ? '(no name)' : cleanText(session.name, unicode),
    playersMax === 0 ? `${playersCurrent}` : `${playersCurrent} of ${playersMax}`,
    `${ms(roundTrip.last)} ms${spread}`,
    `${answers}`,
    remarks(session).join(', ') || '-',
    placeText(session.endpoint),
  ];
}

function remarks({
  needsPassword,
  playersCurrent,
  playersMax,
  mayMigrate,
  application,
}: FoundSession): string[] {
  return [
    ...(needsPassword ? ['password'] : []),
    ...(playersMax !== 0 && playersCurrent >= playersMax ? ['full'] : []),
    ...(mayMigrate ? [] : ['ends with its host']),
    ...(application === DXDIAG_APPLICATION_GUID ? [] : ['another application']),
  ];
}

/** The document of `--json`. */
export function enumerationDocument({ asked, elapsed, sessions, counters }: EnumerationOutcome): object {
  return {
    schema: 'dplink/enumeration/1',
    asked: asked.map(placeText),
    durationSeconds: round(elapsed, SECOND),
    ...counters,
    sessions: sessions.map((session) => ({
      name: session.name,
      instance: session.instance,
      application: session.application,
      where: placeText(session.endpoint),
      players: session.playersCurrent,
      playersMax: session.playersMax === 0 ? null : session.playersMax,
      needsPassword: session.needsPassword,
      mayMigrate: session.mayMigrate,
      flags: session.flags,
      answers: session.answers,
      roundTripMs: {
        last: round(session.roundTrip.last, MILLISECOND),
        min: round(session.roundTrip.least, MILLISECOND),
        max: round(session.roundTrip.most, MILLISECOND),
      },
    })),
  };
}

/** In thousandths of the unit. */
function round(instant: Instant, unit: Duration): number {
  return Math.round((instant * 1_000) / unit) / 1_000;
}
