/** Ends dialling by one byte and waits for what the modem says to it. Knows no states. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import type { Activity } from './activity.ts';
import type { ResultCode } from './result-code.ts';

/** What is given up while dialling answers within this; silence counts as given up, and is looked into afterwards. */
const ABORT_WAIT: Duration = 5 * SECOND;
/** What a modem may still say without having stopped. */
const ON_THE_WAY: ReadonlySet<string> = new Set<ResultCode['kind']>([
  'text',
  'echo',
  'ring',
  'ringing',
  'report',
  'callerId',
  'data',
]);

/** See the head of the file. It may come too late: then the modem says CONNECT. */
export class DialAbort implements Activity<'stopped' | 'connected'> {
  result: 'stopped' | 'connected' | undefined;
  deadline: Instant | undefined;
  #isDue = true;

  poll(now: Instant): string | undefined {
    if (!this.#isDue) return undefined;
    this.#isDue = false;
    this.deadline = now + ABORT_WAIT;
    return '\r';
  }

  heard(_now: Instant, { kind }: ResultCode): void {
    if (kind === 'connect') this.result = 'connected';
    else if (!ON_THE_WAY.has(kind)) this.result = 'stopped';
  }

  expire(now: Instant): void {
    if (this.deadline !== undefined && now >= this.deadline) this.result = 'stopped';
  }
}
