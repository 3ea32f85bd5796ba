/** `dplink simulate`: flags, examples, and the request they make. */
import { join } from 'node:path';
import type { CommandModule } from 'yargs';
import { InvariantError } from '../base/failure.ts';
import type { RigFile } from '../rig/rig-file.ts';
import type { Console } from './console.ts';
import { rigFromFlags } from './line-flags.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { type RunFlags, withRunFlags } from './run-flags.ts';
import { runSimulation } from './simulate-run.ts';
import { soakRequest } from './soak-request.ts';

type SimulateFlags = RunFlags & { readonly rig: string | undefined };

/** What is simulated when no rig is named. */
const RIG = 'rigs/simulated.yaml';

/** The other ways to name a line, which a simulation does not have. */
const NO_LINE = {
  address: undefined,
  port: undefined,
  baud: undefined,
  parity: undefined,
  stopbits: undefined,
  flowcontrol: undefined,
  phonenumber: undefined,
};

function rigOf(file: string | undefined): RigFile {
  const rig = file ?? join(PACKAGE_ROOT, RIG);
  const named = rigFromFlags({ ...NO_LINE, rig });
  if (named === undefined) throw new InvariantError('a rig was named and not read');
  return named.rig;
}

/** The command; `finish` is told the exit code. */
export function simulateCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, SimulateFlags> {
  return {
    command: 'simulate',
    describe: 'The same soak in virtual time, from a seed',
    builder: (yargs) =>
      withRunFlags(
        yargs.option('rig', {
          type: 'string',
          requiresArg: true,
          describe: `Rig file whose ends are simulated, virtual or in-process [${RIG}]`,
        }),
      )
        .example('$0 simulate', 'A short soak of a noisy line, in no time')
        .example('$0 simulate --seed 7 --duration 24h', 'A day of it; the same seed, the same day')
        .example('$0 simulate --rig rigs/noisy.yaml --profile profiles/torture.yaml', 'A rig and a profile'),
    handler: async (flags) => {
      const named = { file: flags.rig ?? RIG, rig: rigOf(flags.rig) };
      finish(await runSimulation(soakRequest(flags, named), console));
    },
  };
}
