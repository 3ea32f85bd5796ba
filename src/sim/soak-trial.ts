/** A soak drawn from a seed: a run over a bad line, perhaps against a hostile peer, then a run over the healed one, which must pass. */
import { type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { lineTime } from '../base/line-settings.ts';
import type { ByteMachine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { Framed } from '../framing/framed.ts';
import { type About, buildResult } from '../soak/build-result.ts';
import { encodeControl, encodePing } from '../soak/control-message.ts';
import { SoakLink } from '../soak/link.ts';
import { type Plan, planOf } from '../soak/plan.ts';
import type { Profile } from '../soak/profile.ts';
import type { Result } from '../soak/result.ts';
import { CATEGORIES, NAMED_PAYLOADS, type StreamPlan } from '../soak/stream-plan.ts';
import { Connection } from '../transport/connection.ts';
import type { Finding } from './finding.ts';
import { ForgeryWatch } from './forgery-watch.ts';
import { InMessages } from './in-messages.ts';
import { Liar } from './liar.ts';
import type { Mishap, Scenario } from './scenario.ts';
import { Wire } from './wire.ts';
import { Spoken } from './wire-watch.ts';
import { World } from './world.ts';

/** No run may take longer than this beyond its traffic: every phase has a limit of its own. */
const RUN_MAX = 400 * SECOND;

/** What the run over the good line does. */
const LAST: StreamPlan[] = (['near', 'far'] as const).map((from) => ({
  from,
  category: 'reliable-sequential',
  size: { min: 20, max: 600 },
  payload: 'random',
  pace: { kind: 'saturate' },
}));

/** A machine whose place on the line others take in turn; while nobody does, the line is dead there. */
class Seat implements ByteMachine<unknown> {
  sitter: ByteMachine<unknown> | undefined;

  receive(now: Instant, bytes: Uint8Array): void {
    this.sitter?.receive(now, bytes);
  }
  gap(now: Instant): void {
    this.sitter?.gap(now);
  }
  expire(now: Instant): void {
    this.sitter?.expire(now);
  }
  get deadline(): Instant | undefined {
    return this.sitter?.deadline;
  }
  poll(now: Instant): Uint8Array | undefined {
    return this.sitter?.poll(now);
  }
  next(): unknown {
    return this.sitter?.next();
  }
}

function drawProfile(random: Random, seconds: number): Profile {
  const streams = Array.from({ length: random.between(1, 4) }, (): StreamPlan => {
    const min = random.pick([20, 20, 64, 400]);
    return {
      from: random.pick(['near', 'far'] as const),
      category: random.pick(CATEGORIES),
      size: { min, max: min + random.pick([0, 100, 2000]) },
      payload: random.pick(NAMED_PAYLOADS),
      pace: random.chance(0.5)
        ? { kind: 'saturate' }
        : { kind: 'paced', interval: random.between(50, 2000) * MILLISECOND, burst: random.between(1, 5) },
    };
  });
  return {
    name: 'drawn',
    duration: seconds * SECOND,
    volume: random.chance(0.3) ? random.between(500, 50_000) : undefined,
    drainLimit: 20 * SECOND,
    streams,
    limits: {},
  };
}

/** See the head of the file. */
export class SoakTrial {
  readonly #random: Random;
  readonly #scenario: Scenario;
  readonly #world = new World();
  readonly #wires: readonly [Wire, Wire];
  readonly #seat = new Seat();
  readonly #far: SoakLink;
  readonly #complaints: string[] = [];
  readonly #spoken = [new Spoken(), new Spoken()] as const;
  readonly #watches: ForgeryWatch[] = [];
  #delivered = 0;
  #bytes = 0;
  #runs = 0;
  /** The program at the near end died. */
  #crashed = false;
  readonly #happened: Record<string, number> = {};

  constructor(random: Random, scenario: Scenario) {
    this.#random = random;
    this.#scenario = scenario;
    const { settings } = scenario;
    const wire = (from: 0 | 1): Wire =>
      new Wire({
        ...scenario.directions[from],
        settings,
        random: random.fork(`wire ${from}`),
        jitter: scenario.jitter,
        batch: scenario.batch,
        receiveBuffer: scenario.receiveBuffer,
      });
    this.#wires = [wire(0), wire(1)];
    const onlooker = new ForgeryWatch(this.#spoken[1], this.#spoken[0]);
    this.#watches.push(onlooker);
    this.#far = new SoakLink({ role: 'host', line: settings, random: random.fork('far'), onlooker });
    const pace = (bytes: number): number => lineTime(settings, bytes);
    this.#world.join<unknown, unknown>(
      { name: 'near', machine: this.#seat },
      { name: 'far', machine: this.#far },
      { carrier: this.#wires[0], lineTime: pace },
      { carrier: this.#wires[1], lineTime: pace },
    );
    this.#world.at(0, (now) => this.#far.end.start(now));
  }

  /** The whole life of the world. */
  run(): Finding {
    const { healAt, mishaps, lies } = this.#scenario;
    for (const mishap of mishaps) this.#world.at(mishap.at, (now) => this.#befall(now, mishap));
    if (lies) this.#lie(healAt);
    else this.#badRun(Math.min(30, Math.max(2, Math.floor(healAt / SECOND))));
    // A run may end before the mishaps do.
    if (this.#world.now < healAt) this.#world.run(healAt);
    this.#world.at(this.#world.now, (now) => {
      for (const wire of this.#wires) wire.heal(now);
    });
    this.#goodRun();
    return {
      complaints: this.#complaints,
      digest: this.#world.digest,
      seconds: this.#world.now / SECOND,
      delivered: this.#delivered,
      bytes: this.#bytes,
      connections: this.#runs,
      forged: this.#forged,
      happened: this.#happened,
    };
  }

  /** Once noise has passed both CRCs, delivery is not judged any more. */
  get #forged(): number {
    if (this.#scenario.lies) return 0;
    return this.#watches.reduce((sum, { forged }) => sum + forged, 0);
  }

  /** What is wrong is not promised away by a bad line: a message once, in order, unaltered, and an end of the run. */
  #badRun(seconds: number): void {
    const plan = planOf(drawProfile(this.#random.fork('profile'), seconds), this.#random.seed, NAMES);
    const result = this.#soak(plan, 'bad', RUN_MAX + seconds * SECOND);
    if (result === undefined || this.#forged > 0) return;
    for (const { from, category, duplicated, misordered, measured, lost } of result.streams) {
      const wrong = duplicated + (category.endsWith('sequential') ? misordered : 0);
      if (wrong > 0) this.#complain(`${from}, ${category}: ${duplicated} twice, ${misordered} out of order`);
      const isWhole = result.reasons.length === 0 && measured && category.startsWith('reliable');
      if (isWhole && lost > 0) this.#complain(`${from}, ${category}: ${lost} lost in a run that completed`);
    }
  }

  /** After all that, the host still serves. A run that finds it busy with a dead partner is made again, as people would. */
  #goodRun(): void {
    const profile: Profile = {
      name: 'good',
      duration: 5 * SECOND,
      volume: 20_000,
      drainLimit: 30 * SECOND,
      streams: LAST,
      limits: { lostReliable: 0, duplicated: 0, misordered: 0, corrupted: 0 },
    };
    const plan = planOf(profile, this.#random.seed, NAMES);
    for (let attempt = 1; attempt <= 3; attempt++) {
      const result = this.#soak(plan, `good ${attempt}`, RUN_MAX, profile.limits);
      if (result === undefined || result.verdict === 'pass') return;
      this.#count(`good run ${attempt} failed`);
      if (attempt === 3) this.#complain(`no run passes over the healed line: ${result.reasons.join('; ')}`);
    }
  }

  /** One run from the near end; `undefined` when it never ended. */
  #soak(plan: Plan, name: string, limit: number, limits: About['limits'] = {}): Result | undefined {
    this.#runs++;
    const onlooker = new ForgeryWatch(this.#spoken[0], this.#spoken[1]);
    this.#watches.push(onlooker);
    const near = new SoakLink({
      role: 'join',
      plan,
      line: this.#scenario.settings,
      random: this.#random.fork(name),
      onlooker,
    });
    const world = this.#world;
    world.at(world.now, (now) => {
      this.#seat.sitter = near;
      near.end.start(now);
    });
    this.#crashed = false;
    world.run(world.now + limit, () => near.end.ended || this.#crashed);
    const { outcome } = near.end;
    this.#seat.sitter = undefined;
    if (this.#crashed) return undefined;
    if (outcome === undefined) {
      this.#complain(`the ${name} run stands in ${near.end.phase} ${limit / SECOND} s after it began`);
      return undefined;
    }
    this.#count(outcome.ending);
    const about = { seed: plan.seed, startedAt: '', rig: {}, profile: {}, limits };
    const result = buildResult(outcome, about);
    for (const { delivered, bytesDelivered } of result.streams) {
      this.#delivered += delivered;
      this.#bytes += bytesDelivered;
    }
    return result;
  }

  /** A hostile near end: lying packets below, and above them messages that no soak would send. */
  #lie(until: Instant): void {
    const random = this.#random.fork('liar');
    const connection = new Connection({ random: random.fork('connection') });
    const world = this.#world;
    const step = (now: Instant): void => {
      const kind = random.below(4);
      const plan = planOf(drawProfile(random, 3), 'lies', NAMES);
      const payload =
        kind === 0
          ? encodePing(now)
          : kind === 1
            ? encodeControl({ type: 'plan', plan: random.chance(0.5) ? plan : { ...plan, streams: [] } })
            : random.fill(new Uint8Array(random.between(1, 200)));
      if (random.chance(0.7)) payload[0] = 0xdb;
      if (kind > 1 && payload.length > 1) payload[1] = random.below(6);
      connection.send(now, payload, { reliable: random.chance(0.7), sequential: random.chance(0.7) });
      if (now < until) world.at(now + random.below(300 * MILLISECOND), step);
    };
    world.at(0, (now) => {
      this.#seat.sitter = new Framed(
        new InMessages(new Liar(connection, random.fork('lies'), () => this.#world.now < until)),
      );
      connection.connect(now);
      step(now);
    });
    world.run(until);
    this.#seat.sitter = undefined;
    this.#count('liar');
  }

  #befall(now: Instant, mishap: Mishap): void {
    this.#count(mishap.kind);
    if (mishap.kind === 'cut') {
      for (const index of [0, 1] as const) {
        if (mishap.end === 'both' || mishap.end === index) this.#wires[index].cut(now, mishap.for);
      }
    } else if (mishap.kind === 'freeze') this.#world.freeze(mishap.end === 0 ? 'near' : 'far', mishap.for);
    else if (mishap.kind === 'controls') {
      this.#wires[0].obeyControls(this.#wires[1]);
      this.#wires[1].obeyControls(this.#wires[0]);
    } else if (mishap.end === 0) {
      this.#seat.sitter = undefined;
      this.#crashed = true;
    }
  }

  #complain(text: string): void {
    this.#complaints.push(`soak: ${text}`);
  }

  #count(what: string): void {
    this.#happened[`soak ${what}`] = (this.#happened[`soak ${what}`] ?? 0) + 1;
  }
}

const NAMES = { near: 'near', far: 'far' } as const;
