/** What happens at an emulated exchange, as one line each for people. Prints nothing. */
import { durationText } from '../base/duration-text.ts';
import { SECOND } from '../base/instant.ts';
import { countText } from '../base/quantity.ts';
import type { DirectionCounts } from '../modem/call-direction.ts';
import type { ModemEvent } from '../modem/emulated-modem-options.ts';
import type { CallEvent, ExchangeEvent } from '../modem/exchange-event.ts';
import type { CallOutcome } from '../modem/exchange-options.ts';

const OUTCOMES: Readonly<Record<CallOutcome, string>> = {
  'no-dial-tone': 'no dial tone',
  'line-in-use': 'somebody else is on the line',
  busy: 'busy',
  'no-answer': 'nobody will answer',
  reject: 'rejected',
  voice: 'a person answers',
  fax: 'a fax answers',
  unobtainable: 'nobody has this number',
  'no-carrier': 'the modems do not come together',
};

const CLEARED: Readonly<Record<'caller' | 'called' | 'line', string>> = {
  caller: 'the caller hung up',
  called: 'the called modem hung up',
  line: 'the line broke it off',
};

/** The line for an event; `undefined` for what only `verbose` shows. */
export function exchangeText({ at, ...what }: ExchangeEvent, verbose: boolean): string | undefined {
  const text = 'call' in what ? callText(what.event) : modemText(what.event, verbose);
  if (text === undefined) return undefined;
  const who = 'call' in what ? `call ${what.call}` : what.modem;
  return `${(at / SECOND).toFixed(3).padStart(10)}  ${who}  ${text}`;
}

function callText(event: CallEvent): string {
  switch (event.type) {
    case 'offHook':
      return `${event.from} is off hook`;
    case 'dialled':
      return `${event.from} dials ${event.to}`;
    case 'ringing':
      return `${event.to} rings (${event.count})`;
    case 'answered':
      return `${event.to} answers ${event.from}`;
    case 'connected': {
      const { rate, modulation, corrected, compressed } = event.terms;
      const with_ = [`${rate} bit/s`, modulation, corrected ? 'LAPM' : 'no error correction'];
      return `connected: ${[...with_, ...(compressed ? ['V.42bis'] : [])].join(', ')}`;
    }
    case 'failed':
      return OUTCOMES[event.outcome];
    case 'carrierLost':
      return `carrier lost ${event.for === null ? 'for good' : `for ${durationText(event.for)}`}`;
    case 'carrierBack':
      return 'carrier back';
    case 'retrain':
      return `retrain to ${event.rate} bit/s`;
    case 'noise':
      return `bit error ratio ${event.bitErrorRatio}`;
    case 'cleared':
      return clearedText(event);
  }
}

function clearedText({ by, lasted, passed }: CallEvent & { type: 'cleared' }): string {
  if (lasted === null || passed === null) return CLEARED[by];
  const [there, back] = passed;
  const bytes = `${countText(there.bytes)} bytes there, ${countText(back.bytes)} back`;
  return `${CLEARED[by]} after ${(lasted / SECOND).toFixed(1)} s: ${bytes}${troubleText(there, back)}`;
}

function troubleText(there: DirectionCounts, back: DirectionCounts): string {
  const sum = (key: keyof DirectionCounts): number => there[key] + back[key];
  const parts = [
    [sum('damaged'), 'bytes damaged'],
    [sum('vanished'), 'bytes vanished'],
    [sum('resent'), 'frames sent again'],
  ] as const;
  return parts.flatMap(([count, words]) => (count === 0 ? [] : [`, ${countText(count)} ${words}`])).join('');
}

function modemText(event: ModemEvent, verbose: boolean): string | undefined {
  if (!verbose) return undefined;
  switch (event.type) {
    case 'command':
      return `hears ${event.text}`;
    case 'result':
      return event.said ? `says ${event.text}` : `does not say ${event.text} (Q1)`;
    case 'escape':
      return 'found the escape in the data';
    case 'overflow':
      return `lost ${event.bytes} bytes from the ${event.from}: its buffer is full`;
  }
}
