/** The flags that name a line, and the rig they stand for. */
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { plainComplaint } from '../base/complaint.ts';
import { UsageError } from '../base/failure.ts';
import {
  FLOW_CONTROLS,
  type FlowControl,
  PARITIES,
  type Parity,
  type StopBits,
} from '../base/line-settings.ts';
import { parseRig, portEndSchema, type RigFile } from '../rig/rig-file.ts';
import { readDocument } from './named-file.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** The flags of {@link withLineFlags} as yargs hands them over. */
export interface LineFlags {
  readonly rig: string | undefined;
  readonly address: string | undefined;
  readonly port: string | undefined;
  readonly baud: number | undefined;
  readonly parity: string | undefined;
  readonly stopbits: number | undefined;
  readonly flowcontrol: string | undefined;
  readonly phonenumber: string | undefined;
}

/** Adds `--rig`, `--address`, `--port` and the settings that go with a port. */
export function withLineFlags<T>(yargs: Argv<T>): Argv<T & LineFlags> {
  return yargs
    .option('rig', { type: 'string', requiresArg: true, describe: 'Rig file: what is plugged where' })
    .option('address', {
      type: 'string',
      requiresArg: true,
      describe: 'DN_ADDRESSING_URL that names the line',
    })
    .option('port', { type: 'string', requiresArg: true, describe: 'Serial port of this machine' })
    .option('baud', { type: 'number', requiresArg: true, describe: 'With --port: bits per second [115200]' })
    .option('parity', { choices: PARITIES, requiresArg: true, describe: 'With --port: parity bit [NONE]' })
    .option('stopbits', {
      type: 'number',
      choices: [1, 1.5, 2],
      requiresArg: true,
      describe: 'With --port: stop bits [1]',
    })
    .option('phonenumber', {
      type: 'string',
      requiresArg: true,
      describe: 'With --port: dial this number with the modem there',
    })
    .option('flowcontrol', {
      choices: FLOW_CONTROLS,
      requiresArg: true,
      describe: 'With --port: flow control [NONE]',
    }) as unknown as Argv<T & LineFlags>;
}

/** The settings flags that were given, in the words of a rig file. */
function settingsOf(flags: LineFlags): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  if (flags.baud !== undefined) given.baud = flags.baud;
  if (flags.parity !== undefined) given.parity = flags.parity as Parity;
  if (flags.stopbits !== undefined) given.stopbits = flags.stopbits as StopBits;
  if (flags.flowcontrol !== undefined) given.flowcontrol = flags.flowcontrol as FlowControl;
  return given;
}

/** The rig that the flags name; `undefined` when they name none. Throws UsageError when they contradict each other. */
export function rigFromFlags(flags: LineFlags): { file: string; rig: RigFile } | undefined {
  const named = (['rig', 'address', 'port'] as const).filter((flag) => flags[flag] !== undefined);
  if (named.length > 1)
    throw new UsageError(`${named.map((flag) => `--${flag}`).join(' and ')} both name a line: give one`);
  const settings = settingsOf(flags);
  const number = flags.phonenumber;
  const stray = Object.keys(settings)[0] ?? (number === undefined ? undefined : 'phonenumber');
  if (stray !== undefined && flags.port === undefined) {
    throw new UsageError(`--${stray} goes with --port; a rig file or an address has its own settings`);
  }
  if (flags.rig !== undefined)
    return { file: flags.rig, rig: parseRig(flags.rig, readDocument(flags.rig, 'rigs')) };
  if (flags.address !== undefined) {
    return {
      file: '--address',
      rig: { name: 'address', ends: { near: { address: flags.address }, far: 'elsewhere' } },
    };
  }
  if (flags.port === undefined) return undefined;
  const modem = number === undefined ? {} : { modem: { number } };
  const near = portEndSchema.safeParse(
    { port: flags.port, ...settings, ...modem },
    { error: plainComplaint },
  );
  if (!near.success) {
    const issue = near.error.issues[0]!;
    const flag = issue.path[0] === 'modem' ? 'phonenumber' : String(issue.path[0] ?? 'port');
    throw new UsageError(`--${flag}: ${issue.message}`);
  }
  return { file: '--port', rig: { name: `port ${flags.port}`, ends: { near: near.data, far: 'elsewhere' } } };
}

/** The rig that runs when nothing names a line. */
export function defaultRig(): { file: string; rig: RigFile } {
  const file = join(PACKAGE_ROOT, 'rigs', 'virtual-null-modem.yaml');
  return {
    file: 'rigs/virtual-null-modem.yaml',
    rig: parseRig('rigs/virtual-null-modem.yaml', readDocument(file, 'rigs')),
  };
}
