/** A soak in virtual time: both ends, the line between them, and the world that moves them. Judges nothing. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { type LineSettings, lineTime } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import type { DirectionOptions } from '../line/direction.ts';
import type { PlannedFault } from '../soak/fault-schedule.ts';
import { type Onlooker, SoakLink } from '../soak/link.ts';
import type { Plan } from '../soak/plan.ts';
import type { JournalEntry } from '../soak/sample.ts';
import type { ConnectionOptions } from '../transport/connection-options.ts';
import { Wire, type WireOptions } from './wire.ts';
import { World } from './world.ts';

/** How a host reads its port: what its UART holds, when it is told, how late it comes. */
export type HostOptions = Pick<WireOptions, 'receiveBuffer' | 'batchBytes' | 'jitter'>;

/** What a simulated soak is made of. Where two are given, near comes first. */
export interface SoakWorldOptions {
  readonly plan: Plan;
  /** How each end is set; the pace of a direction is its sender's. */
  readonly settings: readonly [LineSettings, LineSettings];
  /** What the direction sent from each end is like. */
  readonly directions: readonly [DirectionOptions, DirectionOptions];
  /** How both hosts read; in time, and from a buffer without a bound, unless given. */
  readonly hosts?: HostOptions;
  /** What the near end does to its line on purpose. */
  readonly faults?: readonly PlannedFault[] | undefined;
  /** All chance comes from here. */
  readonly random: Random;
  readonly connection?: Omit<ConnectionOptions, 'random' | 'lineTime'>;
  /** Is shown every message that passes at an end. */
  readonly onlookers?: readonly [Onlooker, Onlooker] | undefined;
  /** Told of every journal entry. */
  readonly onEntry?: (entry: JournalEntry) => void;
}

/** How long received bytes wait for more at most: below the silence that ends the wait for a frame, and so few wake-ups. */
const BATCH: Duration = 40 * MILLISECOND;

/** How long both ends' farewells are given to arrive after the near end has finished. */
const FAREWELL: Duration = SECOND;

/** Made with both ends started at 0. */
export class SoakWorld {
  readonly world = new World();
  readonly near: SoakLink;
  readonly far: SoakLink;
  /** The directions sent from near and from far. */
  readonly wires: readonly [Wire, Wire];

  constructor(options: SoakWorldOptions) {
    const { plan, settings, random, onlookers, onEntry, connection } = options;
    const wire = (from: 0 | 1): Wire =>
      new Wire({
        batch: BATCH,
        ...options.directions[from],
        ...options.hosts,
        settings: settings[from],
        receiverSettings: settings[from === 0 ? 1 : 0],
        random: random.fork(`line ${from}`),
      });
    this.wires = [wire(0), wire(1)];
    const link = (index: 0 | 1): SoakLink =>
      new SoakLink({
        role: index === 0 ? 'join' : 'host',
        name: index === 0 ? plan.names.near : plan.names.far,
        ...(index === 0 ? { plan, faults: options.faults } : {}),
        line: settings[index],
        random: random.fork(index === 0 ? 'near' : 'far'),
        startedAt: 0,
        uart: () => this.wires[index === 0 ? 1 : 0].receiveErrors,
        onlooker: onlookers?.[index],
        ...(connection === undefined ? {} : { connection }),
      });
    this.near = link(0);
    this.far = link(1);
    const onEvent = (_now: Instant, entry: JournalEntry): void => onEntry?.(entry);
    const pace = (index: 0 | 1) => (bytes: number) => lineTime(settings[index], bytes);
    this.world.join(
      { name: plan.names.near, machine: this.near, onEvent },
      { name: plan.names.far, machine: this.far, onEvent },
      { carrier: this.wires[0], lineTime: pace(0) },
      { carrier: this.wires[1], lineTime: pace(1) },
    );
    // The far end first: it should listen when the near end asks.
    this.world.at(0, (now) => {
      this.far.end.start(now);
      this.near.end.start(now);
    });
  }

  get now(): Instant {
    return this.world.now;
  }

  /** Runs until `until`, or until the near end has finished and the far end and what is on the line have had a moment to. Returns whether it has. */
  run(until: Instant): boolean {
    const { near, world } = this;
    world.run(until, () => near.end.ended);
    if (!near.end.ended) return false;
    world.run(world.now + FAREWELL);
    return true;
  }

  /** The operator wants an end; twice, at once. */
  stop(): void {
    this.world.at(this.world.now, (now) => this.near.end.stop(now));
  }
}
