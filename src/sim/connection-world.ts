/** A world of two connections on a line: safety while its faults last, then the line heals and progress is demanded. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { lineTime } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import { WINDOW_FRAMES } from '../base/sequence.ts';
import { MESSAGE_SIZE_MAX as FRAME_ACCEPTED_MAX } from '../framing/deframer.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { Endpoint } from './endpoint.ts';
import type { Finding } from './finding.ts';
import { Liar } from './liar.ts';
import { Mail } from './mail.ts';
import type { Burst, EndIndex, Mishap, Scenario } from './scenario.ts';
import { Wire } from './wire.ts';
import { Spoken } from './wire-watch.ts';
import { World } from './world.ts';

/** How far ahead of the wire an end is polled. */
const ROOM: Duration = 20 * MILLISECOND;
/** A frame with everything around its payload. */
const OVERHEAD = 28;
/** How long two ends may take to find each other once the line is good: a dead connection is noticed, then made anew. */
const SETTLE: Duration = 240 * SECOND;
/** What a driver holds for a line that flow control has stopped. */
const TRANSMIT_BUFFER = 4096;
/** How long a frame that ran out during the faults may still bring a connection to its end. */
const GRACE: Duration = 15 * SECOND;
/** Messages of each category that each end sends over the healed line. */
const FINAL_COUNT = 6;
/** How often the watches look at the time. */
const LOOK_EVERY: Duration = SECOND;
/** How often they look at what is held in memory. */
const MEMORY_EVERY: Duration = 4 * SECOND;
/** The largest message of these, about. */
const FINAL_SIZE = 700;
/** What a connection accepts ahead of its line; small, so that worlds reach it. */
const QUEUE_BYTES_MAX = 60_000;
/** Messages larger than this break a limit. */
const MESSAGE_SIZE_MAX = 20_000;

/** See the head of the file. */
export class ConnectionWorld {
  readonly scenario: Scenario;
  readonly world: World;
  readonly wires: readonly [Wire, Wire];
  readonly mails: readonly [Mail, Mail];
  readonly ends: readonly [Endpoint, Endpoint];
  readonly #complaints: string[] = [];
  #lying: boolean;

  constructor(random: Random, scenario: Scenario) {
    this.scenario = scenario;
    this.#lying = scenario.lies;
    const { settings } = scenario;
    this.world = new World({ room: ROOM });
    const wire = (from: EndIndex) =>
      new Wire({
        ...scenario.directions[from],
        settings,
        random: random.fork(`wire ${from}`),
        jitter: scenario.jitter,
        batch: scenario.batch,
        receiveBuffer: scenario.receiveBuffer,
        transmitBuffer: TRANSMIT_BUFFER,
      });
    this.wires = [wire(0), wire(1)];
    this.mails = [new Mail('near to far', random.seed), new Mail('far to near', random.seed)];
    for (const mail of this.mails) mail.isExcused = scenario.lies;
    const spoken = [new Spoken(), new Spoken()] as const;
    const pace = (bytes: number): Duration => lineTime(settings, bytes);
    const end = (index: EndIndex): Endpoint => {
      const other = index === 0 ? 1 : 0;
      const liar = random.fork('liar');
      return new Endpoint({
        name: index === 0 ? 'near' : 'far',
        role: index === 0 ? 'join' : 'host',
        random: random.fork(`end ${index}`),
        connection: {
          version: scenario.versions[index],
          frameSizeMax: scenario.frameSizeMax,
          messageSizeMax: MESSAGE_SIZE_MAX,
          queueBytesMax: QUEUE_BYTES_MAX,
          lineTime: (bytes) => pace(bytes + MESSAGE_HEADER_SIZE),
        },
        mail: this.mails[index],
        received: this.mails[other],
        spoken: spoken[index],
        heard: spoken[other],
        patience: ROOM + Math.ceil(pace(scenario.frameSizeMax + OVERHEAD)),
        ...(scenario.lies && index === 0
          ? { between: (connection) => new Liar(connection, liar, () => this.#lying) }
          : {}),
      });
    };
    this.ends = [end(0), end(1)];
    this.world.join(
      { name: 'near', machine: this.ends[0] },
      { name: 'far', machine: this.ends[1] },
      { carrier: this.wires[0], lineTime: pace },
      { carrier: this.wires[1], lineTime: pace },
    );
  }

  /** The whole life of the world. */
  run(): Finding {
    this.#schedule();
    this.world.run(this.scenario.healAt);
    this.#heal();
    if (this.#settle()) this.#demandProgress();
    return this.#finding();
  }

  #schedule(): void {
    const { world, ends, scenario } = this;
    world.at(0, (now) => {
      ends[1].start(now);
      ends[0].start(now);
      for (const { end, category, size } of scenario.saturation) {
        const ahead = Math.max(64, Math.round((scenario.settings.baud / 10) * 0.15));
        ends[end].saturation = { ahead, category, size, until: scenario.healAt - SECOND };
      }
    });
    for (const burst of scenario.bursts) world.at(burst.at, (now) => this.#send(now, burst));
    for (const mishap of scenario.mishaps) world.at(mishap.at, (now) => this.#befall(now, mishap));
    const look = (now: Instant): void => {
      for (const end of ends) {
        end.watch.check(now);
        if (now % MEMORY_EVERY === 0) this.#checkMemory(end);
      }
      world.at(now + LOOK_EVERY, look);
    };
    world.at(LOOK_EVERY, look);
  }

  #send(now: Instant, { from, category, size, count }: Burst): void {
    for (let n = 0; n < count; n++) this.ends[from].send(now, category, size);
  }

  #befall(now: Instant, mishap: Mishap): void {
    const { ends, wires, world } = this;
    switch (mishap.kind) {
      case 'cut':
        for (const index of [0, 1] as const) {
          if (mishap.end === 'both' || mishap.end === index) wires[index].cut(now, mishap.for);
        }
        break;
      case 'freeze':
        world.freeze(ends[mishap.end].name, mishap.for);
        ends[mishap.end].watch.excuse();
        break;
      case 'crash':
        ends[mishap.end].crash(now, mishap.for);
        break;
      default:
        wires[0].obeyControls(wires[1]);
        wires[1].obeyControls(wires[0]);
    }
  }

  #heal(): void {
    this.#lying = false;
    this.world.at(this.world.now, (now) => {
      for (const wire of this.wires) wire.heal(now);
      // A liar's honest half does not know what it is supposed to have said.
      if (this.scenario.lies) this.ends[0].crash(now, SECOND);
    });
  }

  /** Both ends are to find themselves in one connection, by themselves. */
  #settle(): boolean {
    const [near, far] = this.ends;
    const limit = SETTLE + 40 * this.#latency + this.#backlog;
    const together = () => near.sessionId !== undefined && near.sessionId === far.sessionId;
    const drained = Math.ceil(lineTime(this.scenario.settings, TRANSMIT_BUFFER));
    this.world.run(this.world.now + GRACE + drained + 4 * this.#latency);
    this.world.run(this.world.now + limit, together);
    if (!together()) {
      const states = this.ends.map(({ connection }) => connection.state).join(' and ');
      this.#complaints.push(`the ends are ${states} ${limit / SECOND} s after the line healed`);
      return false;
    }
    if (this.scenario.lies && this.forged === 0) for (const mail of this.mails) mail.isExcused = false;
    return true;
  }

  /** Everything reliable arrives, every receipt comes, and the connection is closed in good order. */
  #demandProgress(): void {
    const { world, ends, mails } = this;
    const [near, far] = ends;
    const before = ends.map((end) => end.connections);
    world.at(world.now, (now) => {
      for (let n = 0; n < 4 * FINAL_COUNT; n++) for (const end of ends) end.send(now, n % 4, 10 + n * 29);
    });
    world.run(world.now);
    near.persists = false;
    far.persists = false;
    const bytes = 8 * FINAL_COUNT * FINAL_SIZE;
    const limit =
      60 * SECOND +
      40 * this.#latency +
      this.#backlog +
      4 * Math.ceil(lineTime(this.scenario.settings, bytes));
    const done = () => mails.every((mail) => mail.missing === 0 && mail.untold === 0);
    world.run(world.now + limit, () => done() || ends.some((end) => end.closed !== undefined));
    if (!done() && this.forged === 0) {
      const left = mails.map((mail) => `${mail.name} ${mail.missing} missing, ${mail.untold} untold`);
      const closed = ends.map((end) => `${end.name} ${end.closed?.cause ?? end.connection.state}`);
      this.#complaints.push(`no progress on the healed line: ${[...left, ...closed].join('; ')}`);
      return;
    }
    world.at(world.now, (now) => near.connection.close(now));
    world.run(world.now + limit, () => ends.every((end) => end.closed !== undefined));
    if (this.forged > 0) return;
    for (const [index, end] of ends.entries()) {
      const { closed } = end;
      if (end.connections !== before[index]) this.#complaints.push(`${end.name} connected again`);
      if (closed?.undelivered !== 0 || closed.cause !== (index === 0 ? 'local' : 'partner')) {
        const how = closed === undefined ? 'not' : `by ${closed.cause}, ${closed.undelivered} undelivered`;
        this.#complaints.push(`${end.name} is closed ${how} although the line is good`);
      }
    }
    for (const mail of mails)
      if (mail.lost > 0) this.#complaints.push(`${mail.name}: reliable messages lost`);
  }

  get forged(): number {
    return this.ends[0].watch.forged + this.ends[1].watch.forged;
  }

  get #latency(): Duration {
    return (this.scenario.directions[0].latency ?? 0) + (this.scenario.directions[1].latency ?? 0);
  }

  /** What the queues hold takes so long, each byte sent twice. */
  get #backlog(): Duration {
    const bytes = this.ends.reduce(
      (sum, { connection }) => sum + connection.queuedBytes + 64 * this.scenario.frameSizeMax,
      0,
    );
    return Math.ceil(lineTime(this.scenario.settings, 4 * bytes));
  }

  #checkMemory(end: Endpoint): void {
    const { outstanding, held, heldBytes } = end.connection.statistics;
    if (outstanding > WINDOW_FRAMES) this.#complaints.push(`${end.name}: ${outstanding} frames outstanding`);
    if (held >= WINDOW_FRAMES) this.#complaints.push(`${end.name}: ${held} frames held`);
    // A frame that noise made up may be as long as the framing allows.
    const heldMax = MESSAGE_SIZE_MAX + WINDOW_FRAMES * FRAME_ACCEPTED_MAX;
    if (heldBytes > heldMax) this.#complaints.push(`${end.name}: ${heldBytes} bytes held`);
    const { queuedBytes } = end.connection;
    if (queuedBytes > QUEUE_BYTES_MAX) this.#complaints.push(`${end.name}: ${queuedBytes} bytes queued`);
  }

  #finding(): Finding {
    const { world, ends, mails, scenario } = this;
    const happened: Record<string, number> = {};
    const add = (what: string, count: number) => {
      if (count > 0) happened[what] = (happened[what] ?? 0) + count;
    };
    for (const { kind } of scenario.mishaps) add(kind, 1);
    for (const { closings } of ends) for (const [cause, count] of Object.entries(closings)) add(cause, count);
    if (scenario.lies) add('liar', 1);
    const watched = ends.filter((_, index) => !(scenario.lies && index === 0));
    const complaints = [
      ...this.#complaints,
      ...mails.flatMap((mail) => mail.complaints),
      ...watched.flatMap((end) => end.watch.complaints),
    ];
    return {
      complaints,
      digest: world.digest,
      seconds: world.now / SECOND,
      delivered: mails[0].delivered + mails[1].delivered,
      bytes: mails[0].bytesDelivered + mails[1].bytesDelivered,
      connections: ends[0].connections + ends[1].connections,
      forged: this.forged,
      happened,
    };
  }
}
