/** Commands sent one after the other, each with its final result, its patience and its answer. Knows no states. */
import { type Duration, type Instant, MILLISECOND } from '../base/instant.ts';
import type { Activity } from './activity.ts';
import type { Diagnosis } from './dialer-event.ts';
import type { ResultCode } from './result-code.ts';

/** One command of a sequence. */
export interface SequenceCommand {
  /** From `AT` on, without its carriage return. */
  readonly command: string;
  /** Whether the sequence goes on after ERROR or silence. */
  readonly optional: boolean;
  readonly wait: Duration;
}

/** How a sequence ended. */
export interface SequenceResult {
  readonly answers: readonly Diagnosis[];
  /** The command that was not optional and not accepted. */
  readonly refused?: Diagnosis;
  /** Optional ones that were not accepted. */
  readonly skipped: readonly string[];
}

/** Characters kept of one answer, and of all answers of a sequence together. */
const ANSWER_MAX = 8_192;
const ANSWERS_MAX = 32_768;

/** See the head of the file. */
export class CommandSequence implements Activity<SequenceResult> {
  result: SequenceResult | undefined;
  readonly #commands: readonly SequenceCommand[];
  readonly #pause: Duration;
  readonly #answers: Diagnosis[] = [];
  readonly #skipped: string[] = [];
  #at = 0;
  #kept = 0;
  #text = '';
  #isCut = false;
  #phase: 'pause' | 'due' | 'sent' = 'pause';
  #deadline: Instant;

  /** `pause` in milliseconds stands before every command. */
  constructor(now: Instant, commands: readonly SequenceCommand[], pause: number) {
    this.#commands = commands;
    this.#pause = pause * MILLISECOND;
    this.#deadline = now + this.#pause;
    if (commands.length === 0) this.#end();
  }

  get deadline(): Instant | undefined {
    return this.#phase === 'due' || this.result !== undefined ? undefined : this.#deadline;
  }

  heard(now: Instant, code: ResultCode): void {
    // What comes before the command is sent belongs to something earlier.
    if (this.#phase !== 'sent') return;
    if (code.kind === 'ok' || code.kind === 'error') this.#answered(now, code.kind);
    else if (code.kind !== 'echo' || code.text.trim().toUpperCase() !== this.#command.command.toUpperCase())
      this.#keep(code.text);
  }

  expire(now: Instant): void {
    if (now < this.#deadline) return;
    if (this.#phase === 'pause') this.#phase = 'due';
    else if (this.#phase === 'sent') this.#answered(now, 'silent');
  }

  poll(now: Instant): string | undefined {
    if (this.#phase !== 'due' || this.result !== undefined) return undefined;
    this.#phase = 'sent';
    this.#deadline = now + this.#command.wait;
    return `${this.#command.command}\r`;
  }

  get #command(): SequenceCommand {
    return this.#commands[this.#at]!;
  }

  #keep(line: string): void {
    const room = Math.min(ANSWER_MAX - this.#text.length, ANSWERS_MAX - this.#kept - this.#text.length);
    const text = this.#text === '' ? line : `\n${line}`;
    if (text.length > room) this.#isCut = true;
    this.#text += text.slice(0, Math.max(0, room));
  }

  #answered(now: Instant, ending: 'ok' | 'error' | 'silent'): void {
    const { command, optional } = this.#command;
    const answer = {
      command,
      text: this.#text,
      ending: ending === 'ok' && this.#isCut ? ('cut' as const) : ending,
    };
    this.#answers.push(answer);
    this.#kept += this.#text.length;
    this.#text = '';
    this.#isCut = false;
    if (ending !== 'ok') this.#skipped.push(command);
    this.#at++;
    this.#phase = 'pause';
    this.#deadline = now + this.#pause;
    if (ending !== 'ok' && !optional) this.#end(answer);
    else if (this.#at === this.#commands.length) this.#end();
  }

  #end(refused?: Diagnosis): void {
    const result = { answers: this.#answers, skipped: this.#skipped };
    this.result = refused ? { ...result, refused } : result;
  }
}
