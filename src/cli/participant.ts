/** One machine's part in a conversation: a session over open lines, and its driver. Prints nothing and reads no keys. */
import type { PortError } from '../base/failure.ts';
import { type Duration, MILLISECOND, SECOND } from '../base/instant.ts';
import { lineTime } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import { monotonicClock } from '../port/clock.ts';
import { machineAddresses } from '../port/machine-addresses.ts';
import { type DrivenLine, SessionDriver } from '../port/session-driver.ts';
import type { Endpoint } from '../session/endpoint.ts';
import { networkReach } from '../session/network-reach.ts';
import type { Player } from '../session/player.ts';
import { Session } from '../session/session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import {
  DEFAULT_SESSION_TIMING,
  type HostOptions,
  type JoinOptions,
  type SessionLine,
  type SessionTiming,
} from '../session/session-options.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { alternateAddress, networkUrl } from '../wire/network-address.ts';

/** Bytes of a query and its answer. */
const ENUMERATION_SIZE = 256;
/** Bytes that a step of joining takes on a line, repeats included. */
const STEP_SIZE = 4096;
/** While this much waits to be sent to somebody, nothing more is said. */
const UNSENT_MAX = 4096;
/** How long leaving in good order may take; then what is left is broken off. */
const LEAVING_MAX: Duration = 15 * SECOND;

/** How long a session that is over still answers: else who left last repeats its farewell for a minute. [MS-DPDX] 3.1.5.3 */
const LINGER: Duration = 0.3 * SECOND;
const LINGER_MAX: Duration = 5 * SECOND;
/** Bytes that go over a line in that time. */
const FAREWELL_SIZE = 512;

/** What a participant is made of. */
export interface ParticipantOptions {
  readonly random: Random;
  readonly lines: readonly DrivenLine[];
  /** Where the other machines of a rig are, and under which URL a host tells of one that it sees through a cable. */
  readonly ways: readonly { readonly url: string; readonly endpoint: Endpoint }[];
}

/** Who is told what happens. */
export interface ParticipantListener {
  onEvent(event: SessionEvent): void;
  /** Something that the operator should know, in words. */
  onWarning(text: string): void;
  /** A line is gone for good; the others go on. */
  onLineLost(line: string, error: PortError): void;
  /** The session is over, or every line is gone. Called once. */
  onOver(): void;
  /** Our own fault. */
  onFailure(error: unknown): void;
}

/** See the head of the file. */
export class Participant {
  readonly session: Session;
  readonly #driver: SessionDriver<SessionEvent>;
  readonly #listener: ParticipantListener;
  readonly #lines: readonly DrivenLine[];
  readonly #lost = new Set<string>();
  #leaving: NodeJS.Timeout | undefined;
  #lingering: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(options: ParticipantOptions, listener: ParticipantListener) {
    const { lines, random, ways } = options;
    this.#lines = lines;
    this.#listener = listener;
    const networks = lines.flatMap((line) =>
      line.kind === 'udp' ? [{ name: line.name, family: line.port.local.family }] : [],
    );
    const reachOverUdp = networkReach(networks);
    const byUrl = new Map(ways.map(({ url, endpoint }) => [url, endpoint]));
    this.session = new Session({
      random,
      lines: lines.map((line) => {
        const way = ways.find(({ endpoint }) => endpoint.line === line.name);
        return sessionLine(line, way?.url ?? '');
      }),
      reach: (player) => byUrl.get(player.url ?? '') ?? reachOverUdp(player),
      timing: timingFor(lines),
    });
    this.#driver = new SessionDriver(this.session, lines, monotonicClock, {
      onEvent: (_now, event) => this.#event(event),
      onLineLost: (_now, line, error) => this.#lineLost(line, error),
      onFailure: (error) => listener.onFailure(error),
    });
    for (const line of lines) if (line.kind === 'serial') this.#watchOutages(line);
  }

  /** Whether every line is gone. */
  get hasNoLine(): boolean {
    return this.#lost.size === this.#lines.length;
  }

  /** Whether its session is over, or every line is gone. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether it is in a session, and can be heard by who else is. */
  get isIn(): boolean {
    return this.session.state === 'hosting' || this.session.state === 'joined';
  }

  /** The other players. */
  get others(): readonly Player[] {
    const self = this.session.self?.dpnid;
    return this.session.players.filter(({ dpnid }) => dpnid !== self);
  }

  /** Whether what is said now goes out soon: the lines have taken most of what was said before. */
  get mayTalk(): boolean {
    return this.others.every(({ dpnid }) => {
      const connection = this.session.connectionTo(dpnid);
      return connection === undefined || connection.queuedBytes < UNSENT_MAX;
    });
  }

  /** Begins as the host. */
  host(options: HostOptions): void {
    this.#driver.start();
    this.session.host(monotonicClock.now(), options);
    this.#driver.wake();
  }

  /** Begins by looking for a session at `endpoints`, one or more. */
  join(endpoints: readonly Endpoint[], options: Omit<JoinOptions, 'alsoAsk' | 'alternates'>): void {
    const [first, ...alsoAsk] = endpoints;
    const alternates = this.#lines.flatMap((line) =>
      line.kind === 'udp' ? machineAddresses(line.port.local.port).map(alternateAddress) : [],
    );
    this.#driver.start();
    this.session.join(monotonicClock.now(), first!, { ...options, alsoAsk, alternates });
    this.#driver.wake();
  }

  /** Says something to all others; returns to how many it goes. */
  say(text: string): number {
    const count = this.session.chat(monotonicClock.now(), text);
    this.#driver.wake();
    return count;
  }

  /** As the host, removes a player; false if that cannot be. */
  remove(dpnid: number): boolean {
    const isRemoved = this.session.remove(monotonicClock.now(), dpnid);
    this.#driver.wake();
    return isRemoved;
  }

  /** Leaves in good order; again, or when that takes too long, at once. */
  leave(): void {
    if (this.#isOver) return;
    if (this.session.state === 'idle') {
      this.#over();
      return;
    }
    this.#leaving ??= setTimeout(() => this.leave(), LEAVING_MAX / MILLISECOND);
    this.session.leave(monotonicClock.now());
    this.#driver.wake();
  }

  /** Stops driving; what was handed to the lines still gets a moment to leave. The ports stay open. */
  async stop(): Promise<void> {
    clearTimeout(this.#leaving);
    clearTimeout(this.#lingering);
    await this.#driver.stop();
  }

  #event(event: SessionEvent): void {
    this.#listener.onEvent(event);
    if (event.type === 'ended') this.#linger();
    if (event.type === 'hostMigrated' && event.to.dpnid === this.session.self?.dpnid) this.#hearQueries();
  }

  /** Who took over is found where its session was found before (MIG-12). */
  #hearQueries(): void {
    for (const line of this.#lines) {
      if (line.kind !== 'udp') continue;
      void line.port.hearWellKnown().then(
        (warning) => warning !== undefined && this.#listener.onWarning(warning),
        (error) => this.#listener.onFailure(error),
      );
    }
  }

  #lineLost(line: string, error: PortError): void {
    this.#lost.add(line);
    this.#listener.onLineLost(line, error);
    if (this.hasNoLine) this.#over();
  }

  /** What ran over a cable that was pulled is over (SER-11), though its port may come back. */
  #watchOutages({ name, port }: DrivenLine & { readonly kind: 'serial' }): void {
    port.onOutage((outage) => {
      if (outage.type === 'lost') this.session.lineLost(monotonicClock.now(), name);
      this.#driver.wake();
    });
  }

  /** What the others may still want to be told has a moment to leave. */
  #linger(): void {
    clearTimeout(this.#leaving);
    const time = Math.min(LINGER_MAX, Math.max(LINGER, slowest(this.#lines, FAREWELL_SIZE)));
    this.#lingering ??= setTimeout(() => this.#over(), time / MILLISECOND);
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#leaving);
    clearTimeout(this.#lingering);
    this.#listener.onOver();
  }
}

function sessionLine(line: DrivenLine, url: string): SessionLine {
  const { name, kind } = line;
  if (line.kind === 'udp') return { name, kind, url: networkUrl(line.port.local) };
  const { settings } = line.port;
  return { name, kind, url, lineTime: (bytes) => lineTime(settings, bytes + MESSAGE_HEADER_SIZE) };
}

/** How long so many bytes take on the slowest serial line; 0 without one. */
function slowest(lines: readonly DrivenLine[], bytes: number): Duration {
  const times = lines.map((line) => (line.kind === 'serial' ? lineTime(line.port.settings, bytes) : 0));
  return Math.ceil(Math.max(0, ...times));
}

/** A step is a few packets of some hundred bytes each way: on a slow line they alone take minutes. */
function timingFor(lines: readonly DrivenLine[]): Partial<SessionTiming> {
  const { enumeration, joinStep } = DEFAULT_SESSION_TIMING;
  return {
    enumeration: Math.max(enumeration, slowest(lines, ENUMERATION_SIZE)),
    joinStep: joinStep + slowest(lines, STEP_SIZE),
  };
}
