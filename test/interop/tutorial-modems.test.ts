/** The tutorial about modems, command by command as it is written, in terminals of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'tutorial-modems.md'), 'utf8');
const DPLINK = `${process.execPath} --import tsx ${join(ROOT, 'src/cli/main.ts')}`;
const ABSENT = ['script', 'socat'].filter((name) => spawnSync(name, ['-V']).error !== undefined);
const RUNS = process.platform === 'linux' && ABSENT.length === 0;

/** Ctrl-] leaves socat. */
const LEAVE = '\x1d';

/** A command in a terminal: what is typed there and what it shows. */
class Terminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  shown = '';

  constructor(command: string) {
    this.#child = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#ended = new Promise((resolve) => this.#child.on('close', resolve));
    this.#child.stdout?.on('data', (piece: Buffer) => {
      this.shown += piece.toString('latin1');
    });
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until what is shown matches; a terminal's line ends are `\r\n`. */
  async shows(pattern: RegExp, seconds = 60): Promise<void> {
    await expect.poll(() => this.shown, { timeout: seconds * 1_000, interval: 20 }).toMatch(pattern);
  }

  async end(keys: string): Promise<number | null> {
    this.type(keys);
    return this.#ended;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

describe.skipIf(!RUNS)(
  `the tutorial about modems${RUNS ? '' : ` (absent: ${ABSENT.join(', ') || 'Linux'})`}`,
  () => {
    const terminals: Terminal[] = [];
    const place = mkdtempSync(join(tmpdir(), 'tutorial-'));

    afterEach(() => {
      for (const terminal of terminals.splice(0)) terminal.kill();
      rmSync(place, { recursive: true, force: true });
    });

    /** The n-th command of the page, in a place of our own. */
    function run(n: number): Terminal {
      const command = [...PAGE.matchAll(/```sh\n(.*)\n```/g)][n]?.[1] ?? '';
      const rig = join(place, 'rig.yaml');
      writeFileSync(
        rig,
        readFileSync(join(ROOT, 'rigs/emulated-modems.yaml'), 'utf8').replaceAll(
          '/tmp/modem',
          join(place, 'modem'),
        ),
      );
      const here = command
        .replace('npx dplink', DPLINK)
        .replace('rigs/emulated-modems.yaml', `${rig} --runs ${place} --ui plain`)
        .replaceAll('/tmp/modem', join(place, 'modem'));
      const terminal = new Terminal(here);
      terminals.push(terminal);
      return terminal;
    }

    const silence = () => new Promise((resolve) => setTimeout(resolve, 1_300));

    test('a call by hand, and a run over a call', { timeout: 240_000 }, async () => {
      const modems = run(0);
      await modems.shows(/modem0 {2}number 5551001[\s\S]*Ctrl-C ends it/);
      const called = run(1);
      await silence();
      called.type('AT\r');
      await called.shows(/AT\r+\n+OK/);
      called.type('ATS0=2\r');
      await called.shows(/ATS0=2\r+\n+OK/);
      const caller = run(2);
      await silence();
      caller.type('ATDT5551002\r');
      await called.shows(/RING[\s\S]*RING[\s\S]*CONNECT 115200/);
      await caller.shows(/CONNECT 115200/);
      caller.type('hello over there\r\n');
      await called.shows(/hello over there/);
      called.type('hello yourself\r\n');
      await caller.shows(/hello yourself/);
      await silence();
      caller.type('+++');
      await caller.shows(/hello yourself[\s\S]*OK/);
      caller.type('ATI6\r');
      await caller.shows(/LINK DIAGNOSTICS[\s\S]*Ended by {14}still on/);
      caller.type('ATH\r');
      await called.shows(/NO CARRIER/);
      await modems.shows(/call 1 {2}the caller hung up after [\d.]+ s: 21 bytes there, 16 back/);
      await Promise.all([caller.end(LEAVE), called.end(LEAVE)]);

      const soak = run(3);
      await soak.shows(/PASS/, 150);
      expect(soak.shown).toMatch(/39480 8N1/);
      expect(await soak.end('')).toBe(0);
      await modems.shows(/call 2 {2}the caller hung up/);
      expect(await modems.end('\x03')).toBe(130);
    });
  },
);
