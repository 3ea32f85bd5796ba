/** One transfer of one program over one line: set up, timed by the line, checked byte for byte, cleaned up. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/base/random.ts';
import { type Condition, utilisation } from './condition.ts';
import type { Place, Running } from './contender.ts';
import type { LineReport } from './line-message.ts';
import { type BenchLine, openLine } from './open-line.ts';

/** Until programs that were killed have let go of their files. */
const LET_GO_MS = 250;

/** One transfer to make. */
export interface TransferOrder {
  readonly condition: Condition;
  readonly seed: string;
  /** Bytes of payload. */
  readonly size: number;
  /** Seconds after which it counts as not finished. */
  readonly limit: number;
  /** Whether a second file of the same size goes the other way. */
  readonly both?: boolean;
}

/** How it went. */
export interface Transfer {
  /** Seconds from the first byte on the line to the last. */
  readonly seconds: number;
  /** Share of the line that was payload; `undefined` when the file did not arrive, or not intact. */
  readonly utilisation: number | undefined;
  /** Share of the line that the sending port filled, with whatever. */
  readonly occupied: number;
  /** Why there is no utilisation, in words. */
  readonly fault: string | undefined;
  /** What the program has to say of itself, once it has finished. */
  readonly note: string | undefined;
  readonly report: LineReport;
}

/** Where the files of a transfer are; both ways' when there are two. */
export interface TransferPlace extends Place {
  readonly line: BenchLine;
  readonly back: { readonly file: string; readonly received: string };
}

function bytesOf(seed: string, size: number): Uint8Array {
  return new Random(seed).fill(new Uint8Array(size));
}

function fault(path: string, expected: Uint8Array): string | undefined {
  if (!existsSync(path)) return 'nothing arrived';
  const found = readFileSync(path);
  if (found.equals(expected)) return undefined;
  if (found.length === expected.length) return 'all bytes arrived, some of them altered';
  return `${found.length} of ${expected.length} bytes arrived`;
}

/** Resolves with what went wrong, or with `undefined` when both ends have ended well. */
async function within(running: Running, seconds: number): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not finished in ${seconds.toFixed(0)} s`), seconds * 1_000);
  });
  const result = await Promise.race([running.finished, late]);
  clearTimeout(timer);
  return result;
}

/** Makes the line and the files, lets `start` go, and measures. `during` may do something to the line meanwhile. */
export async function transfer(
  order: TransferOrder,
  start: (place: TransferPlace) => Promise<Running>,
): Promise<Transfer> {
  const { condition, seed, size } = order;
  const directory = mkdtempSync(join(tmpdir(), 'dplink-bench-'));
  const line = await openLine({ ...condition, seed });
  let running: Running | undefined;
  try {
    for (const name of ['sent', 'arrived']) mkdirSync(join(directory, name));
    const [there, back] = [bytesOf(`${seed} there`, size), bytesOf(`${seed} back`, size)];
    const paths = ['there', 'back'].map((name) => ({
      file: join(directory, 'sent', name),
      received: join(directory, 'arrived', name),
    }));
    writeFileSync(paths[0]!.file, there);
    writeFileSync(paths[1]!.file, back);
    const [near, far] = line.paths;
    running = await start({ condition, near, far, directory, line, ...paths[0]!, back: paths[1]! });
    const ending = await within(running, order.limit);
    const report = await line.report();
    const damage =
      fault(paths[0]!.received, there) ?? (order.both ? fault(paths[1]!.received, back) : undefined);
    const seconds = ((report.lastAt ?? 0) - (report.firstAt ?? 0)) / 1_000;
    return {
      seconds,
      utilisation:
        ending === undefined && damage === undefined ? utilisation(condition, size, seconds) : undefined,
      occupied: utilisation(condition, report.passages[0].taken, seconds),
      fault: [ending, damage].filter((text) => text !== undefined).join('; ') || undefined,
      note: ending === undefined ? await running.note : undefined,
      report,
    };
  } finally {
    running?.stop();
    await line.close();
    await new Promise((resolve) => setTimeout(resolve, LET_GO_MS));
    rmSync(directory, { recursive: true, force: true });
  }
}
