/** Lines that come in by standard input, from a keyboard or a pipe, and lines that go out beside a half-typed one. Understands none. */
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import type { Console } from './console.ts';

/** Characters of a line that no line end ended; what is longer comes in pieces. */
const LINE_LENGTH_MAX = 65_536;
/** Lines that wait unread; then the pipe is held. */
const WAITING_MAX = 64;

/** What is typed. */
export interface TypedLines {
  /** The next line that waits, without its end. */
  next(): string | undefined;
  /** Whether it comes from a pipe or a file, and nobody sees what is answered. */
  readonly isPipe: boolean;
  /** Whether no more will come, and nothing waits. */
  readonly isOver: boolean;
  /** Writes a line to standard output; what is being typed stays below it. */
  print(line: string): void;
  close(): void;
}

/** Reads standard input; `moved` is called when there may be something new, `interrupted` for Ctrl-C where the keyboard does not make it a signal. */
export function typedLines(console: Console, moved: () => void, interrupted: () => void): TypedLines {
  const isTerminal = console.stdin.isTTY === true && console.stdout.isTTY === true;
  return isTerminal && console.env.TERM !== 'dumb'
    ? new Keyboard(console, moved, interrupted)
    : new Pipe(console, moved);
}

/** Lines of a keyboard, edited before they are sent. */
class Keyboard implements TypedLines {
  readonly #console: Console;
  readonly #interface: Interface;
  readonly #waiting: string[] = [];
  readonly isPipe = false;
  #isEnded = false;
  #isClosed = false;

  constructor(console: Console, moved: () => void, interrupted: () => void) {
    this.#console = console;
    const { stdin: input, stdout: output } = console;
    this.#interface = createInterface({ input, output, prompt: '> ', historySize: 100 });
    this.#interface.on('line', (line) => {
      this.#waiting.push(line);
      if (!this.#isClosed) this.#interface.prompt();
      moved();
    });
    this.#interface.on('SIGINT', interrupted);
    this.#interface.on('close', () => {
      this.#isEnded = true;
      moved();
    });
    this.#interface.prompt();
  }

  next(): string | undefined {
    return this.#waiting.shift();
  }

  get isOver(): boolean {
    return this.#isEnded && this.#waiting.length === 0;
  }

  print(line: string): void {
    const { stdout } = this.#console;
    if (this.#isClosed || this.#isEnded) {
      stdout.write(`${line}\n`);
      return;
    }
    cursorTo(stdout, 0);
    clearLine(stdout, 0);
    stdout.write(`${line}\n`);
    this.#interface.prompt(true);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { stdout } = this.#console;
    cursorTo(stdout, 0);
    clearLine(stdout, 0);
    this.#interface.close();
  }
}

/** Lines of a pipe or a file. */
class Pipe implements TypedLines {
  readonly isPipe: boolean;
  readonly #console: Console;
  readonly #waiting: string[] = [];
  readonly #decoder = new TextDecoder();
  readonly #moved: () => void;
  #rest = '';
  #isEnded = false;

  constructor(console: Console, moved: () => void) {
    this.#console = console;
    this.#moved = moved;
    const { stdin } = console;
    this.isPipe = stdin.isTTY !== true;
    stdin.on('data', this.#data);
    stdin.on('end', this.#end);
    stdin.on('error', this.#end);
  }

  next(): string | undefined {
    const line = this.#waiting.shift();
    if (this.#waiting.length < WAITING_MAX && !this.#isEnded) this.#console.stdin.resume();
    return line;
  }

  get isOver(): boolean {
    return this.#isEnded && this.#waiting.length === 0;
  }

  print(line: string): void {
    this.#console.stdout.write(`${line}\n`);
  }

  close(): void {
    const { stdin } = this.#console;
    stdin.off('data', this.#data);
    stdin.off('end', this.#end);
    stdin.off('error', this.#end);
    // A pipe that nobody closes must not keep the process.
    stdin.destroy();
  }

  readonly #data = (chunk: Buffer | string): void => {
    this.#rest += typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true });
    const lines = this.#rest.split(/\r?\n/);
    this.#rest = lines.pop()!;
    while (this.#rest.length > LINE_LENGTH_MAX) {
      lines.push(this.#rest.slice(0, LINE_LENGTH_MAX));
      this.#rest = this.#rest.slice(LINE_LENGTH_MAX);
    }
    for (const line of lines) this.#waiting.push(line);
    if (this.#waiting.length >= WAITING_MAX) this.#console.stdin.pause();
    if (lines.length > 0) this.#moved();
  };

  readonly #end = (): void => {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#rest += this.#decoder.decode();
    if (this.#rest !== '') this.#waiting.push(this.#rest);
    this.#moved();
  };
}
