/** Every key of the dashboard, declared once: the line at the bottom, the help and the keyboard come from it. */

/** What the operator can do to the line from the keyboard, all of it at the near end. */
export type LineAction = 'mark' | 'break' | 'dtr' | 'rts' | 'cut';

/** What a key does. */
export type KeyAction = 'quit' | 'help' | 'pause' | 'unit' | 'scale' | 'snapshot' | LineAction;

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
  { action: 'help', names: ['?', 'h'], shown: '?', short: 'help', about: 'show or hide this page' },
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
  {
    action: 'mark',
    names: ['m'],
    shown: 'm',
    short: 'mark',
    about: 'put a numbered mark into the journal: now I moved the cable',
  },
  {
    action: 'cut',
    names: ['x'],
    shown: 'x',
    short: 'cut traffic',
    about: 'stop or resume sending new messages from the near end',
  },
  {
    action: 'break',
    names: ['b'],
    shown: 'b',
    short: 'break',
    about: 'hold the line in the break condition for a quarter of a second',
  },
  { action: 'dtr', names: ['d'], shown: 'd', short: 'DTR', about: 'switch DTR of the near port off or on' },
  { action: 'rts', names: ['r'], shown: 'r', short: 'RTS', about: 'switch RTS of the near port off or on' },
];

/** The key that only ever leads out of a page. */
export const WAY_OUT = 'escape';

/** What the key called `name` does; `undefined` for any other. */
export function actionOf(name: string): KeyAction | undefined {
  return KEYS.find(({ names }) => names.includes(name))?.action;
}
