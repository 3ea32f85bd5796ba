/** What the operator, or the profile, does to the near end's port and traffic: marks, breaks, control lines, traffic. Draws nothing. */
import type { ModemLines } from '../base/modem-lines.ts';
import type { Clock } from '../port/clock.ts';
import type { JournalEntry } from '../soak/sample.ts';
import type { LineAction } from '../view/keys.ts';
import type { LocalEnd } from './local-end.ts';

/** How long a break from the keyboard lasts, in milliseconds. */
const BREAK_MS = 250;

/** Carries out the actions at one end; what came of each stands in the journal. */
export class LineControls {
  readonly #end: LocalEnd;
  readonly #clock: Clock;
  #marks = 0;

  constructor(end: LocalEnd, clock: Clock) {
    this.#end = end;
    this.#clock = clock;
  }

  /** Does `action` now. */
  async act(action: LineAction): Promise<void> {
    switch (action) {
      case 'mark':
        this.#marks++;
        this.#note('mark', { number: this.#marks });
        break;
      case 'cut':
        this.#note(this.#end.hold() ? 'trafficCut' : 'trafficResumed');
        break;
      case 'break':
        this.#note('breakSent', (await this.#end.port.sendBreak(BREAK_MS)) ? { ms: BREAK_MS } : NOT_HERE);
        break;
      default:
        await this.#toggle(action);
    }
  }

  /** Does what a fault of the profile asks of the port: the rest is the end's own affair. */
  async inject({ event, fault, forMs }: JournalEntry): Promise<void> {
    const begins = event === 'faultBegan';
    const { port, engine } = this.#end;
    let isDone = true;
    if (fault === 'break') isDone = !begins || (await port.sendBreak(Number(forMs)));
    else if (fault === 'dtr' || fault === 'rts') isDone = await port.setLines({ [fault]: !begins });
    if (isDone || !begins) return;
    engine.faults.refuse(fault);
    this.#note('faultRefused', { fault, ...NOT_HERE }, 'profile');
  }

  async #toggle(line: keyof ModemLines & ('dtr' | 'rts')): Promise<void> {
    const { port } = this.#end;
    const lines = await port.modemLines();
    const on = lines !== null && !lines[line];
    const isSet = lines !== null && (await port.setLines({ [line]: on }));
    this.#note(`${line}Switched`, isSet ? { to: on ? 'on' : 'off' } : NOT_HERE);
  }

  #note(event: string, details: Readonly<Record<string, unknown>> = {}, by = 'operator'): void {
    this.#end.engine.note(this.#clock.now(), event, { ...details, by });
    this.#end.wake();
  }
}

/** What stands in the journal where the port cannot do it. */
const NOT_HERE = { text: 'this port has no such line' };
