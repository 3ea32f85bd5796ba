/** Every key of the dashboard, declared once: the line at the bottom, the help and the keyboard come from it. */

/** What a key does. */
export type KeyAction = 'quit' | 'help' | 'pause' | 'unit' | 'scale' | 'snapshot';

interface Key {
  readonly action: KeyAction;
  /** Names as the keyboard gives them. */
  readonly names: readonly string[];
  /** As it is shown. */
  readonly shown: string;
  /** In a word, for the line at the bottom. */
  readonly short: string;
  /** In a sentence, for the help. */
  readonly about: string;
}

/** In the order in which they are shown; the line at the bottom drops the last first. */
export const KEYS: readonly Key[] = [
  {
    action: 'quit',
    names: ['q', 'Q', 'C-c'],
    shown: 'q',
    short: 'quit',
    about: 'end the run now and report what is known',
  },
  { action: 'help', names: ['?', 'h', 'escape'], shown: '?', short: 'help', about: 'show or hide this page' },
  {
    action: 'pause',
    names: ['p', 'space'],
    shown: 'p',
    short: 'pause',
    about: 'hold the drawing; the run goes on',
  },
  {
    action: 'unit',
    names: ['u'],
    shown: 'u',
    short: 'unit',
    about: 'bytes, bits or share of the line',
  },
  {
    action: 'scale',
    names: ['t'],
    shown: 't',
    short: 'time scale',
    about: 'seconds per point of the charts: 1, 10, 60, 600',
  },
  {
    action: 'snapshot',
    names: ['s'],
    shown: 's',
    short: 'snapshot',
    about: 'save what is shown as text in the run directory',
  },
];

/** What the key called `name` does; `undefined` for any other. */
export function actionOf(name: string): KeyAction | undefined {
  return KEYS.find(({ names }) => names.includes(name))?.action;
}
