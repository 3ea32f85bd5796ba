/** Where a conversation is shown: plain lines for people, or JSON lines for programs. Decides nothing. */
import type { Player } from '../session/player.ts';
import type { SessionEvent } from '../session/session-event.ts';
import { glyphsFor } from '../view/choose.ts';
import { chatStreamLine, eventRecord, playerRecords } from './chat-stream.ts';
import { type ChatWords, chatLine, chatWords, whoLines } from './chat-text.ts';
import type { Console } from './console.ts';

/** Violations that are told one by one; the rest is only counted. */
const VIOLATIONS_TOLD_MAX = 5;

/** How a conversation is shown. */
export interface ChatOutputOptions {
  readonly console: Console;
  readonly isStream: boolean;
  /** Whether several machines talk in this process: every line then says whose it is. */
  readonly isShared: boolean;
  /** Writes a line to standard output. */
  readonly print: (line: string) => void;
}

/** See the head of the file. */
export class ChatOutput {
  readonly words: ChatWords;
  readonly #options: ChatOutputOptions;
  #violations = 0;

  constructor(options: ChatOutputOptions) {
    this.#options = options;
    const { stdout, env } = options.console;
    // A file or a pipe shows nothing: it keeps.
    this.words = chatWords(stdout.isTTY !== true || glyphsFor(env).unicode);
  }

  /** What happened to `machine`; `others` are the players that it knew of before. */
  event(machine: string, event: SessionEvent, others: readonly Player[]): void {
    if (event.type === 'violation') this.#violation(event);
    if (this.#options.isStream) {
      const record = eventRecord(event);
      if (record !== undefined) this.#stream(event.type, machine, record);
      return;
    }
    const line = chatLine(event, this.words, others);
    if (line !== undefined) this.#print(machine, line);
  }

  /** Something that only people need to be told, as it is. */
  note(machine: string, text: string): void {
    if (this.#options.isStream) this.#stream('note', machine, { text });
    else this.#print(machine, `* ${text}`);
  }

  /** `machine` said something that went to so many. */
  said(machine: string, text: string, to: number): void {
    if (this.#options.isStream) this.#stream('said', machine, { text, to });
    else if (to === 0) this.#print(machine, '* nobody else is here: not sent');
  }

  /** Who is in the session. */
  who(machine: string, players: readonly Player[], self: number | undefined): void {
    if (this.#options.isStream) this.#stream('players', machine, { players: playerRecords(players) });
    else for (const line of whoLines(players, self, this.words)) this.#print(machine, line);
  }

  /** A line is gone for good. */
  lineLost(machine: string, line: string, text: string): void {
    if (this.#options.isStream) this.#stream('lineLost', machine, { line, text });
    this.complain(text);
  }

  /** A warning or a fault, to standard error. */
  complain(text: string): void {
    this.#options.console.stderr.write(`dplink: ${text}\n`);
  }

  #violation({ endpoint, section, text }: Extract<SessionEvent, { type: 'violation' }>): void {
    if (this.#violations++ >= VIOLATIONS_TOLD_MAX) return;
    const place = endpoint.address === '' ? endpoint.line : endpoint.address;
    this.complain(`${place}: against ${section}: ${this.words.text(text)}`);
  }

  #print(machine: string, line: string): void {
    this.#options.print(this.#options.isShared ? `[${machine}] ${line}` : line);
  }

  #stream(type: string, machine: string, value: object): void {
    const whose = this.#options.isShared ? { machine } : {};
    this.#options.print(chatStreamLine(type, new Date(), { ...whose, ...value }));
  }
}
