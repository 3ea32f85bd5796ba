/** Asks for sessions for a while and tells who answered. Prints; what is printed is made elsewhere. */
import { durationText } from '../base/duration-text.ts';
import type { PortError } from '../base/failure.ts';
import type { Duration } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { monotonicClock } from '../port/clock.ts';
import { SessionDriver } from '../port/session-driver.ts';
import type { RigFile } from '../rig/rig-file.ts';
import { endpointText } from '../session/endpoint.ts';
import { Enumerator, type EnumeratorEvent } from '../session/enumerator.ts';
import { type AskedLines, openAskedLines } from './asked-lines.ts';
import type { Console } from './console.ts';
import { enumerationDocument, enumerationTable, placeText } from './enumeration-text.ts';
import { EXIT } from './exit-code.ts';
import { onInterrupt } from './interrupt.ts';
import { type NamedHost, resolveHosts } from './network-hosts.ts';
import { seedFromFlags } from './run-flags.ts';

/** What is asked. */
export interface EnumerationRequest {
  readonly named: { readonly file: string; readonly rig: RigFile } | undefined;
  readonly hosts: readonly NamedHost[];
  readonly duration: Duration;
  readonly interval: Duration;
  /** Whether the first session found is the end. */
  readonly first: boolean;
  readonly anyApplication: boolean;
  readonly json: boolean;
}

/** Violations that are told one by one; the rest is only counted. */
const VIOLATIONS_TOLD_MAX = 5;

/** Asks, prints, and returns the exit code. Throws UsageError and {@link PortError}. */
export async function runEnumeration(request: EnumerationRequest, console: Console): Promise<number> {
  const asked = await openAskedLines(request.named, await resolveHosts(request.hosts));
  try {
    return await new Enumeration(request, asked, console).run();
  } finally {
    await asked.close();
  }
}

/** See the head of the file. */
class Enumeration {
  readonly #request: EnumerationRequest;
  readonly #asked: AskedLines;
  readonly #console: Console;
  readonly #enumerator: Enumerator;
  readonly #driver: SessionDriver<EnumeratorEvent>;
  readonly #interrupt = onInterrupt(() => this.#stop());
  #lost: PortError | undefined;
  #failure: unknown;
  #violations = 0;
  #over: () => void = () => {};

  constructor(request: EnumerationRequest, asked: AskedLines, console: Console) {
    const { duration, interval, anyApplication } = request;
    this.#request = request;
    this.#asked = asked;
    this.#console = console;
    this.#enumerator = new Enumerator({
      random: new Random(seedFromFlags({ seed: undefined })),
      targets: asked.targets,
      duration,
      interval,
      ...(anyApplication ? { application: null } : {}),
    });
    this.#driver = new SessionDriver(this.#enumerator, asked.lines, monotonicClock, {
      onEvent: (_now, event) => this.#event(event),
      onLineLost: (_now, _line, error) => {
        this.#lost = error;
        this.#complain(error.message);
      },
      onFailure: (error) => {
        this.#failure = error;
        this.#over();
      },
    });
  }

  async run(): Promise<number> {
    const { duration, json } = this.#request;
    for (const warning of this.#asked.warnings) this.#complain(warning);
    const places = this.#asked.targets.map(placeText).join(', ');
    this.#console.stderr.write(`dplink enumerate: asking ${places} for ${durationText(duration)}\n`);
    const startedAt = monotonicClock.now();
    const over = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    this.#enumerator.start(startedAt);
    this.#driver.start();
    await over;
    await this.#driver.stop();
    this.#interrupt.release();
    if (this.#failure !== undefined) throw this.#failure;
    const { sessions, counters } = this.#enumerator;
    const elapsed = monotonicClock.now() - startedAt;
    const { stdout, env } = this.#console;
    if (json) {
      const document = enumerationDocument({ asked: this.#asked.targets, elapsed, sessions, counters });
      stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    } else stdout.write(enumerationTable(sessions, env));
    if (sessions.length === 0) this.#silence();
    return this.#exitCode(sessions.length);
  }

  #stop(): void {
    this.#enumerator.stop(monotonicClock.now());
    this.#driver.wake();
  }

  #event(event: EnumeratorEvent): void {
    if (event.type === 'ended') this.#over();
    else if (event.type === 'answered') {
      if (this.#request.first) this.#stop();
    } else if (this.#violations++ < VIOLATIONS_TOLD_MAX) {
      this.#complain(`${endpointText(event.endpoint)}: against ${event.section}: ${event.text}`);
    }
  }

  /** Why nobody may have answered, as far as the lines show. */
  #silence(): void {
    const { queries } = this.#enumerator.counters;
    const asked = queries === 1 ? '1 query' : `${queries} queries`;
    if (!this.#request.json) this.#console.stdout.write(`no session answered (${asked})\n`);
    for (const { name, kind } of this.#asked.lines) {
      const counters = kind === 'serial' ? this.#driver.countersOf(name) : undefined;
      if (counters === undefined) continue;
      const { bytes, frames } = counters;
      if (bytes.received === 0) {
        this.#complain(
          `${name}: not one byte arrived: does anybody host at the other end, and is the cable crossed and whole?`,
        );
        continue;
      }
      const advice = frames.received > 0 ? 'nobody there hosts' : 'have both ends the same settings?';
      this.#complain(
        `${name}: ${bytes.received} bytes arrived, ${frames.received} intact frames among them: ${advice}`,
      );
    }
  }

  #exitCode(found: number): number {
    const signal = this.#interrupt.signal();
    if (signal !== undefined) return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    if (found > 0) return EXIT.passed;
    return this.#lost === undefined ? EXIT.failed : EXIT.port;
  }

  #complain(text: string): void {
    this.#console.stderr.write(`dplink: ${text}\n`);
  }
}
