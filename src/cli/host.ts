/** `dplink host`: flags, examples, and the service they ask for. */
import type { CommandModule } from 'yargs';
import { UsageError } from '../base/failure.ts';
import type { RigEnd, RigFile } from '../rig/rig-file.ts';
import type { Console } from './console.ts';
import { runHost } from './host-run.ts';
import { type LineFlags, rigFromFlags, withLineFlags } from './line-flags.ts';
import { type PatienceFlag, patienceFromFlags, withPatienceFlag } from './patience.ts';
import { type CaptureFlags, captureFromFlags, withCaptureFlags } from './run-capture.ts';
import {
  checkOutputs,
  type KeepFlags,
  type OutputFlags,
  withKeepFlags,
  withOutputFlags,
} from './run-flags.ts';

type HostFlags = LineFlags &
  CaptureFlags &
  PatienceFlag &
  KeepFlags &
  OutputFlags & { readonly once: boolean };

/** The command; `finish` is told the exit code. */
export function hostCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, HostFlags> {
  return {
    command: 'host',
    describe: 'The far end of a line: take part in whatever the near end asks, run after run',
    builder: (yargs) =>
      withPatienceFlag(withCaptureFlags(withOutputFlags(withKeepFlags(withLineFlags(yargs)))))
        .option('once', {
          type: 'boolean',
          default: false,
          describe: 'End after one run, with its exit code',
        })
        .example('$0 host --port /dev/ttyUSB0 --baud 115200', 'Serve until Ctrl-C')
        .example('$0 host --port COM3 --once', 'Serve one run')
        .example('$0 host --port COM3 --once --json > far.json', 'Its result, as a machine reads it'),
    handler: async (flags) => {
      const named = rigFromFlags(flags);
      if (named === undefined)
        throw new UsageError('a line is needed: --port PATH, --address URL or --rig FILE');
      checkOutputs(flags);
      checkOnce(flags);
      const capture = captureFromFlags(flags);
      const patience = patienceFromFlags(flags);
      finish(
        await runHost(
          { ...flags, capture, patience, rigFile: named.file, rig: farEndOf(named.file, named.rig) },
          console,
        ),
      );
    },
  };
}

/** Throws UsageError for the files of one result where there will be many. */
function checkOnce(flags: Pick<HostFlags, 'once' | 'json' | 'junit' | 'html'>): void {
  const flag = (['json', 'junit', 'html'] as const).find((each) => flags[each]);
  if (flags.once || flag === undefined) return;
  throw new UsageError(
    `--${flag}: a host serves run after run: give --once too, or take the result from the run's directory (dplink report)`,
  );
}

/** The rig seen from its far end: that of two machines is served at the one port of this machine. */
function farEndOf(file: string, rig: RigFile): RigFile {
  const { near, far } = rig.ends;
  if (isMadeHere(near) || isMadeHere(far)) {
    throw new UsageError(
      `${file}: a virtual line cannot be hosted: nobody outside this process could reach its other end`,
    );
  }
  return far === 'elsewhere'
    ? rig
    : { ...rig, ends: { near: far, far: near === 'elsewhere' ? near : 'elsewhere' } };
}

/** Whether an end is a port that dplink would make. */
function isMadeHere(end: RigEnd): boolean {
  return typeof end === 'string' ? end !== 'elsewhere' : 'virtual' in end;
}
