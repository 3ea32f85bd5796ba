/** What a typed line means: something to say, or a command. Does neither. */
import { nearest } from '../base/nearest.ts';

/** Characters (UTF-16 units) of one chat message. [MS-DPDX] 2.2.31 */
export const CHAT_LENGTH_MAX = 199;

/** What somebody wants. */
export type ChatInput =
  /** To say this, in as many messages as it takes. */
  | { readonly type: 'say'; readonly texts: readonly string[] }
  | { readonly type: 'who' | 'quit' | 'help' }
  /** The host: to remove a player. */
  | { readonly type: 'kick'; readonly name: string }
  /** To speak as another machine of this process. */
  | { readonly type: 'as'; readonly name: string }
  /** It is no command; the sentence says what is. */
  | { readonly type: 'mistake'; readonly text: string };

/** The commands, with what they do, for people. */
export const CHAT_HELP: readonly (readonly [string, string])[] = [
  ['/who', 'who is here'],
  ['/kick NAME', 'the host: removes a player, by name or by the number that /who shows'],
  ['/as NAME', 'several machines in one process: speaks as this one from now on'],
  ['/quit', 'leaves; so does the end of the input (Ctrl-D)'],
  ['/help', 'this list; //text says "/text"'],
];

const WORDS = ['who', 'kick', 'as', 'quit', 'help'];

/** Reads a typed line; `undefined` for one that is empty. */
export function readChatInput(line: string): ChatInput | undefined {
  const said = speakable(line);
  if (said === '') return undefined;
  if (!said.startsWith('/')) return { type: 'say', texts: pieces(said) };
  if (said.startsWith('//')) return { type: 'say', texts: pieces(said.slice(1)) };
  const [, word = '', rest = ''] = /^\/(\S*)\s*(.*)$/.exec(said) ?? [];
  const name = rest.trim();
  if (word === 'kick' || word === 'as') {
    return name === '' ? { type: 'mistake', text: `/${word}: a name is needed` } : { type: word, name };
  }
  if ((word === 'who' || word === 'quit' || word === 'help') && name === '') return { type: word };
  const guess = WORDS.includes(word) ? undefined : nearest(word, WORDS);
  const hint = guess === undefined ? '/help lists them' : `did you mean /${guess}?`;
  return { type: 'mistake', text: `/${word}${name === '' ? '' : ` ${name}`} is no command; ${hint}` };
}

/** A line without what a terminal would obey and what would end the text early: a null does. */
function speakable(line: string): string {
  return line.replace(/\p{Cc}+/gu, ' ').trimEnd();
}

/** A text in pieces of at most {@link CHAT_LENGTH_MAX}, at spaces where there are any, never within a surrogate pair. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > CHAT_LENGTH_MAX) {
    const space = rest.lastIndexOf(' ', CHAT_LENGTH_MAX);
    const isPair = /[\ud800-\udbff]/.test(rest[CHAT_LENGTH_MAX - 1]!);
    const end = space > 0 ? space : CHAT_LENGTH_MAX - (isPair ? 1 : 0);
    found.push(rest.slice(0, end));
    rest = rest.slice(end).replace(/^ +/, '');
  }
  if (rest !== '') found.push(rest);
  return found;
}
