/** `dplink soak`: flags, examples, and the request they make. */
import type { CommandModule } from 'yargs';
import { UsageError } from '../base/failure.ts';
import type { Console } from './console.ts';
import { defaultRig, type LineFlags, rigFromFlags, withLineFlags } from './line-flags.ts';
import { type PatienceFlag, patienceFromFlags, withPatienceFlag } from './patience.ts';
import { type RunFlags, withRunFlags } from './run-flags.ts';
import { soakRequest } from './soak-request.ts';
import { runSoak } from './soak-run.ts';

type SoakFlags = LineFlags & RunFlags & PatienceFlag;

/** The command; `finish` is told the exit code. */
export function soakCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, SoakFlags> {
  return {
    command: 'soak',
    describe: 'Run a profile over a rig, or from this end of a real line',
    builder: (yargs) =>
      withPatienceFlag(withRunFlags(withLineFlags(yargs)))
        .example('$0 soak', 'A short soak over a virtual null-modem made here')
        .example('$0 soak --rig rigs/noisy.yaml --seed 7', 'The same with noise, which --seed repeats')
        .example(
          '$0 soak --port /dev/ttyUSB0 --baud 115200',
          'From this end of a cable; dplink host at the other',
        )
        .example(
          '$0 soak --rig my-rig.yaml --profile profiles/overnight.yaml',
          'A rig and a profile of your own',
        )
        .example('$0 soak --json > result.json', 'The result for a program'),
    handler: async (flags) => {
      const named = rigFromFlags(flags) ?? defaultRig();
      if (named.rig.ends.near === 'elsewhere') {
        throw new UsageError(
          `${named.file}: ends.near: expected a port of this machine; dplink host serves a far end`,
        );
      }
      finish(await runSoak(soakRequest(flags, named), patienceFromFlags(flags), console));
    },
  };
}
