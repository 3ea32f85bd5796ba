/** Every command of the emulated modem, declared once: its values, its factory setting, what it does. Executes nothing. */

/** A command of one letter, or of a mark and a letter, with a number behind it. */
export interface BasicRow {
  readonly name: string;
  /** The numbers that it takes; 0 when none is written. */
  readonly min: number;
  readonly max: number;
  /** `setting` is kept and has an effect, `kept` is kept and has none, `action` does something at once. */
  readonly kind: 'setting' | 'kept' | 'action';
  readonly factory: number;
  readonly text: string;
}

function setting(name: string, max: number, factory: number, text: string): BasicRow {
  return { name, min: 0, max, kind: 'setting', factory, text };
}

function kept(name: string, max: number, factory: number, text: string): BasicRow {
  return { name, min: 0, max, kind: 'kept', factory, text };
}

function action(name: string, max: number, text: string): BasicRow {
  return { name, min: 0, max, kind: 'action', factory: 0, text };
}

/** D and S, which take more than a number, are read by the parser itself. */
export const BASIC_COMMANDS: readonly BasicRow[] = [
  action('A', 0, 'answers'),
  kept('B', 99, 0, 'CCITT or Bell'),
  { ...action('C', 1, 'carrier control: 1 only'), min: 1 },
  setting('E', 1, 1, 'echo of commands: 0 off, 1 on'),
  kept('F', 1, 1, 'echo of data; there is none'),
  action('H', 1, 'hook: 0 hangs up (rejects a call that rings), 1 goes off hook'),
  action(
    'I',
    11,
    'says what it is: 0 product, 1 and 2 check sum, 3 version, 4 settings, 6 and 11 the last call, 8 blacklisted numbers, 9 country',
  ),
  kept('L', 3, 1, 'loudness'),
  kept('M', 3, 1, 'loudspeaker'),
  setting('N', 1, 1, 'line rate: 0 only the highest of its own, 1 whatever both can'),
  action('O', 3, 'back to the call; 1 and 3 retrain first'),
  action('P', 0, 'dials by pulses from now on'),
  setting('Q', 1, 0, 'results: 0 said, 1 not'),
  action('T', 0, 'dials by tones from now on'),
  setting('V', 1, 1, 'results: 0 as numbers, 1 as words'),
  setting('W', 2, 0, 'CONNECT says 0 the port rate, 1 that and the carrier before it, 2 the carrier rate'),
  setting('X', 5, 4, 'call progress: see below'),
  kept('Y', 1, 0, 'long space disconnect'),
  action('Z', 1, 'hangs up and recalls a stored profile; the rest of the line is not read'),
  setting('&C', 1, 1, 'DCD: 0 always on, 1 as the carrier'),
  setting('&D', 3, 2, 'DTR off: 0 ignored, 1 to command state, 2 hangs up and answers no call, 3 as Z'),
  action('&F', 1, 'factory settings'),
  kept('&G', 2, 0, 'guard tone'),
  kept('&J', 1, 0, 'jack'),
  setting('&K', 4, 3, 'flow control: 0 none, 3 RTS/CTS, 4 XON/XOFF'),
  kept('&L', 1, 0, 'leased line'),
  kept('&P', 3, 0, 'pulse ratio'),
  kept('&Q', 6, 5, 'mode'),
  kept('&R', 2, 1, 'RTS to CTS'),
  setting('&S', 1, 0, 'DSR: 0 always on, 1 while a call is on'),
  action('&T', 0, 'tests: 0 ends them; there are no others'),
  action('&V', 0, 'shows the settings'),
  action('&W', 1, 'stores the settings as a profile, until the modem is made anew'),
  kept('&X', 2, 0, 'clock'),
  kept('&Y', 1, 0, 'profile at power-on'),
  setting('%C', 3, 3, 'compression: 0 none, else as +DS says'),
  kept('%E', 3, 2, 'retrains by itself'),
  kept('\\A', 3, 1, 'MNP block size'),
  kept('\\G', 1, 0, 'flow control between modems'),
  kept('\\J', 1, 0, 'port rate follows the line'),
  kept('\\K', 5, 5, 'break'),
  setting('\\N', 5, 3, 'error correction: 0 and 1 none, 2, 4 and 5 or no call, 3 if the other has it'),
  setting('\\V', 1, 0, 'CONNECT names 1 modulation, correction and compression'),
];

/** A field of a command with a name of several letters. */
export type Field =
  | { readonly min: number; readonly max: number; readonly factory: number }
  | { readonly words: readonly string[]; readonly factory: string };

/** A command that begins with + or #. Without fields it is a question. */
export interface ExtendedRow {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly text: string;
  /** What it answers when run without a value; only of questions. */
  readonly answer?: string;
}

const number = (factory: number, max: number, min = 0): Field => ({ min, max, factory });

/** Modulations, slowest first, as +MS and reports name them; see line-terms.ts. */
export const MODULATION_WORDS = ['V21', 'V22', 'V22B', 'V32', 'V32B', 'V34'] as const;
/** The fastest rate of any of them, bits per second. */
export const LINE_RATE_MAX = 33_600;

/** The commands that begin with + or #. */
export const EXTENDED_COMMANDS: readonly ExtendedRow[] = [
  { name: '+GMI', fields: [], text: 'maker', answer: 'dplink' },
  { name: '+GMM', fields: [], text: 'model', answer: 'emulated modem' },
  { name: '+GMR', fields: [], text: 'revision', answer: '1' },
  { name: '+GCAP', fields: [], text: 'what else it knows', answer: '+GCAP: +MS,+ES,+DS' },
  { name: '+FCLASS', fields: [number(0, 0)], text: 'class: 0 data, and no other' },
  {
    name: '+IPR',
    fields: [number(0, 4_000_000)],
    text: 'port rate; 0 finds it out, anything else is kept only',
  },
  { name: '+ICF', fields: [number(3, 6), number(3, 3)], text: 'character format; kept only' },
  {
    name: '+IFC',
    fields: [number(2, 2), number(2, 2)],
    text: 'flow control from and to the port: 0 none, 1 XON/XOFF, 2 RTS/CTS; sets &K',
  },
  { name: '+ILRR', fields: [number(0, 1)], text: 'says the port rate before CONNECT' },
  {
    name: '+MS',
    fields: [
      { words: MODULATION_WORDS, factory: 'V34' },
      number(1, 1),
      number(0, LINE_RATE_MAX),
      number(0, LINE_RATE_MAX),
    ],
    text: 'modulation, whether slower ones too, least and highest rate (0: any)',
  },
  { name: '+MR', fields: [number(0, 1)], text: 'says modulation and rate before CONNECT (+MCR, +MRR)' },
  { name: '+ES', fields: [number(3, 6), number(0, 4), number(2, 9)], text: 'error correction; sets \\N' },
  { name: '+ER', fields: [number(0, 1)], text: 'says the error correction before CONNECT' },
  {
    name: '+DS',
    fields: [number(3, 3), number(0, 1), number(2_048, 65_535, 512), number(32, 250, 6)],
    text: 'compression: directions (3 both, else none), whether or no call',
  },
  { name: '+DR', fields: [number(0, 1)], text: 'says the compression before CONNECT' },
  { name: '+VCID', fields: [number(0, 1)], text: 'says who calls' },
  { name: '#CID', fields: [number(0, 1)], text: 'the same; sets +VCID' },
  { name: '#UD', fields: [], text: 'the last call for a program' },
];

const BASIC: ReadonlyMap<string, BasicRow> = new Map(BASIC_COMMANDS.map((row) => [row.name, row]));
const EXTENDED: ReadonlyMap<string, ExtendedRow> = new Map(EXTENDED_COMMANDS.map((row) => [row.name, row]));

/** The row of a command, if there is one. Names are in capitals. */
export function basicRow(name: string): BasicRow | undefined {
  return BASIC.get(name);
}

/** The row of a command that begins with + or #, if there is one. Names are in capitals. */
export function extendedRow(name: string): ExtendedRow | undefined {
  return EXTENDED.get(name);
}

/** What X says and listens for. */
export const PROGRESS_LEVELS: readonly {
  readonly connectRate: boolean;
  readonly dialTone: boolean;
  readonly busy: boolean;
  readonly more: boolean;
  readonly text: string;
}[] = [
  {
    connectRate: false,
    dialTone: false,
    busy: false,
    more: false,
    text: 'CONNECT without a rate; dials blind',
  },
  {
    connectRate: true,
    dialTone: false,
    busy: false,
    more: false,
    text: 'CONNECT with its rate; dials blind',
  },
  { connectRate: true, dialTone: true, busy: false, more: false, text: 'also NO DIALTONE' },
  { connectRate: true, dialTone: false, busy: true, more: false, text: 'also BUSY; dials blind' },
  { connectRate: true, dialTone: true, busy: true, more: false, text: 'also NO DIALTONE and BUSY' },
  {
    connectRate: true,
    dialTone: true,
    busy: true,
    more: true,
    text: 'also RINGING, NO ANSWER without @, VOICE, FAX',
  },
];
