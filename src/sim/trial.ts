/** One seed, one world, run twice: both runs must end in the same state, and nothing may be found wrong. */
import { Random } from '../base/random.ts';
import { ConnectionWorld } from './connection-world.ts';
import type { Finding } from './finding.ts';
import { drawScenario } from './scenario.ts';
import { SoakTrial } from './soak-trial.ts';

/** Runs the world of `seed` once. */
export function runWorld(seed: string): Finding {
  const random = new Random(seed);
  try {
    const scenario = drawScenario(random.fork('scenario'));
    // One world in five is a whole soak; the others look closer, at two connections.
    return random.chance(0.2)
      ? new SoakTrial(random, scenario).run()
      : new ConnectionWorld(random, scenario).run();
  } catch (error) {
    const complaint = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { ...NOTHING, complaints: [`threw ${complaint}`] };
  }
}

const NOTHING = { digest: 0, seconds: 0, delivered: 0, bytes: 0, connections: 0, forged: 0, happened: {} };

/** Runs the world of `seed` twice. */
export function runTrial(seed: string): Finding {
  const first = runWorld(seed);
  const second = runWorld(seed);
  if (JSON.stringify(first) === JSON.stringify(second)) return first;
  return { ...first, complaints: [...first.complaints, 'two runs of this seed differ'] };
}
