/** A dial string as what a modem does one after the other, and how long each takes. Dials nothing. */
import { type Duration, MILLISECOND, SECOND } from '../base/instant.ts';

/** One thing that a modem does while dialling. */
export type DialStep =
  | { readonly kind: 'digit'; readonly digit: string; readonly takes: Duration }
  | { readonly kind: 'pause'; readonly takes: Duration }
  /** W: a dial tone must come. */
  | { readonly kind: 'awaitDialTone' }
  /** @: ringing and then silence must come. */
  | { readonly kind: 'awaitSilence' };

/** What a dial string comes to. */
export interface DialPlan {
  readonly steps: readonly DialStep[];
  /** The digits, as the exchange will hear them. */
  readonly number: string;
  /** A semicolon at the end: back to commands instead of waiting for carrier. */
  readonly stays: boolean;
}

/** What the registers and settings say about dialling. */
export interface DialSettings {
  readonly pulse: boolean;
  /** S8. */
  readonly pauseSeconds: number;
  /** S11. */
  readonly toneMilliseconds: number;
}

/** Ten pulses a second; between digits a pause. */
const PULSE: Duration = 100 * MILLISECOND;
const BETWEEN_PULSED: Duration = 800 * MILLISECOND;
const FLASH: Duration = 500 * MILLISECOND;
const SHORT_PAUSE: Duration = 125 * MILLISECOND;

/** The steps of `text` (what stands behind ATD). Characters that mean nothing are passed over, as V.250 asks. */
export function planDial(text: string, settings: DialSettings): DialPlan {
  const steps: DialStep[] = [];
  let pulse = settings.pulse;
  for (const character of text.toUpperCase()) {
    if (character === 'T') pulse = false;
    else if (character === 'P') pulse = true;
    else {
      const step = stepOf(character, pulse, settings);
      if (step) steps.push(step);
    }
  }
  const number = steps.map((step) => (step.kind === 'digit' ? step.digit : '')).join('');
  return { steps, number, stays: text.endsWith(';') };
}

function stepOf(character: string, pulse: boolean, settings: DialSettings): DialStep | undefined {
  switch (character) {
    case ',':
      return { kind: 'pause', takes: settings.pauseSeconds * SECOND };
    case '/':
      return { kind: 'pause', takes: SHORT_PAUSE };
    case '!':
      return { kind: 'pause', takes: FLASH };
    case 'W':
      return { kind: 'awaitDialTone' };
    case '@':
      return { kind: 'awaitSilence' };
  }
  if (/\d/.test(character) && pulse) {
    const pulses = character === '0' ? 10 : Number(character);
    return { kind: 'digit', digit: character, takes: pulses * PULSE + BETWEEN_PULSED };
  }
  // Star, hash and A to D have no pulses.
  if (!/[\d*#A-D]/.test(character) || pulse) return undefined;
  return { kind: 'digit', digit: character, takes: 2 * settings.toneMilliseconds * MILLISECOND };
}
