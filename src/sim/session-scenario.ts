/** What happens in a simulated world of sessions, drawn from its seed: who is joined to whom, how badly, and who does what when. Plain data. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import type { DirectionOptions } from '../line/direction.ts';

/** A cable between two players, by their numbers. */
export interface Cable {
  readonly between: readonly [number, number];
  /** What the directions from the first and from the second are like. */
  readonly directions: readonly [DirectionOptions, DirectionOptions];
}

/** Something that a player does, or that befalls it or its cable. */
export type Happening = { readonly at: Instant; readonly player: number } & (
  | /** Says a line to all. */
  { readonly kind: 'chat' }
  /** Sends all others a message that must arrive. */
  | { readonly kind: 'send'; readonly size: number }
  /** Leaves in good order, and comes back after a while. */
  | { readonly kind: 'leave'; readonly for: Duration }
  /** Dies and forgets everything, and comes back after a while. */
  | { readonly kind: 'crash'; readonly for: Duration }
  /** Stands still. */
  | { readonly kind: 'freeze'; readonly for: Duration }
  /** As the host, removes another player. */
  | { readonly kind: 'remove'; readonly other: number }
  /** Nothing passes between it and `other`. */
  | { readonly kind: 'cut'; readonly other: number; readonly for: Duration }
  /** The port of its cable to `other` hangs up, and is back at once. */
  | { readonly kind: 'hangUp'; readonly other: number }
);

/** Everything about a world of sessions except what its random generators draw on the way. */
export interface SessionScenario {
  readonly players: number;
  readonly settings: LineSettings;
  readonly cables: readonly Cable[];
  /** Whether each player is joined to each: then all must come together in the end. */
  readonly isComplete: boolean;
  readonly mayMigrate: boolean;
  /** How many players the session admits; 0: as many as come. */
  readonly playersMax: number;
  readonly password: string | undefined;
  readonly happenings: readonly Happening[];
  /** When every fault has ended. */
  readonly healAt: Instant;
}

const BAUDS = [9600, 19_200, 57_600, 115_200, 115_200, 921_600] as const;
const LATENCIES = [0, 0, 0, 5, 50, 200] as const;
const BIT_ERROR_RATIOS = [0, 0, 0, 1e-6, 1e-5, 1e-5, 1e-4] as const;
/** How long players come and go before the lines heal. */
const TIME: Duration = 180 * SECOND;

function direction(random: Random, latency: Duration): DirectionOptions {
  return { latency, bitErrorRatio: random.pick(BIT_ERROR_RATIOS) };
}

function cablesOf(random: Random, players: number, share: number): Cable[] {
  const cables: Cable[] = [];
  for (let a = 0; a < players; a++) {
    for (let b = a + 1; b < players; b++) {
      const latency = random.pick(LATENCIES) * MILLISECOND;
      const directions = [direction(random, latency), direction(random, latency)] as const;
      // Nobody is left without any cable.
      const isLast = b === a + 1 && !cables.some(({ between }) => between.includes(b));
      if (random.chance(share) || isLast) cables.push({ between: [a, b], directions });
    }
  }
  return cables;
}

/** Seconds that something lasts. */
function spell(random: Random): Duration {
  return random.pick([0.2, 1, 3, 10, 40]) * SECOND;
}

function happening(random: Random, players: number): Happening {
  const player = random.below(players);
  const other = (player + 1 + random.below(players - 1)) % players;
  const at = random.below(TIME);
  const kind = random.below(100);
  if (kind < 40) return { at, player, kind: 'chat' };
  if (kind < 62) return { at, player, kind: 'send', size: random.pick([10, 200, 1400, 6000]) };
  if (kind < 70) return { at, player, kind: 'leave', for: spell(random) };
  if (kind < 78) return { at, player, kind: 'crash', for: spell(random) };
  if (kind < 84) return { at, player, kind: 'freeze', for: spell(random) };
  if (kind < 89) return { at, player, kind: 'remove', other };
  if (kind < 96) return { at, player, kind: 'cut', other, for: spell(random) };
  return { at, player, kind: 'hangUp', other };
}

/** The world of a seed. */
export function drawSessionScenario(random: Random): SessionScenario {
  const players = random.pick([2, 2, 3, 3, 3, 4, 5, 8]);
  const isComplete = players === 2 || random.chance(0.8);
  const count = random.pick([0, 10, 30, 60]);
  const happenings = Array.from({ length: count }, () => happening(random, players));
  return {
    players,
    settings: { ...DEFAULT_LINE_SETTINGS, baud: random.pick(BAUDS) },
    cables: cablesOf(random, players, isComplete ? 1 : 0.6),
    isComplete,
    mayMigrate: random.chance(0.9),
    playersMax: random.chance(0.15) ? random.between(2, players) : 0,
    password: random.chance(0.2) ? 'open sesame' : undefined,
    happenings: happenings.sort((a, b) => a.at - b.at),
    healAt: TIME + 45 * SECOND,
  };
}
