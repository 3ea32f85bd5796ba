import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chatStreamLine, eventRecord } from '../../src/cli/chat-stream.ts';
import { chatLine, chatWords, refusalText, whoLines } from '../../src/cli/chat-text.ts';
import type { Player } from '../../src/session/player.ts';
import type { SessionEvent } from '../../src/session/session-event.ts';
import { DPNERR } from '../../src/wire/flags.ts';

const player = (name: string, isHost = false): Player => ({
  dpnid: name.length,
  name,
  version: 2,
  isHost,
  url: undefined,
  data: undefined,
});
const [ann, bob] = [player('Ann', true), player('Bobby')];
const words = chatWords(true);
const shown = (event: SessionEvent, others: readonly Player[] = []) => chatLine(event, words, others);
/** What must never reach a terminal from outside. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

describe('a conversation for people', () => {
  test('has a line for what is said, and one for everything that happens to it', () => {
    expect(shown({ type: 'chat', from: ann, text: 'hello' })).toBe('<Ann> hello');
    expect(shown({ type: 'playerJoined', player: bob })).toBe('* Bobby joined');
    expect(shown({ type: 'playerLeft', player: bob, reason: 'left' })).toBe('* Bobby left');
    expect(shown({ type: 'playerLeft', player: bob, reason: 'lost' })).toBe(
      '* Bobby is gone: its connection broke',
    );
    expect(shown({ type: 'hostMigrated', from: ann, to: bob })).toBe('* Bobby hosts now, after Ann');
    expect(shown({ type: 'joined', self: bob, host: ann }, [ann, player('Cid')])).toBe(
      '* Bobby is in, hosted by Ann, with Cid',
    );
    expect(shown({ type: 'ended', cause: 'hostLost' })).toBe('* the host is gone, and nobody takes over');
  });

  test('tells whom one cannot reach, and why that is needed', () => {
    expect(shown({ type: 'unreachable', player: bob })).toBe(
      '* no line leads from here to Bobby, and in a session all are connected to all',
    );
  });

  test('has words for every code of a refusal', () => {
    for (const code of Object.values(DPNERR)) expect(refusalText(code)).not.toMatch(/[0-9A-F]{8}/);
    expect(refusalText(0x8015_0001)).toContain('80150001');
  });

  test('lists who is here, by number and name', () => {
    expect(whoLines([ann, bob], bob.dpnid, words)).toEqual([
      '* 00000003 Ann (host)',
      '* 00000005 Bobby (you)',
    ]);
    expect(whoLines([], undefined, words)).toEqual(['* in no session']);
  });

  test('shows names and texts of others without anything that a terminal would obey', () => {
    const evil = player('\u001b]0;owned\u0007\u202eE\n* Ann hosts now');
    expect(shown({ type: 'chat', from: evil, text: '\u001b[2J\u009b31mred\r\n<Ann> I am Ann' })).toBe(
      '<?]0;owned?E?* Ann hosts now> ?[2J?31mred??<Ann> I am Ann',
    );
    expect(shown({ type: 'chat', from: ann, text: 'naïve 😀 日本' })).toBe('<Ann> naïve 😀 日本');
    expect(chatWords(false).text('naïve\u001b')).toBe('na?ve?');
    expect(words.name({ name: 'x'.repeat(100) })).toHaveLength(40);
    expect(words.name({ name: '' })).toBe('(no name)');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.boolean(), (text, unicode) => {
        const some = chatWords(unicode);
        expect(some.text(text)).not.toMatch(OBEYED);
        expect(some.name({ name: text })).not.toMatch(OBEYED);
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});

describe('a conversation for programs', () => {
  const at = new Date('2026-02-03T04:05:06.007Z');

  test('is one object a line, its type first', () => {
    expect(chatStreamLine('chat', at, eventRecord({ type: 'chat', from: ann, text: 'hello' })!)).toBe(
      '{"type":"chat","at":"2026-02-03T04:05:06.007Z","from":{"dpnid":"00000003","name":"Ann","isHost":true},"text":"hello"}',
    );
    const refused = eventRecord({
      type: 'refused',
      code: DPNERR.INVALIDPASSWORD,
      reply: Uint8Array.of(1, 0xff),
    });
    expect(refused).toEqual({ code: '80158410', reply: '01ff' });
  });

  test('has every text as it came, and no control character in its lines', () => {
    const text = 'a\u001b\u009b31m\u2028b\n';
    const line = chatStreamLine('chat', at, { text });
    expect(line).not.toMatch(/\p{Cc}|\u2028/u);
    expect((JSON.parse(line) as { text: string }).text).toBe(text);
  });
});
