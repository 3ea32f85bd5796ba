/** The tutorial about modems: every command of the page as it is written, in terminals, and what the page says they print. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'tutorial-modems.md'), 'utf8');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const DPLINK = `${process.execPath} --import ${TSX} ${join(ROOT, 'src/cli/main.ts')}`;
const PROGRAMS: readonly (readonly [program: string, flag: string])[] = [
  ['script', '-V'],
  ['socat', '-V'],
  ['chat', '-V'],
  ['kermit', '-h'],
];
const ABSENT = PROGRAMS.filter(([name, flag]) => spawnSync(name, [flag], { input: '' }).error !== undefined);
const RUNS = process.platform === 'linux' && ABSENT.length === 0;
const WHY = RUNS ? '' : ` (absent: ${ABSENT.map(([name]) => name).join(', ') || 'Linux'})`;

/** Ctrl-] leaves socat. */
const LEAVE = '\x1d';
/** How often it is looked what a terminal shows, in milliseconds. */
const LOOK_MS = 20;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What stands in fences on the page, in order: commands in `sh`, what is printed or typed in those without a name. */
const FENCES = [...PAGE.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)].map(([, kind, text]) => ({
  kind,
  text: text!,
}));
const COMMANDS = FENCES.filter(({ kind }) => kind === 'sh').map(({ text }) => text);
/** Taken off as the tests run them: none may be left over. */
const untried = new Set(COMMANDS);

/** The first command of the page that begins so. */
function commandOf(beginning: string): string {
  const command = COMMANDS.find((each) => each.startsWith(beginning));
  if (command === undefined) throw new Error(`the page has no command ${beginning}`);
  untried.delete(command);
  return command;
}

/** The first fence of the page that holds `part` and is no command. */
function fenceWith(part: string): string {
  const fence = FENCES.find(({ kind, text }) => kind === '' && text.includes(part));
  if (fence === undefined) throw new Error(`the page shows nowhere ${part}`);
  return fence.text;
}

/** Lines of a fence, in order, as they may look another time: other figures, other seeds, `...` for anything between. */
function likeness(fence: string, place: string): RegExp {
  const lines = fence.split('\n').filter((line) => line !== '...' && line !== '');
  const loose = lines.map((line) =>
    line
      .replaceAll('/tmp/modem', join(place, 'modem'))
      .split(/(\/\S+|\b55510\d\d\b|seed \w+|V\.?\d+\w*|[\d.,]*\d|[━─]+| +)/)
      .map((part, at) => (at % 2 === 0 ? literal(part) : figure(part)))
      .join(''),
  );
  return new RegExp(loose.join('[\\s\\S]*?'));
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** What stands between words: names and numbers of modems as they are, all else only in its kind. */
function figure(part: string): string {
  if (part.startsWith('seed ')) return 'seed \\S+';
  if (part.startsWith('/') || /^(V|55510)/.test(part)) return literal(part);
  if (part.trim() === '') return ' +';
  return /^[━─]/.test(part) ? '[━─]+' : '[\\d.,]+';
}

/** A command in a terminal: what is typed there and what it shows. */
class Terminal {
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  shown = '';

  constructor(command: string, cwd: string) {
    this.#child = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd,
      env: { ...process.env, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.ended = new Promise((resolve) => this.#child.on('close', resolve));
    this.#child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
      this.shown += piece;
    });
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until what is shown matches; a terminal's line ends are `\r\n`. */
  async shows(pattern: RegExp, seconds = 60): Promise<void> {
    for (let waited = 0; waited < seconds * 1_000 && !pattern.test(this.shown); waited += LOOK_MS)
      await sleep(LOOK_MS);
    expect(this.shown).toMatch(pattern);
  }

  end(keys: string): Promise<number | null> {
    this.type(keys);
    return this.ended;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** A directory as the page wants it, where nobody else's modems are, and terminals in it. */
class Desk {
  readonly place = mkdtempSync(join(tmpdir(), 'tutorial-'));
  readonly #terminals: Terminal[] = [];

  constructor() {
    for (const folder of ['exchanges', 'profiles']) symlinkSync(join(ROOT, folder), join(this.place, folder));
    mkdirSync(join(this.place, 'rigs'));
    const rig = 'rigs/emulated-modems.yaml';
    writeFileSync(join(this.place, rig), this.here(readFileSync(join(ROOT, rig), 'utf8')));
  }

  /** The modems of this desk in the place of those in /tmp. */
  here(text: string): string {
    return text.replaceAll('/tmp/modem', join(this.place, 'modem'));
  }

  /** The command of the page that begins so, in a terminal of its own. */
  run(beginning: string): Terminal {
    const terminal = new Terminal(this.here(commandOf(beginning)).replace('npx dplink', DPLINK), this.place);
    this.#terminals.push(terminal);
    return terminal;
  }

  /** Waits until `terminal` shows what the page shows in the fence with `part`. */
  async asWritten(terminal: Terminal, part: string, seconds = 60): Promise<void> {
    await terminal.shows(likeness(fenceWith(part), this.place), seconds);
  }

  async modems(): Promise<Terminal> {
    const modems = this.run('npx dplink modem');
    await this.asWritten(modems, 'Ctrl-C ends it');
    return modems;
  }

  clear(): void {
    for (const terminal of this.#terminals) terminal.kill();
    rmSync(this.place, { recursive: true, force: true });
  }
}

/** Longer than the guard time of an escape. */
const silence = () => sleep(1_300);

/** Every test is at a desk of its own, so all can be on at once: they mostly wait. */
describe.skipIf(!RUNS)(`the tutorial about modems${WHY}`, () => {
  const desks: Desk[] = [];
  const newDesk = (): Desk => {
    const desk = new Desk();
    desks.push(desk);
    return desk;
  };
  afterAll(() => {
    for (const desk of desks) desk.clear();
  });

  test.concurrent('a call by hand, out of it and back on hook', { timeout: 240_000 }, async () => {
    const desk = newDesk();
    const modems = await desk.modems();
    const called = desk.run('socat -,rawer,escape=0x1d /tmp/modem1');
    await silence();
    called.type('AT\r');
    await called.shows(/AT\r+\n+OK/);
    called.type('ATS0=2\r');
    await called.shows(/ATS0=2\r+\n+OK/);
    const caller = desk.run('socat -,rawer,escape=0x1d /tmp/modem0');
    await silence();
    caller.type(`${fenceWith('ATDT')}\r`);
    await called.shows(/RING[\s\S]*RING[\s\S]*CONNECT 115200/);
    await desk.asWritten(caller, 'CONNECT 115200');
    caller.type('hello over there\r\n');
    await called.shows(/hello over there/);
    called.type('hello yourself\r\n');
    await caller.shows(/hello yourself/);
    await desk.asWritten(modems, 'rings (2)');
    await silence();
    caller.type('+++');
    await caller.shows(/hello yourself[\s\S]*OK/);
    caller.type('ATI6\r');
    await desk.asWritten(caller, 'LINK DIAGNOSTICS');
    caller.type('ATH\r');
    await called.shows(/NO CARRIER/);
    await desk.asWritten(modems, '21 bytes there');
    expect(modems.shown).toContain('21 bytes there, 16 back');
    await Promise.all([caller.end(LEAVE), called.end(LEAVE)]);
    expect(await modems.end('\x03')).toBe(130);
  });

  test.concurrent('two calls between dplink host and dplink dial, then chat and C-Kermit', {
    timeout: 300_000,
  }, async () => {
    const desk = newDesk();
    const modems = await desk.modems();
    const host = desk.run('npx dplink host');
    await desk.asWritten(host, 'waiting for a call');
    const dial = desk.run('npx dplink dial');
    await desk.asWritten(dial, 'call 2 of 2: passed', 200);
    expect(await dial.ended).toBe(0);
    await desk.asWritten(host, 'dplink host: call 2 answered');
    await desk.asWritten(modems, 'call 2  the caller hung up');

    const chat = desk.run('stty raw -echo');
    await desk.asWritten(chat, 'send (ATDT5551002^M)');
    expect(await chat.ended).toBe(0);
    await host.shows(/call 3 ended.*\s+dplink host: waiting/);

    writeFileSync(join(desk.place, 'call.ksc'), desk.here(fenceWith('set modem type')));
    const kermit = desk.run('kermit call.ksc');
    expect(await kermit.ended, kermit.shown).toBe(0);
    await modems.shows(/call 4 {2}connected[\s\S]*call 4 {2}the caller hung up/);
    expect(await host.end('\x03')).toBe(130);
    expect(await modems.end('\x03')).toBe(130);
  });

  test.concurrent('both ends in one command', { timeout: 240_000 }, async () => {
    const desk = newDesk();
    const modems = await desk.modems();
    const soak = desk.run('npx dplink soak');
    await soak.shows(/PASS/, 150);
    expect(soak.shown).toMatch(/39480 8N1/);
    expect(await soak.ended).toBe(0);
    await modems.shows(/call 1 {2}the caller hung up/);
    expect(await modems.end('\x03')).toBe(130);
  });

  test.concurrent('calls that go wrong', { timeout: 120_000 }, async () => {
    const desk = newDesk();
    const modems = desk.run('npx dplink modem --links /tmp/modem --script');
    await modems.shows(/Ctrl-C ends it/);
    const dial = desk.run('npx dplink dial');
    await desk.asWritten(dial, 'no dial tone: NO', 90);
    expect(await dial.ended).toBe(1);
    expect(await modems.end('\x03')).toBe(130);
    const noisy = desk.run('npx dplink modem --links /tmp/modem --error-correction');
    await noisy.shows(/error correction off, bit error ratio 0\.00001[\s\S]*Ctrl-C ends it/);
    expect(await noisy.end('\x03')).toBe(130);
  });

  test('no command of the page was left out', () => {
    expect([...untried]).toEqual([]);
  });

  test('what is printed is compared with the page in all but figures', () => {
    const like = likeness('call 1  connected: 33600 bit/s, V34\n...\nseed 12ab', '/x');
    expect('  call 1  connected: 14400 bit/s, V34\r\nwhatever\r\nseed ff00').toMatch(like);
    expect('call 1  connected: 14400 bit/s, V32\r\nseed ff00').not.toMatch(like);
    expect('call 1  disconnected: 14400 bit/s, V34\r\nseed ff00').not.toMatch(like);
  });
});
