/** What a fault script is, and what several of them do. Lists none. */
import type { Result, Verdict } from '../../src/soak/result.ts';
import type { BenchOptions, FaultBench, Kept } from './fault-bench.ts';

/** A fault and its outcome. */
export interface FaultScript extends BenchOptions {
  readonly name: string;
  /** Whether it takes half a minute to be sure of. */
  readonly isSlow?: true;
  /** Whether the right to mount is needed, and is there. */
  readonly needsMount?: 'given' | 'lacking';
  /** Who is at the far end of the cable: `dplink host` unless it says otherwise. */
  readonly far?: 'nobody';
  /** Done before the near end starts. */
  readonly prepare?: (bench: FaultBench) => Promise<void> | void;
  /** Does the harm; called when the near end has begun to connect. */
  readonly strike?: (bench: FaultBench) => Promise<void> | void;
  /** The near end's exit code; `null` where a signal ended it. */
  readonly code: number | null;
  /** The near end's verdict: `none` where it could not leave a result, `noPass` where chance decides between the others. */
  readonly verdict: Verdict | 'none' | 'noPass';
  /** What the near end's reasons say; for a pass there are none. */
  readonly reasons?: RegExp;
  /** Whether the near end could still print its result. */
  readonly isSilenced?: true;
  /** What becomes of the host where it is not the near end's verdict, and an end by an interrupt. */
  readonly host?: {
    /** Of its first run. */
    readonly verdict?: FaultScript['verdict'];
    /** It ends by itself, with this exit code; `null` where a signal ended it. */
    readonly code?: number | null;
    /** It must be free for the next run so soon after the near end has ended. */
    readonly freeWithinMs?: number;
  };
  /** What else must be so. */
  readonly also?: (kept: Kept, bench: FaultBench) => Promise<void> | void;
}

/** Traffic has been flowing for a moment. */
export async function underWay(bench: FaultBench): Promise<void> {
  await bench.reached('running');
  await bench.wait(500);
}

/** The end named `name` in a result. */
export function endOf({ result }: Pick<Kept, 'result'>, name: string): Result['ends'][number] {
  const end = result?.ends.find((each) => each.name === name);
  if (end === undefined) throw new Error(`the result knows no ${name}`);
  return end;
}
