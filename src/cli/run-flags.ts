/** The flags that say what to run, how long, and what to keep of it. */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { durationComplaint, durationText, parseDuration } from '../base/duration-text.ts';
import { UsageError } from '../base/failure.ts';
import { FILE_SIZE_MAX } from '../soak/payload-file.ts';
import { DURATION_MAX, DURATION_MIN, type Profile, parseProfile } from '../soak/profile.ts';
import { UI_CHOICES, type UiChoice } from '../view/choose.ts';
import { fileTrouble, readDocument, troubleKeepingIn, troubleWriting } from './named-file.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { type CaptureFlags, withCaptureFlags } from './run-capture.ts';

/** The flags of {@link withKeepFlags} as yargs hands them over. */
export interface KeepFlags {
  readonly seed: string | undefined;
  readonly runs: string;
  readonly jsonStream: boolean;
}

/** The flags of {@link withOutputFlags} as yargs hands them over. */
export interface OutputFlags {
  readonly ui: UiChoice;
  readonly json: boolean;
  readonly junit: string | undefined;
  readonly html: string | undefined;
}

/** The flags of {@link withRunFlags} as yargs hands them over. */
export interface RunFlags extends CaptureFlags, KeepFlags, OutputFlags {
  readonly profile: string | undefined;
  readonly duration: string | undefined;
}

/** Adds the flags of every command that keeps runs. */
export function withKeepFlags<T>(yargs: Argv<T>): Argv<T & KeepFlags> {
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
    }) as unknown as Argv<T & KeepFlags>;
}

/** Adds the flags that a run is described by. */
export function withRunFlags<T>(yargs: Argv<T>): Argv<T & RunFlags> {
  return withOutputFlags(
    withCaptureFlags(withKeepFlags(yargs))
      .option('profile', { type: 'string', requiresArg: true, describe: 'Profile file: what to do [quick]' })
      .option('duration', {
        type: 'string',
        requiresArg: true,
        describe: "Length of the traffic instead of the profile's: 90s, 10m, 72h",
      }),
  ) as unknown as Argv<T & RunFlags>;
}

/** Adds the flags that say how a run is shown and in what forms its result is handed out. */
export function withOutputFlags<T>(yargs: Argv<T>): Argv<T & OutputFlags> {
  return yargs
    .option('ui', { choices: UI_CHOICES, default: 'auto' as const, describe: 'How progress is shown' })
    .option('json', {
      type: 'boolean',
      default: false,
      describe: 'The result as one JSON document on stdout',
    })
    .option('junit', {
      type: 'string',
      requiresArg: true,
      describe: 'Also write the verdict as JUnit XML',
    })
    .option('html', {
      type: 'string',
      requiresArg: true,
      describe: 'Also write a report with charts, one HTML page that needs nothing else',
    }) as unknown as Argv<T & OutputFlags>;
}

/** The payload file that a profile names, by its path from there. Throws UsageError. */
function payloadBeside(profile: string, path: string): Uint8Array {
  const file = resolve(dirname(profile), path);
  try {
    const { size } = statSync(file);
    if (size > FILE_SIZE_MAX) {
      throw new UsageError(
        `${profile}: payload file ${path}: expected at most ${FILE_SIZE_MAX} bytes, as it is shipped to the far end, got ${size}`,
      );
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${profile}: payload file ${path}: ${fileTrouble(error)}`);
  }
}

/** The profile that the flags name, its duration replaced if asked. Throws UsageError. */
export function profileFromFlags(flags: Pick<RunFlags, 'profile' | 'duration'>): Profile {
  const file = flags.profile ?? 'profiles/quick.yaml';
  const text = readDocument(flags.profile ?? join(PACKAGE_ROOT, file), 'profiles');
  const profile = parseProfile(file, text, (path) => payloadBeside(flags.profile ?? file, path));
  if (flags.duration === undefined) return profile;
  const duration = parseDuration(flags.duration);
  if (duration === undefined || duration < DURATION_MIN || duration > DURATION_MAX) {
    const bounds = `${durationText(DURATION_MIN)} to ${durationText(DURATION_MAX)}`;
    throw new UsageError(`--duration: ${durationComplaint(flags.duration, bounds)}`);
  }
  return { ...profile, duration };
}

/** Throws UsageError for outputs that contradict each other or could not be written: better now than after 72 hours. */
export function checkOutputs(flags: Pick<RunFlags, 'json' | 'jsonStream' | 'junit' | 'html' | 'runs'>): void {
  if (flags.json && flags.jsonStream) {
    throw new UsageError('--json and --json-stream both claim standard output: give one');
  }
  checkWritable('junit', flags.junit);
  checkWritable('html', flags.html);
  checkRuns(flags.runs);
}

/** Throws UsageError when the file that a flag names could not be written. */
export function checkWritable(flag: string, file: string | undefined): void {
  const trouble = file === undefined ? undefined : troubleWriting(file);
  if (trouble !== undefined) throw new UsageError(`--${flag}: ${file}: ${trouble}`);
}

/** Makes the directory for runs; throws UsageError when runs could not be kept there. */
export function checkRuns(runs: string): void {
  const trouble = troubleKeepingIn(runs);
  if (trouble !== undefined) throw new UsageError(`--runs: ${runs}: ${trouble}`);
}

/** The seed given, or one drawn now. Throws UsageError for one that a plan cannot carry. */
export function seedFromFlags(flags: Pick<RunFlags, 'seed'>): string {
  if (flags.seed === undefined) return randomBytes(4).toString('hex');
  if (flags.seed.length < 1 || flags.seed.length > 200) {
    throw new UsageError('--seed: expected 1 to 200 characters');
  }
  return flags.seed;
}
