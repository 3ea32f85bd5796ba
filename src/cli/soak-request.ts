/** What `dplink soak` and `dplink simulate` are asked for, made from their flags. Runs nothing. */
import type { RigFile } from '../rig/rig-file.ts';
import type { Profile } from '../soak/profile.ts';
import type { ViewWish } from './choose-view.ts';
import { type CaptureRequest, captureFromFlags } from './run-capture.ts';
import { checkOutputs, profileFromFlags, type RunFlags, seedFromFlags } from './run-flags.ts';

/** What is to be run, and what is to be kept of it. */
export interface SoakRequest extends ViewWish {
  readonly rigFile: string;
  readonly rig: RigFile;
  readonly profile: Profile;
  readonly seed: string;
  /** Where run directories go. */
  readonly runs: string;
  readonly junit: string | undefined;
  readonly html: string | undefined;
  readonly capture: CaptureRequest | undefined;
}

/** The request that the flags make over a rig. Throws UsageError, also for outputs that could not be written. */
export function soakRequest(
  flags: RunFlags,
  named: { readonly file: string; readonly rig: RigFile },
): SoakRequest {
  checkOutputs(flags);
  return {
    rigFile: named.file,
    rig: named.rig,
    profile: profileFromFlags(flags),
    seed: seedFromFlags(flags),
    runs: flags.runs,
    ui: flags.ui,
    json: flags.json,
    jsonStream: flags.jsonStream,
    junit: flags.junit,
    html: flags.html,
    capture: captureFromFlags(flags),
  };
}
