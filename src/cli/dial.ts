/** `dplink dial`: flags, examples, and the series of calls they ask for. */
import type { CommandModule } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { callPlanOf } from '../soak/calls-schema.ts';
import type { Console } from './console.ts';
import { runDial } from './dial-run.ts';
import { type LineFlags, rigFromFlags, withLineFlags } from './line-flags.ts';
import { type RunFlags, withRunFlags } from './run-flags.ts';
import { soakRequest } from './soak-request.ts';

type DialFlags = LineFlags & RunFlags & { readonly calls: number | undefined };

const CALLS_MAX = 100_000;

/** The command; `finish` is told the exit code. */
export function dialCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, DialFlags> {
  return {
    command: 'dial',
    describe: 'Call a modem again and again: session, traffic and hang-up of each call, with statistics',
    builder: (yargs) =>
      withRunFlags(withLineFlags(yargs))
        .option('calls', {
          type: 'number',
          requiresArg: true,
          describe: "How many calls, all of which must pass, instead of the profile's",
        })
        .example(
          '$0 dial --port /dev/ttyUSB0 --phonenumber 555-0002',
          'One call; dplink host at the other modem',
        )
        .example(
          '$0 dial --rig rigs/emulated-modems.yaml --profile profiles/modem-calls.yaml',
          'Twenty calls',
        )
        .example('$0 dial --rig my-modem.yaml --calls 5', 'Five calls with the traffic of the quick profile'),
    handler: async (flags) => {
      const named = rigFromFlags(flags);
      if (named === undefined) {
        throw new UsageError(
          'a modem is needed: --port PATH --phonenumber NUMBER, --address URL or --rig FILE',
        );
      }
      if (flags.capture !== undefined) {
        throw new UsageError('--capture: a series of calls is not captured; dplink soak captures one call');
      }
      const request = soakRequest(flags, named);
      if (request.profile.faults !== undefined) {
        throw new UsageError(
          `${request.profile.name}: faults: a series of calls injects none: leave them out, or take dplink soak`,
        );
      }
      const { calls } = flags;
      if (calls !== undefined && !(Number.isInteger(calls) && calls >= 1 && calls <= CALLS_MAX)) {
        throw new UsageError(`--calls: expected a whole number, 1 to ${CALLS_MAX}, got ${calls}`);
      }
      const planned = request.profile.calls ?? callPlanOf(undefined);
      const plan = calls === undefined ? planned : { ...planned, count: calls, pass: calls };
      finish(await runDial(request, plan, console));
    },
  };
}
