/** What an emulated modem says and when it keeps silent: results, answers, what a call runs with. Decides nothing about calls. */
import { PROGRESS_LEVELS } from './command-table.ts';
import type { LineTerms } from './line-terms.ts';
import type { ModemMemory } from './modem-memory.ts';
import type { PortSide } from './port-side.ts';
import { answerBytes, type ResultSpelling, resultBytes } from './result-writer.ts';
import type { CallerNumber } from './telephone-line.ts';

/** Called for every result; `said` is false where Q1 keeps it back. */
export type ResultListener = (text: string, said: boolean) => void;

/** Speaks to the port. */
export class ModemSpeech {
  readonly #memory: ModemMemory;
  readonly #port: PortSide;
  readonly #spelling: ResultSpelling;
  readonly #listener: ResultListener;

  constructor(memory: ModemMemory, port: PortSide, spelling: ResultSpelling, listener: ResultListener) {
    this.#memory = memory;
    this.#port = port;
    this.#spelling = spelling;
    this.#listener = listener;
  }

  /** A result code, by its usual text. */
  result(text: string): void {
    const said = this.#memory.setting('Q') === 0;
    if (said) this.#port.say(resultBytes(text, this.#memory, this.#spelling));
    this.#listener(text, said);
  }

  /** The lines of an answer. */
  lines(lines: readonly string[]): void {
    this.#port.say(answerBytes(lines, this.#memory));
  }

  /** Who calls, where that was asked for. */
  caller({ date, time, number, name }: CallerNumber): void {
    if (this.#memory.field('+VCID') === 0) return;
    const lines = [`DATE = ${date}`, `TIME = ${time}`, `NMBR = ${number}`];
    this.lines(name === '' ? lines : [...lines, `NAME = ${name}`]);
  }

  /** What is said of a call before CONNECT, as W, +MR, +ER, +DR and +ILRR ask. */
  terms({ rate, modulation, corrected, compressed }: LineTerms, portRate: number): void {
    const memory = this.#memory;
    if (memory.setting('W') === 1) {
      this.result(`CARRIER ${rate}`);
      this.result(`PROTOCOL: ${corrected ? 'LAPM' : 'NONE'}`);
      this.result(`COMPRESSION: ${compressed ? 'V.42BIS' : 'NONE'}`);
    }
    if (memory.field('+MR') === 1) {
      this.result(`+MCR: ${modulation}`);
      this.result(`+MRR: ${rate}`);
    }
    if (memory.field('+ER') === 1) this.result(`+ER: ${corrected ? 'LAPM' : 'NONE'}`);
    if (memory.field('+DR') === 1) this.result(`+DR: ${compressed ? 'V42B' : 'NONE'}`);
    if (memory.field('+ILRR') === 1) this.result(`+ILRR: ${portRate}`);
  }

  /** CONNECT, with as much behind it as X, W and \V ask. */
  connect(terms: LineTerms, portRate: number): void {
    const memory = this.#memory;
    if (!PROGRESS_LEVELS[memory.setting('X')]?.connectRate) {
      this.result('CONNECT');
      return;
    }
    const rate = memory.setting('W') === 2 ? terms.rate : portRate;
    const { modulation, corrected, compressed } = terms;
    const names = [corrected && 'ARQ', modulation, corrected && 'LAPM', compressed && 'V42BIS'].filter(
      Boolean,
    );
    this.result(`CONNECT ${rate}${memory.setting('\\V') === 1 ? `/${names.join('/')}` : ''}`);
  }
}
