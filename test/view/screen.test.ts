import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Terminal } from '@xterm/headless';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { dashboardLines, dashboardText } from '../../src/view/dashboard-lines.ts';
import { firstOptions } from '../../src/view/pane.ts';
import { Dashboard, DRAW_INTERVAL_MS } from '../../src/view/screen.ts';
import { stateAfter } from './folded.ts';

/** A terminal that is not there: streams as a program sees them, and the screen as a person would. */
class FakeTerminal {
  readonly screen: Terminal;
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly raw: boolean[] = [];
  written = '';
  writes = 0;
  readonly #output: EventEmitter & { columns: number; rows: number };

  constructor(columns: number, rows: number) {
    this.screen = new Terminal({ cols: columns, rows, allowProposedApi: true });
    this.input = Object.assign(new PassThrough(), {
      isTTY: true,
      isRaw: false,
      setRawMode: (raw: boolean) => {
        this.raw.push(raw);
        Object.assign(this.input, { isRaw: raw });
        return this.input;
      },
    }) as unknown as NodeJS.ReadStream;
    const output = Object.assign(new EventEmitter(), {
      isTTY: true,
      writable: true,
      columns,
      rows,
      write: (text: string) => {
        this.written += text;
        this.writes++;
        this.screen.write(text);
        return true;
      },
    });
    this.#output = output;
    this.output = output as unknown as NodeJS.WriteStream;
  }

  resize(columns: number, rows: number): void {
    this.screen.resize(columns, rows);
    Object.assign(this.#output, { columns, rows });
    this.#output.emit('resize');
  }

  press(key: string): void {
    (this.input as unknown as PassThrough).write(key);
  }

  /** What stands on the screen, blanks at the end of lines left out. */
  async text(): Promise<string> {
    await new Promise<void>((done) => this.screen.write('', done));
    const { active } = this.screen.buffer;
    let text = '';
    for (let row = 0; row < this.screen.rows; row++) {
      text += `${
        active
          .getLine(active.baseY + row)
          ?.translateToString(true)
          .trimEnd() ?? ''
      }\n`;
    }
    return text;
  }
}

const opened: Dashboard[] = [];
afterEach(() => {
  for (const dashboard of opened.splice(0)) dashboard.close();
});

const state = stateAfter(130);
const expected = (width: number, height: number): string =>
  dashboardText(dashboardLines(state, width, height, firstOptions(UNICODE_GLYPHS)));

function open(terminal: FakeTerminal) {
  const calls = { quit: 0, snapshots: [] as string[], line: [] as string[] };
  const dashboard = new Dashboard({
    input: terminal.input,
    output: terminal.output,
    env: { TERM: 'xterm-256color' },
    glyphs: UNICODE_GLYPHS,
    colouring: 'colour',
    state,
    onQuit: () => calls.quit++,
    onSnapshot: (text) => {
      calls.snapshots.push(text);
      return `saved as number ${calls.snapshots.length}`;
    },
    onLine: (action) => calls.line.push(action),
  });
  opened.push(dashboard);
  return { dashboard, calls };
}

/** Waits until `terminal` shows `page`, with a generous deadline. */
async function shows(terminal: FakeTerminal, page: string): Promise<void> {
  await vi.waitFor(async () => expect(await terminal.text()).toBe(page), { timeout: 10_000, interval: 10 });
}

/** Waits until `condition` holds, with a generous deadline. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 10_000, interval: 10 });
}

describe('the dashboard on a terminal', () => {
  it.each([
    [60, 18],
    [80, 24],
    [120, 40],
    [200, 60],
  ])('shows exactly its lines at %i x %i, ideographs included', async (width, height) => {
    const terminal = new FakeTerminal(width, height);
    open(terminal);
    await shows(terminal, expected(width, height));
  });

  it('follows a change of size', async () => {
    const terminal = new FakeTerminal(120, 40);
    open(terminal);
    for (const [width, height] of [
      [60, 18],
      [200, 60],
      [40, 10],
      [80, 24],
    ] as const) {
      terminal.resize(width, height);
      await shows(terminal, expected(width, height));
    }
  });

  it('reads its keys: help, snapshot, quit, Ctrl-C', async () => {
    const terminal = new FakeTerminal(80, 24);
    const { calls } = open(terminal);
    terminal.press('s');
    await until(() => calls.snapshots.length === 1);
    expect(calls.snapshots[0]).toBe(expected(80, 24));
    await until(async () => (await terminal.text()).trimEnd().endsWith(' saved as number 1'));
    terminal.press('?');
    await until(async () => (await terminal.text()).includes('─ words ─'));
    for (const key of 'mbdrx') terminal.press(key);
    await until(() => calls.line.length === 5);
    expect(calls.line).toEqual(['mark', 'break', 'dtr', 'rts', 'cut']);
    terminal.press('q');
    terminal.press('\u0003');
    await until(() => calls.quit === 2);
  });

  it('leaves the help with Escape, which opens nothing', async () => {
    const terminal = new FakeTerminal(80, 24);
    open(terminal);
    terminal.press('\u001b');
    await new Promise((resolve) => setImmediate(resolve));
    terminal.press('?');
    await until(async () => (await terminal.text()).includes('─ words ─'));
    terminal.press('\u001b');
    await shows(terminal, expected(80, 24));
  });

  it('says that a key was heard while what came of it is held', async () => {
    const terminal = new FakeTerminal(80, 24);
    const { calls } = open(terminal);
    terminal.press('p');
    terminal.press('m');
    await until(async () => (await terminal.text()).includes('mark: noted'));
    expect(calls.line).toEqual(['mark']);
    terminal.press('p');
    await shows(terminal, expected(80, 24));
  });

  it('holds the drawing while paused, and shows the newest state afterwards', async () => {
    const terminal = new FakeTerminal(80, 24);
    const { dashboard } = open(terminal);
    terminal.press('p');
    await until(async () => (await terminal.text()).startsWith(' PAUSED '));
    dashboard.update(stateAfter(140));
    terminal.press('u');
    await until(async () => (await terminal.text()).includes('bit/s'));
    expect(await terminal.text()).toContain('2:08 of 10:00');
    terminal.press('p');
    await until(async () => (await terminal.text()).includes('2:18 of 10:00'));
  });

  it('draws at most five times a second, however often it is told of news', async () => {
    const terminal = new FakeTerminal(80, 24);
    const { dashboard } = open(terminal);
    const states = [130, 131, 132, 133].map((seconds) => stateAfter(seconds));
    const startedAt = performance.now();
    let updates = 0;
    while (terminal.writes < 5) {
      dashboard.update(states[updates++ % states.length]!);
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The first draw is the opening's; each further one keeps its distance from the one before.
    expect(performance.now() - startedAt).toBeGreaterThan(3 * DRAW_INTERVAL_MS);
    expect(updates).toBeGreaterThan(20);
  });

  it('gives the terminal back: own screen, cursor, keyboard, and no listener left behind', async () => {
    const events = ['exit', 'uncaughtException', 'uncaughtExceptionMonitor', 'SIGINT', 'SIGTERM', 'SIGQUIT'];
    const listening = (): number[] => events.map((event) => process.listenerCount(event));
    const before = listening();
    const terminal = new FakeTerminal(80, 24);
    terminal.screen.write('a shell was here');
    const { dashboard } = open(terminal);
    await shows(terminal, expected(80, 24));
    expect(terminal.screen.buffer.active.type).toBe('alternate');
    expect(terminal.raw).toEqual([true]);
    dashboard.close();
    dashboard.close();
    dashboard.update(state);
    expect(await terminal.text()).toMatch(/^a shell was here\n+$/);
    expect(terminal.screen.buffer.active.type).toBe('normal');
    expect(terminal.written.lastIndexOf('\u001b[?25h')).toBeGreaterThan(
      terminal.written.lastIndexOf('\u001b[?25l'),
    );
    expect(terminal.raw).toEqual([true, false]);
    expect(listening()).toEqual(before);
  });

  it('leaves it to the process what signals and exceptions do', () => {
    const before = process.listeners('uncaughtException');
    const { dashboard } = open(new FakeTerminal(80, 24));
    expect(process.listeners('uncaughtException')).toEqual(before);
    const heard: string[] = [];
    const listener = (signal: string): number => heard.push(signal);
    process.on('SIGTERM', listener);
    process.emit('SIGTERM', 'SIGTERM');
    process.removeListener('SIGTERM', listener);
    expect(heard).toEqual(['SIGTERM']);
    dashboard.close();
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGINT', 'SIGINT'],
    ['SIGHUP', 'SIGHUP'],
    ['throw', 1],
    ['exit', 7],
  ])(
    'gives the terminal back when the process ends by %s, and ends it as if no dashboard were there',
    async (way, end) => {
      const child = spawn(process.execPath, [
        '--import',
        'tsx',
        fileURLToPath(new URL('./leaving.ts', import.meta.url)),
        way,
      ]);
      let written = '';
      let complaints = '';
      child.stdout.on('data', (piece: Buffer) => (written += piece.toString()));
      child.stderr.on('data', (piece: Buffer) => (complaints += piece.toString()));
      const ended = await new Promise((done) => child.on('close', (code, signal) => done(signal ?? code)));
      expect(ended).toBe(end);
      const screen = new Terminal({ cols: 80, rows: 24, allowProposedApi: true });
      await new Promise<void>((done) => screen.write(written, done));
      expect(written).toContain('RUNNING');
      expect(screen.buffer.active.type).toBe('normal');
      expect(written.lastIndexOf('\u001b[?25h')).toBeGreaterThan(written.lastIndexOf('\u001b[?25l'));
      expect(complaints.includes('our own fault')).toBe(way === 'throw');
    },
  );
});
