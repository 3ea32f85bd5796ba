/** The flags that say what to run, how long, and what to keep of it. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { DURATION_EXPECTED, parseDuration } from '../base/duration-text.ts';
import { UsageError } from '../base/failure.ts';
import { type Profile, parseProfile } from '../soak/profile.ts';
import { UI_CHOICES, type UiChoice } from '../view/choose.ts';
import { readNamedFile } from './line-flags.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** The flags of {@link withRunFlags} as yargs hands them over. */
export interface RunFlags {
  readonly profile: string | undefined;
  readonly duration: string | undefined;
  readonly seed: string | undefined;
  readonly runs: string;
  readonly ui: UiChoice;
  readonly json: boolean;
  readonly jsonStream: boolean;
  readonly junit: string | undefined;
  readonly capture: string | undefined;
}

/** Adds the flags of every command that keeps runs. */
export function withKeepFlags<T>(yargs: Argv<T>): Argv<T & Pick<RunFlags, 'runs' | 'jsonStream' | 'seed'>> {
  return yargs
    .option('runs', {
      type: 'string',
      requiresArg: true,
      default: 'runs',
      describe: 'Where run directories go',
    })
    .option('seed', {
      type: 'string',
      requiresArg: true,
      describe: 'Text that all chance follows from [drawn]',
    })
    .option('json-stream', {
      type: 'boolean',
      default: false,
      describe: 'Samples, events and results as they come, one JSON object per line on stdout',
    }) as unknown as Argv<T & Pick<RunFlags, 'runs' | 'jsonStream' | 'seed'>>;
}

/** Adds the flags that a run is described by. */
export function withRunFlags<T>(yargs: Argv<T>): Argv<T & RunFlags> {
  return withKeepFlags(yargs)
    .option('profile', { type: 'string', requiresArg: true, describe: 'Profile file: what to do [quick]' })
    .option('duration', {
      type: 'string',
      requiresArg: true,
      describe: "Length of the traffic instead of the profile's: 90s, 10m, 72h",
    })
    .option('ui', { choices: UI_CHOICES, default: 'auto' as const, describe: 'How progress is shown' })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'The result as one JSON document on stdout',
    })
    .option('junit', { type: 'string', requiresArg: true, describe: 'Also write the verdict as JUnit XML' })
    .option('capture', {
      type: 'string',
      requiresArg: true,
      describe: 'Write every frame to a pcapng file',
    }) as unknown as Argv<T & RunFlags>;
}

/** The profile that the flags name, its duration replaced if asked. Throws UsageError. */
export function profileFromFlags(flags: Pick<RunFlags, 'profile' | 'duration'>): Profile {
  const file = flags.profile ?? 'profiles/quick.yaml';
  const text = readNamedFile(flags.profile ?? join(PACKAGE_ROOT, file));
  const profile = parseProfile(file, text);
  if (flags.duration === undefined) return profile;
  const duration = parseDuration(flags.duration);
  if (duration === undefined || duration < 1) {
    throw new UsageError(`--duration: expected ${DURATION_EXPECTED}, got ${JSON.stringify(flags.duration)}`);
  }
  return { ...profile, duration };
}

/** Throws UsageError when two kinds of machine output are asked for at once. */
export function checkOutputs(flags: Pick<RunFlags, 'json' | 'jsonStream'>): void {
  if (flags.json && flags.jsonStream) {
    throw new UsageError('--json and --json-stream both claim standard output: give one');
  }
}

/** The seed given, or one drawn now. Throws UsageError for one that a plan cannot carry. */
export function seedFromFlags(flags: Pick<RunFlags, 'seed'>): string {
  if (flags.seed === undefined) return randomBytes(4).toString('hex');
  if (flags.seed.length < 1 || flags.seed.length > 200) {
    throw new UsageError('--seed: expected 1 to 200 characters');
  }
  return flags.seed;
}
