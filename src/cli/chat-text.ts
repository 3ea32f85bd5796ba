/** What happens in a conversation, as lines for people. Prints nothing. */
import { cleanText, cutText } from '../base/text-width.ts';
import type { Player } from '../session/player.ts';
import type { EndCause, PartingReason, SessionEvent } from '../session/session-event.ts';
import { DPNERR } from '../wire/flags.ts';

/** The widest that a name is shown. */
const NAME_MAX = 40;

/** Makes text of others fit to be shown. */
export interface ChatWords {
  /** A text without anything that a terminal would obey. */
  text(raw: string): string;
  /** A player's name, cut where it is long. */
  name(player: Pick<Player, 'name'>): string;
}

/** Format characters, among them those that turn the direction of writing. */
const INVISIBLE = /\p{Cf}/gu;
/** Control characters, line separators, lone surrogates, private use. */
const UNSHOWN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** The words for a terminal that shows `unicode`, or ASCII only. */
export function chatWords(unicode: boolean): ChatWords {
  const text = (raw: string): string =>
    unicode ? raw.replace(INVISIBLE, '').replace(UNSHOWN, '?') : cleanText(raw, false);
  return {
    text,
    name: ({ name }) => cutText(text(name).trim(), NAME_MAX, unicode ? '…' : '~') || '(no name)',
  };
}

/** A DPNID as /who shows it and /kick takes it. */
export function dpnidText(dpnid: number): string {
  return dpnid.toString(16).padStart(8, '0');
}

const REFUSALS: Readonly<Record<number, string>> = {
  [DPNERR.ALREADYCLOSING]: 'the host is leaving, or just taking over',
  [DPNERR.NOTHOST]: 'whoever is there does not host the session',
  [DPNERR.INVALIDINTERFACE]: 'the host wants another kind of player',
  [DPNERR.INVALIDVERSION]: 'the host speaks another version of DirectPlay',
  [DPNERR.INVALIDINSTANCE]: 'the host has another session by now',
  [DPNERR.INVALIDAPPLICATION]: 'the host runs another application',
  [DPNERR.INVALIDPASSWORD]: 'the password is wrong, or one is needed (--password)',
  [DPNERR.HOSTREJECTEDCONNECTION]: 'the session is full, or the host wants nobody',
  [DPNERR.GENERIC]: 'the host could not read who asks',
};

/** Why somebody was not let in, by its code. [MS-DPDX] 2.2.13 */
export function refusalText(code: number): string {
  return REFUSALS[code] ?? `the host gave the code ${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

const PARTINGS: Readonly<Record<PartingReason, string>> = {
  left: 'left',
  lost: 'is gone: its connection broke',
  removed: 'was removed by the host',
  unreachable: 'could not come in: somebody here and it cannot reach each other',
};

const ENDS: Readonly<Record<EndCause, string>> = {
  left: 'left the session',
  removed: 'out of the session',
  refused: 'not let in',
  unanswered: 'nobody hosts there: no answer',
  stalled: 'the host fell silent while we were joining',
  unreachable: 'not let in',
  hostLost: 'the host is gone, and nobody takes over',
  violation: 'the host did what no host does; see above',
};

/** `others` are the players whom we knew of before the event, ourselves left out. `undefined` for what only programs are told. */
export function chatLine(
  event: SessionEvent,
  words: ChatWords,
  others: readonly Player[],
): string | undefined {
  switch (event.type) {
    case 'chat':
      return `<${words.name(event.from)}> ${words.text(event.text)}`;
    case 'found':
      return `* found "${words.name(event.session)}" (${playersText(event.session.playersCurrent)})`;
    case 'joined': {
      const rest = others.filter(({ isHost }) => !isHost).map(words.name);
      const company = rest.length === 0 ? '' : `, with ${rest.join(', ')}`;
      return `* ${words.name(event.self)} is in, hosted by ${words.name(event.host)}${company}`;
    }
    case 'playerJoined':
      return `* ${words.name(event.player)} joined`;
    case 'playerLeft':
      return `* ${words.name(event.player)} ${PARTINGS[event.reason]}`;
    case 'hostMigrated':
      return `* ${words.name(event.to)} hosts now${event.from === undefined ? '' : `, after ${words.name(event.from)}`}`;
    case 'turnedAway': {
      const who = event.name === undefined ? 'somebody' : words.name({ name: event.name });
      const more = event.text === undefined ? '' : ` (${words.text(event.text)})`;
      return `* ${who} was not let in: ${refusalText(event.code)}${more}`;
    }
    case 'refused':
      return `* refused: ${refusalText(event.code)}`;
    case 'removed':
      return '* the host removed us';
    case 'unreachable': {
      const whom = event.player === undefined ? 'another player' : words.name(event.player);
      return `* no line leads from here to ${whom}, and in a session all are connected to all`;
    }
    case 'ended':
      return `* ${ENDS[event.cause]}`;
    case 'message':
      return `* ${words.name(others.find(({ dpnid }) => dpnid === event.from) ?? { name: '' })} sent ${event.payload.length} bytes that are no chat`;
    default:
      return undefined;
  }
}

function playersText(count: number): string {
  return count === 1 ? '1 player' : `${count} players`;
}

/** Who is here, a line each. */
export function whoLines(
  players: readonly Player[],
  self: number | undefined,
  words: ChatWords,
): readonly string[] {
  if (players.length === 0) return ['* in no session'];
  return players.map((player) => {
    const roles = [...(player.isHost ? ['host'] : []), ...(player.dpnid === self ? ['you'] : [])];
    return `* ${dpnidText(player.dpnid)} ${words.name(player)}${roles.length === 0 ? '' : ` (${roles.join(', ')})`}`;
  });
}
