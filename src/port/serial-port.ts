/** Opens a serial port with the settings of a line, reads back what was set, and opens it again when it comes back. */
import type { BindingInterface } from '@serialport/bindings-cpp';
import { SerialPortStream } from '@serialport/stream';
import { durationText } from '../base/duration-text.ts';
import { PortError } from '../base/failure.ts';
import type { Duration } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import { type Clock, monotonicClock } from './clock.ts';
import { findDevice, knowDevice } from './find-device.ts';
import { LastingPort } from './lasting-port.ts';
import { lockHolder, openFailure } from './open-failure.ts';
import type { OpenPort } from './open-port.ts';
import { systemBinding } from './patched-binding.ts';
import {
  checkBaud,
  compareSettings,
  needsStickParity,
  notAppliedTo,
  openLineOptions,
  type PortKind,
  refusedByDriver,
  refuseImpossible,
  settingWarnings,
} from './port-settings.ts';
import { StreamPort } from './stream-port.ts';
import { leadsToPseudoTerminal, setStickParity, terminalSettings } from './terminal.ts';

/** Saves three wake-ups of four on a busy line at 115200, and delays no byte by more than this and a timer's lateness. */
const READ_SLICE_MS = 2;
const CLOSE_WITHIN_MS = 1_000;

/** What to open and how. */
export interface SerialPortOptions {
  readonly path: string;
  readonly settings: LineSettings;
  /** What is below the stream; left out, this machine's ports. A binding given here refuses for itself what it cannot do. */
  readonly binding?: BindingInterface;
  /** Least time between two reads while bytes stream in, in milliseconds, 0..20; 2 when left out, 0 for none. Linux only; see docs/ports.md. */
  readonly readSliceMs?: number;
  /** `close` of the port returns within this many milliseconds; 1000 when left out. */
  readonly closeWithinMs?: number;
  /** Left out, the monotonic clock. */
  readonly clock?: Clock;
}

/**
 * Opens a port. Throws `UsageError` for a rate outside 50..4,000,000, and {@link PortError} with fault `absent`,
 * `busy`, `denied`, `unsupported` or `failed` and one clear sentence for everything else; nothing has been sent then.
 */
export async function openSerialPort(options: SerialPortOptions): Promise<OpenPort> {
  const { path, settings } = options;
  const kind = kindOf(path, options.binding);
  checkBaud(settings.baud);
  refuseImpossible(path, settings, kind);
  // serialport sets the tty first and finds the lock afterwards: it would spoil the settings of who holds it.
  const holder = kind === 'given' ? undefined : lockHolder(path);
  if (holder !== undefined) throw new PortError('busy', path, `${path} is in use by ${holder}`);
  const binding = options.binding ?? systemBinding({ readSliceMs: options.readSliceMs ?? READ_SLICE_MS });
  const stream = await openStream(path, settings, kind, binding);
  try {
    const warnings = await settle(stream, path, settings, kind);
    return new StreamPort(stream, {
      settings,
      notApplied: notAppliedTo(settings, kind),
      warnings: [...warnings, ...settingWarnings(settings)],
      closeWithinMs: options.closeWithinMs ?? CLOSE_WITHIN_MS,
      clock: options.clock ?? monotonicClock,
    });
  } catch (error) {
    stream.on('error', () => {});
    await new Promise<void>((resolve) => stream.close(() => resolve()));
    throw openFailure(path, error);
  }
}

/** How often {@link openLastingPort} looks for a device that went away, in milliseconds. */
const LOOK_EVERY_MS = 250;

/**
 * Opens a port that may be unplugged and come back, at the same path or, with the same USB serial number, at another.
 * It is lost when it stays away for longer than `patience`, and at once when waiting does not help (a setting that the port
 * cannot have). Throws as {@link openSerialPort}.
 */
export async function openLastingPort(options: SerialPortOptions, patience: Duration): Promise<LastingPort> {
  const clock = options.clock ?? monotonicClock;
  const first = await openSerialPort(options);
  const device = await knowDevice(options.path);
  const reopen = async (signal: AbortSignal): Promise<OpenPort> => {
    const end = clock.now() + patience;
    for (;;) {
      try {
        const path = await findDevice(device);
        if (path !== undefined) return await openSerialPort({ ...options, path });
        throw new PortError(
          'lost',
          device.path,
          `${device.path} did not come back within ${durationText(patience)}`,
        );
      } catch (error) {
        const curable = error instanceof PortError && error.fault !== 'unsupported';
        if (!curable || signal.aborted || clock.now() >= end) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    }
  };
  return new LastingPort(first, { clock, reopen });
}

function kindOf(path: string, binding: BindingInterface | undefined): PortKind {
  if (binding !== undefined) return 'given';
  if (process.platform === 'win32') return 'windows';
  if (process.platform === 'darwin') return 'macos';
  return leadsToPseudoTerminal(path) ? 'pty' : 'linux';
}

function openStream(
  path: string,
  settings: LineSettings,
  kind: PortKind,
  binding: BindingInterface,
): Promise<SerialPortStream> {
  return new Promise((resolve, reject) => {
    const stream = new SerialPortStream({
      binding,
      path,
      autoOpen: false,
      ...openLineOptions(settings, kind),
    });
    stream.open((error) => (error ? reject(openFailure(path, error)) : resolve(stream)));
  });
}

/** Sets what serialport cannot, then reads everything back: tcsetattr succeeds if it could do any part of it. Returns warnings. */
async function settle(
  stream: SerialPortStream,
  path: string,
  settings: LineSettings,
  kind: PortKind,
): Promise<string[]> {
  const port = stream.port;
  if (!port || kind === 'windows' || kind === 'macos') return [];
  const { baudRate } = await port.getBaudRate();
  if (kind === 'given') {
    if (baudRate === settings.baud) return [];
    throw refusedByDriver(path, `baud=${settings.baud} was set as ${baudRate}`);
  }
  const fd = (port as { fd?: unknown }).fd;
  if (typeof fd !== 'number') return [];
  if (needsStickParity(settings, kind) && !setStickParity(fd, settings.parity)) {
    throw refusedByDriver(path, `parity=${settings.parity}`);
  }
  const actual = terminalSettings(fd);
  return actual === null ? [] : compareSettings(path, settings, actual, kind);
}
