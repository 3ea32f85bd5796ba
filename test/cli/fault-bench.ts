/** A bench for fault scripts: a cable, `dplink host` at its far end, `dplink soak` at its near end, and what they leave. Judges nothing. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../src/soak/result.ts';
import type { JournalEntry, Phase, Sample } from '../../src/soak/sample.ts';
import { BOTH_ENDS, Cable, type CableEnd } from './cable.ts';
import { dplink, type Finished, type Running, start } from './dplink.ts';

/** A run directory as it lies on the disk, read without the product's own reader. */
export interface Kept {
  readonly path: string;
  /** `undefined` when it holds none. */
  readonly result: Result | undefined;
  readonly journal: readonly JournalEntry[];
  readonly samples: readonly Sample[];
}

/** How the processes of a bench are started. */
export interface BenchOptions {
  /** Length of the traffic. */
  readonly duration?: string;
  /** Further flags of `dplink soak`, and of `dplink host`. */
  readonly soakFlags?: readonly string[];
  readonly hostFlags?: readonly string[];
  /** The source of a module that the near end's process loads first: what plays a trick on it. */
  readonly preload?: string;
  /** The text of a rig file that the near end is started with, instead of the cable. */
  readonly rig?: string;
  /** What the near end prints: all that happens as lines of JSON, unless it is `json`: the result, and people's lines on stderr. */
  readonly output?: 'json';
}

/** How long something is waited for. */
const UNTIL_MAX_MS = 60_000;

/** The lines of a file of JSON lines. */
function jsonLines<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  // Without a line end the last one is what a process that was killed had written of it.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as T);
}

function keptIn(path: string): Kept {
  const result = join(path, 'result.json');
  const holds = readdirSync(path).includes('result.json');
  return {
    path,
    result: holds ? (JSON.parse(readFileSync(result, 'utf8')) as Result) : undefined,
    journal: jsonLines(join(path, 'journal.ndjson')),
    samples: jsonLines(join(path, 'samples.ndjson')),
  };
}

/** See the head of the file. Everything is started by commands, and `clear` ends what is left. */
export class FaultBench {
  /** A directory of this bench's own. */
  readonly place: string = mkdtempSync(join(tmpdir(), 'dplink-fault-'));
  readonly cable: Cable = new Cable(this.place);
  /** Where the two ends keep their runs; to be changed before they start. */
  readonly runs: Record<CableEnd, string>;
  /** Flags of the next soak. */
  readonly soakFlags: string[];
  readonly #options: BenchOptions;
  readonly #later: (() => void)[] = [];
  readonly #started: Running[] = [];
  #host: Running | undefined;
  #soak: Running | undefined;

  constructor(options: BenchOptions = {}) {
    this.#options = options;
    this.runs = { near: join(this.place, 'runs-near'), far: join(this.place, 'runs-far') };
    for (const runs of Object.values(this.runs)) mkdirSync(runs);
    this.soakFlags = [...(options.soakFlags ?? [])];
    this.#write(
      'profile.yaml',
      `name: faults
duration: ${options.duration ?? '3s'}
drain: 20s
streams:
  - { from: both, category: reliable-sequential, size: 512 }
`,
    );
  }

  /** The host under way. */
  get host(): Running {
    if (this.#host === undefined) throw new Error('no host was started');
    return this.#host;
  }

  /** The near end under way. */
  get soak(): Running {
    if (this.#soak === undefined) throw new Error('no soak was started');
    return this.#soak;
  }

  /** Starts `dplink host` at the far end; resolves once it listens. */
  async startHost(): Promise<void> {
    const flags = this.#options.hostFlags ?? [];
    this.#host = this.#start(['host', '--port', this.cable.far, '--runs', this.runs.far, ...flags]);
    await this.#host.printed(/waiting/);
  }

  /** Flags that every soak of this bench has. */
  get soakArguments(): string[] {
    const { rig } = this.#options;
    const line = rig === undefined ? ['--port', this.cable.near] : ['--rig', this.#write('rig.yaml', rig)];
    const profile = join(this.place, 'profile.yaml');
    return ['soak', ...line, '--runs', this.runs.near, '--profile', profile, ...this.soakFlags];
  }

  /** Starts `dplink soak` at the near end. */
  startSoak(): void {
    const { output, preload } = this.#options;
    const told = process.env.NODE_OPTIONS ?? '';
    this.#soak = this.#start(
      [...this.soakArguments, ...(output === 'json' ? ['--json', '--ui', 'plain'] : ['--json-stream'])],
      preload === undefined
        ? {}
        : { NODE_OPTIONS: `${told} --import=data:text/javascript,${encodeURIComponent(preload)}` },
    );
  }

  /** Resolves once the near end is in `phase`, as it says itself. */
  async reached(phase: Phase): Promise<void> {
    if (this.#options.output !== 'json') {
      const said = phase === 'connecting' ? '"event":"connecting"' : `"phase":"${phase}"`;
      await this.soak.printed(new RegExp(`"type":"event".*${said}`));
    } else if (phase === 'running') await this.soak.printed(/near: plan agreed/);
    else throw new Error(`${phase} is not told to people`);
  }

  /** Lets real time pass. */
  async wait(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Resolves once `isSo` holds; throws when it never does. */
  async until(isSo: () => boolean): Promise<void> {
    for (const giveUpAt = Date.now() + UNTIL_MAX_MS; !isSo(); await this.wait(100)) {
      if (Date.now() > giveUpAt) throw new Error('what was waited for did not come about');
    }
  }

  /** Takes ports away and brings them back after `ms`. */
  async unplugFor(ms: number, ends = BOTH_ENDS): Promise<void> {
    await Promise.all(ends.map((end) => this.cable.unplug(end)));
    await this.wait(ms);
    await Promise.all(ends.map((end) => this.cable.plug(end)));
  }

  /** Interrupts the host; resolves to what it printed and its exit code. */
  async endHost(): Promise<Finished> {
    this.host.process.kill('SIGINT');
    return await this.host.finished;
  }

  /** What `dplink report` makes of a run directory. */
  async report(path: string): Promise<Result> {
    const { stdout } = await dplink(['report', path, '--json']);
    return JSON.parse(stdout) as Result;
  }

  /** The runs that an end has kept, oldest first. */
  kept(end: CableEnd): Kept[] {
    const names = readdirSync(this.runs[end]).filter((name) => /^\d{8}T\d{6}Z-/.test(name));
    return names.sort().map((name) => keptIn(join(this.runs[end], name)));
  }

  /** What is to be done when the bench is cleared. */
  later(act: () => void): void {
    this.#later.push(act);
  }

  /** Ends every process that was started here and removes the place. */
  async clear(): Promise<void> {
    for (const running of this.#started) running.process.kill('SIGKILL');
    await Promise.all(this.#started.map(({ finished }) => finished));
    await this.cable.remove();
    for (const act of this.#later) act();
    rmSync(this.place, { recursive: true, force: true });
  }

  #start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
    const running = start(args, { env });
    running.process.stdin.end();
    this.#started.push(running);
    return running;
  }

  #write(name: string, text: string): string {
    const path = join(this.place, name);
    writeFileSync(path, text);
    return path;
  }
}
