/** The flag that says how long an unplugged port is waited for. */
import type { Argv } from 'yargs';
import { durationComplaint, parseDuration } from '../base/duration-text.ts';
import { UsageError } from '../base/failure.ts';
import { type Duration, SECOND } from '../base/instant.ts';

/** The flag as yargs hands it over. */
export interface PatienceFlag {
  readonly patience: string;
}

/** How long a port that was unplugged is waited for unless told otherwise: about what the transport bears by itself. */
const PATIENCE = '30s';
/** The longest that can be asked for: a weekend. */
const PATIENCE_MAX: Duration = 72 * 3600 * SECOND;

/** Adds `--patience`. */
export function withPatienceFlag<T>(yargs: Argv<T>): Argv<T & PatienceFlag> {
  return yargs.option('patience', {
    type: 'string',
    requiresArg: true,
    default: PATIENCE,
    describe: 'How long a dead line is borne and an unplugged port waited for; 0s: not at all',
  }) as unknown as Argv<T & PatienceFlag>;
}

/** The patience asked for. Throws UsageError. */
export function patienceFromFlags({ patience }: PatienceFlag): Duration {
  const duration = parseDuration(patience);
  if (duration !== undefined && duration <= PATIENCE_MAX) return duration;
  throw new UsageError(`--patience: ${durationComplaint(patience, '0s to 72h')}`);
}
