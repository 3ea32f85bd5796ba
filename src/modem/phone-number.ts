/** Telephone numbers as a dial command takes them: checked, stripped, and how long dialling one takes. Dials nothing. */
import { type Duration, SECOND } from '../base/instant.ts';

/** How a number is dialled; `plain` leaves it to the modem. */
export const DIALLING = ['tone', 'pulse', 'plain'] as const;
export type Dialling = (typeof DIALLING)[number];

/** What a number may be, for messages. */
export const NUMBER_EXPECTED =
  'a telephone number: digits, * # + A-D, blanks ( ) - . between them, pauses , and waits W @ ! (or an address such as 127.0.0.1:2323 for an emulated modem)';

/** Modems hold 36 to 80 characters of a dial string. */
const NUMBER_LENGTH_MAX = 80;

/** What one tone digit, one pulse digit and one pause take at most. */
const TONE: Duration = 0.25 * SECOND;
const PULSE: Duration = 1.8 * SECOND;
const PAUSE: Duration = 2 * SECOND;
/** A wait for a second dial tone (W) or for silence (@) ends by itself after this. */
const WAIT: Duration = 30 * SECOND;

/**
 * The number as it stands behind ATD, without blanks, brackets and other marks for the eye; `undefined` when it is not
 * {@link NUMBER_EXPECTED}. A semicolon is refused: with it the modem would dial and not connect.
 */
export function dialString(number: string): string | undefined {
  const text = number.trim();
  if (text.length > NUMBER_LENGTH_MAX) return undefined;
  // Emulated modems dial hosts; such a number is no telephone's and is left as it is.
  if (/^\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?$/.test(text)) return text;
  const bare = text.replaceAll(/[ ().-]/g, '').toUpperCase();
  return /^(?=.*[\dA-D*#])[\dA-DTPW+*#,@!&/]+$/.test(bare) ? bare : undefined;
}

/** The dial command for a string that {@link dialString} gave, without its carriage return. */
export function dialCommand(dialled: string, how: Dialling): string {
  return `ATD${how === 'tone' ? 'T' : how === 'pulse' ? 'P' : ''}${dialled}`;
}

/** The longest that dialling may take before the modem begins to wait for carrier, in microseconds. */
export function diallingTime(dialled: string, how: Dialling): Duration {
  let time = 0;
  let isPulse = how === 'pulse';
  for (const character of dialled) {
    if (character === 'P') isPulse = true;
    else if (character === 'T') isPulse = false;
    else if (character === ',' || character === '&' || character === '!') time += PAUSE;
    else if (character === 'W' || character === '@') time += WAIT;
    else time += isPulse ? PULSE : TONE;
  }
  return time;
}
