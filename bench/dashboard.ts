/** The bench of the dashboard: the same saturating soak on a terminal with it and without, in turn; goodput and processor time compared. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Result } from '../src/soak/result.ts';
import type { Bench } from './bench.ts';
import { median } from './line/figures.ts';
import { readOptions } from './line/options.ts';
import { markdownTable, writePage } from './line/page.ts';
import { table } from './table.ts';

const DEFAULTS = { baud: 921_600, seconds: 10, rounds: 7, columns: 120, rows: 40, write: false };

/** What the dashboard may cost of the goodput. */
const PROMISED = 0.005;

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const TSX = fileURLToPath(new URL('../node_modules/.bin/tsx', import.meta.url));

type Ui = 'dashboard' | 'none';

/** One soak: delivered bytes per second of both directions together, seconds of processor time, bytes written to the terminal. */
interface Soaked {
  readonly goodput: number;
  readonly processor: number;
  readonly written: number;
}

/** `0m1.234s` of the shell's `times`, in seconds. */
function seconds(text: string): number {
  const [, minutes = '0', rest = '0'] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(rest);
}

/** Soaks within a terminal of its own, made by script(1), whatever terminal the bench has. */
async function soak(folder: string, ui: Ui, { columns, rows }: typeof DEFAULTS): Promise<Soaked> {
  const runs = mkdtempSync(join(folder, 'runs-'));
  const command = [
    `stty cols ${columns} rows ${rows}`,
    `${TSX} ${MAIN} soak --rig ${folder}/rig.yaml --profile ${folder}/profile.yaml --runs ${runs} --ui ${ui}`,
    `times > ${folder}/times`,
  ].join('; ');
  const env = { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', SHELL: '/bin/bash' };
  const { stdout } = await promisify(execFile)('script', ['-qfc', command, '/dev/null'], {
    env,
    maxBuffer: 1 << 28,
  });
  const run = readdirSync(runs)[0];
  if (run === undefined) throw new Error(`nothing was kept: ${stdout.slice(-500)}`);
  const result = JSON.parse(readFileSync(join(runs, run, 'result.json'), 'utf8')) as Result;
  if (result.verdict !== 'pass') throw new Error(result.reasons.join('; '));
  const children = readFileSync(join(folder, 'times'), 'utf8').trim().split('\n')[1] ?? '';
  return {
    goodput: (result.directions ?? []).reduce((sum, one) => sum + one.goodputBytesPerSecond, 0),
    processor: children.split(' ').reduce((sum, text) => sum + seconds(text), 0),
    written: Buffer.byteLength(stdout),
  };
}

/** A line that is saturated both ways, and what both runs do to it. */
function writeFiles(folder: string, { baud, seconds: duration }: typeof DEFAULTS): void {
  writeFileSync(
    join(folder, 'rig.yaml'),
    `name: bench\nends: { near: virtual, far: virtual }\nline: { baud: ${baud}, parity: NONE, stopbits: 1 }\n`,
  );
  writeFileSync(
    join(folder, 'profile.yaml'),
    `name: bench\nduration: ${duration}s\nstreams:\n  - { from: both, category: reliable-sequential, size: 4096 }\n`,
  );
}

/** The bench `dashboard`. */
export const dashboardBench: Bench = {
  name: 'dashboard',
  about: 'what the dashboard costs of a saturated line, against the same soak without it',
  isLong: true,
  async run(print, texts) {
    const options = readOptions(texts, DEFAULTS);
    const folder = mkdtempSync(join(tmpdir(), 'dplink-bench-dashboard-'));
    const rounds: Record<Ui, Soaked>[] = [];
    try {
      writeFiles(folder, options);
      for (let round = 0; round < options.rounds; round++) {
        // In turn, and each first as often as the other: what disturbs the machine disturbs both.
        const order: readonly Ui[] = round % 2 === 0 ? ['dashboard', 'none'] : ['none', 'dashboard'];
        const first = await soak(folder, order[0]!, options);
        const second = await soak(folder, order[1]!, options);
        const [dashboard, none] = round % 2 === 0 ? [first, second] : [second, first];
        rounds.push({ dashboard, none });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const ratio = median(rounds.map(({ dashboard, none }) => dashboard.goodput / none.goodput));
    const processor = median(rounds.map(({ dashboard, none }) => dashboard.processor / none.processor));
    const of = (ui: Ui, figure: (one: Soaked) => number): number =>
      median(rounds.map((round) => figure(round[ui])));
    const head = ['', 'goodput, kB/s', 'processor, s', 'to the terminal, kB/s'];
    const row = (ui: Ui): string[] => [
      ui === 'dashboard' ? 'with the dashboard' : 'without',
      (of(ui, ({ goodput }) => goodput) / 1e3).toFixed(2),
      of(ui, (one) => one.processor).toFixed(2),
      (of(ui, ({ written }) => written) / 1e3 / options.seconds).toFixed(1),
    ];
    const last = ['ratio', ratio.toFixed(4), processor.toFixed(2), ''];
    const { baud, rounds: many, columns, rows } = options;
    print(
      table(`${baud} baud, ${columns} x ${rows}, ${many} rounds`, head, [
        row('none'),
        row('dashboard'),
        last,
      ]),
    );
    if (options.write) writePage('dashboard', markdownTable(head, [row('none'), row('dashboard'), last]));
    const cost = 1 - ratio;
    return cost < PROMISED
      ? []
      : [
          `the dashboard costs ${(100 * cost).toFixed(2)} % of the goodput, promised less than ${100 * PROMISED} %`,
        ];
  },
};
