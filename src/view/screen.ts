/** The one file that knows blessed: puts lines on a terminal, reads keys, and gives the terminal back on every way out. */
import blessed from 'blessed';
import { ansiLine, type Colouring, type Glyphs } from '../base/styled-text.ts';
import { dashboardLines, dashboardText } from './dashboard-lines.ts';
import { actionOf, KEYS, type KeyAction, type LineAction, WAY_OUT } from './keys.ts';
import { firstOptions, type PaneOptions, UNITS } from './pane.ts';
import { SECONDS_PER_POINT } from './series.ts';
import type { ViewState } from './state.ts';
import type { View } from './view.ts';

/** At most five draws a second: one of 200 x 50 holds the event loop for 5 to 10 ms. */
export const DRAW_INTERVAL_MS = 200;

/** How long a note stands while the drawing goes on. */
const NOTE_MS = 3_000;

/** Signals that end a process which does not listen to them. */
const FATAL_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Events of the process that blessed listens to in ways that would change how it ends. */
const HIJACKED = ['uncaughtException', ...FATAL_SIGNALS] as const;

/** What a dashboard is opened with. */
export interface DashboardOptions {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly glyphs: Glyphs;
  readonly colouring: Colouring;
  /** The state before the first sample. */
  readonly state: ViewState;
  /** The operator wants the run to end. May come more than once. */
  readonly onQuit: () => void;
  /** The operator wants what is shown saved: the screen's text, line ends included. Returns what came of it, in words. */
  readonly onSnapshot: (text: string) => string;
  /** The operator wants something done at the near end of the line. */
  readonly onLine: (action: LineAction) => void;
}

function shortOf(action: KeyAction): string {
  return KEYS.find((key) => key.action === action)?.short ?? action;
}

/** A terminal name that blessed knows how to drive. */
function terminalName(env: DashboardOptions['env']): string {
  const { TERM } = env;
  return TERM === 'linux' || TERM === 'vt100' ? TERM : 'xterm-256color';
}

/** Calls `make` and takes off every listener that it put on the process for the events of {@link HIJACKED}. */
function withoutHijacking<T>(make: () => T): T {
  // `listeners` is declared once per event name; through the plain emitter it takes any.
  const emitter: NodeJS.EventEmitter = process;
  const before = new Map(HIJACKED.map((event) => [event, new Set(emitter.listeners(event))]));
  const made = make();
  for (const [event, known] of before) {
    for (const listener of emitter.listeners(event)) {
      if (!known.has(listener)) emitter.removeListener(event, listener as (...values: unknown[]) => void);
    }
  }
  return made;
}

/** blessed's screen on the given streams. */
function openScreen({ input, output, env, glyphs }: DashboardOptions): blessed.Widgets.Screen {
  // Read by blessed when it loads the terminal's description: line drawing as UTF-8, not as an alternate character set.
  process.env.NCURSES_NO_UTF8_ACS = '1';
  // Its type declarations have the two streams the wrong way round.
  const streams = { input: input as unknown, output: output as unknown } as Pick<
    blessed.Widgets.IScreenOptions,
    'input' | 'output'
  >;
  return withoutHijacking(() =>
    blessed.screen({
      ...streams,
      terminal: terminalName(env),
      forceUnicode: glyphs.unicode,
      fullUnicode: glyphs.unicode,
      smartCSR: false,
    }),
  );
}

/** A box over the whole of `screen`. */
function openBox(screen: blessed.Widgets.Screen): blessed.Widgets.BoxElement {
  // Lines have the screen's width already; wrapping, which the declarations lack, would break them at their last blank.
  const options: blessed.Widgets.BoxOptions & { readonly wrap: false } = {
    parent: screen,
    top: 0,
    left: 0,
    width: '100%',
    height: '100%',
    wrap: false,
  };
  return blessed.box(options);
}

/** A dashboard on a terminal; open from construction to {@link close}. */
export class Dashboard implements View {
  readonly #options: DashboardOptions;
  readonly #screen: blessed.Widgets.Screen;
  readonly #box: blessed.Widgets.BoxElement;
  #state: ViewState;
  /** What is drawn while the drawing is held. */
  #held: ViewState | undefined;
  #panes: PaneOptions;
  #help = false;
  #timer: NodeJS.Timeout | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #notedAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  readonly #restore = (): void => this.close();
  readonly #signalled = (signal: NodeJS.Signals): void => this.#onSignal(signal);

  constructor(options: DashboardOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#panes = firstOptions(options.glyphs);
    this.#screen = openScreen(options);
    this.#box = openBox(this.#screen);
    this.#screen.on('keypress', (_character: string, key: { readonly full?: string }) => {
      const action = key.full === undefined ? undefined : actionOf(key.full);
      if (action !== undefined) this.#act(action);
      else if (key.full === WAY_OUT && this.#help) this.#act('help');
    });
    this.#screen.on('resize', () => this.#schedule());
    process.on('exit', this.#restore);
    process.on('uncaughtExceptionMonitor', this.#restore);
    for (const signal of FATAL_SIGNALS) process.on(signal, this.#signalled);
    this.#draw();
  }

  /** Shows `state` with the next draw, at most {@link DRAW_INTERVAL_MS} from now. */
  update(state: ViewState): void {
    this.#state = state;
    if (this.#held === undefined) this.#schedule();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    process.removeListener('exit', this.#restore);
    process.removeListener('uncaughtExceptionMonitor', this.#restore);
    for (const signal of FATAL_SIGNALS) process.removeListener(signal, this.#signalled);
    this.#screen.destroy();
  }

  #act(action: KeyAction): void {
    if (this.#closed) return;
    this.#panes = { ...this.#panes, note: '' };
    const panes = this.#panes;
    switch (action) {
      case 'quit':
        this.#options.onQuit();
        return;
      case 'snapshot':
        this.#note(this.#options.onSnapshot(dashboardText(this.#lines())));
        return;
      case 'help':
        this.#help = !this.#help;
        break;
      case 'pause':
        this.#held = this.#held === undefined ? this.#state : undefined;
        this.#panes = { ...panes, paused: this.#held !== undefined };
        break;
      case 'unit':
        this.#panes = { ...panes, unit: UNITS[(UNITS.indexOf(panes.unit) + 1) % UNITS.length] ?? 'bytes' };
        break;
      case 'scale':
        this.#panes = { ...panes, scale: (panes.scale + 1) % SECONDS_PER_POINT.length };
        break;
      default:
        this.#options.onLine(action);
        // What came of it is an event; while the events are held, nothing else would show that the key was heard.
        if (panes.paused) this.#note(`${shortOf(action)}: noted; p goes on drawing`);
        return;
    }
    this.#draw();
  }

  /** Shows `text` in the place of the keys: until the next key, or for some seconds. */
  #note(text: string): void {
    this.#panes = { ...this.#panes, note: text };
    this.#notedAt = performance.now();
    this.#draw();
  }

  #lines(): ReturnType<typeof dashboardLines> {
    const width = Number(this.#screen.width);
    const height = Number(this.#screen.height);
    return dashboardLines(this.#held ?? this.#state, width, height, this.#panes, this.#help);
  }

  /** Draws now, or as soon as the last draw is long enough ago. */
  #schedule(): void {
    if (this.#closed || this.#timer !== undefined) return;
    const wait = this.#drawnAt + DRAW_INTERVAL_MS - performance.now();
    if (wait <= 0) {
      this.#draw();
      return;
    }
    this.#timer = setTimeout(() => this.#draw(), wait);
    this.#timer.unref();
  }

  #draw(): void {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnAt = performance.now();
    if (this.#held === undefined && this.#drawnAt - this.#notedAt > NOTE_MS)
      this.#panes = { ...this.#panes, note: '' };
    const text = this.#lines().map((line) => ansiLine(line, this.#options.colouring));
    this.#box.setContent(text.join('\n'));
    this.#screen.render();
  }

  /** A signal that nobody else listens to ends the process as if nobody listened at all, with the terminal given back. */
  #onSignal(signal: NodeJS.Signals): void {
    if (process.listenerCount(signal) > 1) return;
    this.close();
    process.kill(process.pid, signal);
  }
}
