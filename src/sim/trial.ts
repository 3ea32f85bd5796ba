/** One seed, one world, run twice: both runs must end in the same state, and nothing may be found wrong. */
import { Random } from '../base/random.ts';
import { ConnectionWorld } from './connection-world.ts';
import type { Finding } from './finding.ts';
import { drawScenario } from './scenario.ts';
import { drawSessionScenario } from './session-scenario.ts';
import { SessionWorld } from './session-world.ts';
import { SoakTrial } from './soak-trial.ts';

/** The kinds of world: two connections or a whole soak over one line, or a session of up to eight players. */
export type WorldKind = 'line' | 'session';

const KINDS: Readonly<Record<WorldKind, (random: Random) => Finding>> = {
  line(random) {
    const scenario = drawScenario(random.fork('scenario'));
    // One world in five is a whole soak; the others look closer, at two connections.
    return random.chance(0.2)
      ? new SoakTrial(random, scenario).run()
      : new ConnectionWorld(random, scenario).run();
  },
  session: (random) => new SessionWorld(random, drawSessionScenario(random.fork('scenario'))).run(),
};

/** Runs the world of `seed` once. */
export function runWorld(seed: string, kind: WorldKind = 'line'): Finding {
  try {
    return KINDS[kind](new Random(seed));
  } catch (error) {
    const complaint = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...NOTHING, complaints: [`threw ${complaint}`] };
  }
}

const NOTHING = { digest: 0, seconds: 0, delivered: 0, bytes: 0, connections: 0, forged: 0, happened: {} };

/** Runs the world of `seed` twice. */
export function runTrial(seed: string, kind: WorldKind = 'line'): Finding {
  const first = runWorld(seed, kind);
  const second = runWorld(seed, kind);
  if (JSON.stringify(first) === JSON.stringify(second)) return first;
  return { ...first, complaints: [...first.complaints, 'two runs of this seed differ'] };
}
