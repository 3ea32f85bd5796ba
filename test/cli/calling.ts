/** A desk of one test: emulated modems, `dplink host` at the second, `dplink dial` at the first, each a process of its own. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../src/soak/result.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';
import { type Finished, type Running, start } from './dplink.ts';

/** A short call: four small messages a second each way. */
const STREAMS = '[{ from: both, category: reliable-sequential, size: 60, rate: { per_second: 4 } }]';

/** What a series left. */
export interface Dialled extends Finished {
  readonly result: Result;
  readonly calls: NonNullable<Result['calls']>;
  readonly junit: string;
  readonly journal: readonly JournalEntry[];
}

/** See the head of the file. */
export class CallingDesk {
  readonly place = mkdtempSync(join(tmpdir(), 'dplink-calls-'));
  readonly links = join(this.place, 'modem');
  readonly #running: Running[] = [];
  modems: Running | undefined;
  host: Running | undefined;

  /** The path of a file with `text`. */
  file(name: string, text: string): string {
    const path = join(this.place, name);
    writeFileSync(path, text);
    return path;
  }

  /** Modems with quick calls; `script` is an exchange file. */
  async powerOn(script?: string): Promise<void> {
    const flags = script === undefined ? [] : ['--script', this.file('exchange.yaml', script)];
    this.modems = this.start(['modem', '--links', this.links, '--quick', ...flags]);
    await this.modems.printed(/Ctrl-C ends it/);
  }

  /** Answers at the second modem. */
  async answer(...flags: readonly string[]): Promise<Running> {
    const rig = this.file(
      'far.yaml',
      `name: far\nends:\n  near: { port: ${this.links}1, modem: {} }\n  far: elsewhere\n`,
    );
    this.host = this.start(['host', '--rig', rig, '--runs', join(this.place, 'hosted'), ...flags]);
    await this.host.printed(/waiting for a call/);
    return this.host;
  }

  /** A profile of calls; `calls` as the file says it. */
  profile(calls: string, duration = '1s'): string {
    return this.file(
      'calls.yaml',
      `name: calls\nduration: ${duration}\ncalls: ${calls}\nstreams: ${STREAMS}\n`,
    );
  }

  /** A rig whose near end is the first modem; `modem` as the file says it, besides its number and short waits. */
  rig(modem = '', number = '5551002'): string {
    const settings = `number: "${number}", carrier_wait: 8, init: [ATZ, ATE0V1Q0X4W1]${modem}`;
    return this.file(
      'near.yaml',
      `name: near\nends:\n  near: { port: ${this.links}0, modem: { ${settings} } }\n  far: elsewhere\n`,
    );
  }

  /** `dplink dial` under way. */
  dialling(rig: string, profile: string, ...flags: readonly string[]): Running {
    const runs = ['--runs', join(this.place, 'runs'), '--junit', join(this.place, 'calls.xml')];
    return this.start(['dial', '--rig', rig, '--profile', profile, ...runs, ...flags]);
  }

  /** `dplink dial --json`, and what it left. Throws where that is no JSON. */
  async dial(rig: string, profile: string, ...flags: readonly string[]): Promise<Dialled> {
    return await this.left(this.dialling(rig, profile, '--json', ...flags));
  }

  /** What a `dplink dial --json` leaves when it ends. */
  async left(dialling: Running): Promise<Dialled> {
    const finished = await dialling.finished;
    if (finished.stdout === '') throw new Error(`no result: ${finished.stderr}`);
    const result = JSON.parse(finished.stdout) as Result;
    if (result.calls === undefined) throw new Error('a result without calls');
    const runs = join(this.place, 'runs');
    const journal = readFileSync(join(runs, readdirSync(runs)[0]!, 'journal.ndjson'), 'utf8');
    return {
      ...finished,
      result,
      calls: result.calls,
      junit: readFileSync(join(this.place, 'calls.xml'), 'utf8'),
      journal: journal
        .trimEnd()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as JournalEntry),
    };
  }

  start(args: readonly string[]): Running {
    const running = start(args);
    running.finished.catch(() => {});
    this.#running.push(running);
    return running;
  }

  clear(): void {
    for (const { process: child } of this.#running) if (child.exitCode === null) child.kill('SIGKILL');
    rmSync(this.place, { recursive: true, force: true });
  }
}
