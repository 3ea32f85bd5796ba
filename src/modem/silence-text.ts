/** What is to be said of a modem that does not answer AT. Text only. */
import type { CommandStateResult } from './command-state.ts';

/** Characters of what came instead that are repeated. */
const STRAY_MAX = 60;

/** The cause in words: what came instead of an answer, of `received` bytes in all. */
export function silenceText({ stray, isEcho }: CommandStateResult, received: number): string {
  if (stray !== undefined) return `no answer to AT, only text that is none: "${stray.slice(0, STRAY_MAX)}"`;
  if (isEcho) return 'no answer to AT but its echo: a modem that is busy, or no modem but a loop';
  if (received === 0) return 'no answer to AT, nothing came at all: is the modem on, and is this its port?';
  return `no answer to AT, only ${received} bytes that are no text: is the rate of the port right?`;
}
