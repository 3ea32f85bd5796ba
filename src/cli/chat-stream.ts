/** What happens in a conversation, as one JSON object a line for programs. Prints nothing. */
import type { Player } from '../session/player.ts';
import type { SessionEvent } from '../session/session-event.ts';
import { dpnidText } from './chat-text.ts';

/** A player for programs. */
function playerRecord({ dpnid, name, isHost, url }: Player): object {
  return { dpnid: dpnidText(dpnid), name, isHost, ...(url === undefined ? {} : { url }) };
}

/** Players for programs. */
export function playerRecords(players: readonly Player[]): readonly object[] {
  return players.map(playerRecord);
}

/**
 * An object as one line: `type` first, `at` (RFC 3339) second. Control characters beyond ASCII's, which JSON lets through
 * and terminals obey, are escaped like the others.
 */
export function chatStreamLine(type: string, at: Date, value: object): string {
  const text = JSON.stringify({ type, at: at.toISOString(), ...value });
  return text.replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What a program is told of an event beside its type; `undefined` for what happens all the time. */
export function eventRecord(event: SessionEvent): object | undefined {
  switch (event.type) {
    case 'hosting':
      return { self: playerRecord(event.self) };
    case 'joined':
      return { self: playerRecord(event.self), host: playerRecord(event.host) };
    case 'found': {
      const { name, instance, playersCurrent, playersMax, needsPassword, mayMigrate } = event.session;
      return { name, instance, players: playersCurrent, playersMax, needsPassword, mayMigrate };
    }
    case 'refused':
      return { code: codeText(event.code), reply: hex(event.reply) };
    case 'unreachable':
      return { player: event.player === undefined ? null : playerRecord(event.player) };
    case 'ended':
      return { cause: event.cause };
    case 'playerJoined':
      return { player: playerRecord(event.player) };
    case 'playerLeft':
      return { player: playerRecord(event.player), reason: event.reason };
    case 'removed':
      return { data: hex(event.data) };
    case 'hostMigrated':
      return {
        from: event.from === undefined ? null : playerRecord(event.from),
        to: playerRecord(event.to),
      };
    case 'turnedAway':
      return { name: event.name ?? null, code: codeText(event.code), text: event.text ?? null };
    case 'chat':
      return { from: playerRecord(event.from), text: event.text };
    case 'message': {
      const { from, payload, reliable, sequential } = event;
      return { from: dpnidText(from), payload: hex(payload), reliable, sequential };
    }
    case 'connection':
      return {
        line: event.endpoint.line,
        address: event.endpoint.address,
        dpnid: event.dpnid === undefined ? null : dpnidText(event.dpnid),
        open: event.open,
      };
    case 'violation':
      return { section: event.section, text: event.text, line: event.endpoint.line };
    default:
      return undefined;
  }
}

function codeText(code: number): string {
  return code.toString(16).toUpperCase().padStart(8, '0');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
