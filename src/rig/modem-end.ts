/** An end of a rig that is a modem: opened, set up, and brought into a call. Counts no calls and repeats none. */
import { PortError } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { DialerEvent } from '../modem/dialer-event.ts';
import type { CallPort } from '../port/call-port.ts';
import type { Clock } from '../port/clock.ts';
import { type CallResult, ModemPort } from '../port/modem-port.ts';
import { openSerialPort } from '../port/serial-port.ts';
import type { ModemPlan } from './modem-settings.ts';

/** What opening a modem needs. */
export interface ModemEndPlan {
  readonly path: string;
  readonly settings: LineSettings;
  readonly modem: ModemPlan;
}

/** A modem that is set up. */
export interface ModemEnd {
  readonly modem: ModemPort;
  /** Optional settings that it refused, and what the port could not do, in words. */
  readonly warnings: readonly string[];
  /** Whether it dials; else it answers. */
  readonly dials: boolean;
  /** Dials or answers. Throws {@link PortError} with the reason when no call comes to be. */
  connect(): Promise<CallPort>;
}

/** Opens the port and sets the modem up. Throws {@link PortError}; nothing stays open then. */
export async function openModemEnd(
  { path, settings, modem: plan }: ModemEndPlan,
  clock: Clock,
  onEvent?: (now: Instant, event: DialerEvent) => void,
): Promise<ModemEnd> {
  const port = await openSerialPort({ path, settings, clock });
  const modem = new ModemPort(port, {
    clock,
    dialer: plan.dialer,
    pace: plan.pace,
    ...(onEvent ? { onEvent } : {}),
  });
  try {
    await modem.start();
    const skipped = await modem.initialise();
    const { number } = plan;
    return {
      modem,
      warnings: skipped.map((command) => `the modem refused ${command}: the call goes on without it`),
      dials: number !== undefined,
      connect: async () =>
        callOf(path, number, await (number === undefined ? modem.answer() : modem.dial(number))),
    };
  } catch (error) {
    await modem.close();
    throw error;
  }
}

/** How long an answering modem may still train after the dialling one is online, in milliseconds. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Connects the modems of a rig: all at once, since the one waits for the other. Throws what the first of them threw, or
 * {@link PortError} where the dialled call arrived somewhere else.
 */
export async function connectModems(ends: readonly ModemEnd[]): Promise<CallPort[]> {
  const calls = ends.map(async (end) => ({ end, call: await end.connect() }));
  let timer: NodeJS.Timeout | undefined;
  const astray = new Promise<never>((_, reject) => {
    for (const connected of calls) {
      connected.then(
        ({ end }) => {
          if (!end.dials) return;
          timer = setTimeout(() => {
            const { path } = end.modem.port;
            const text = `${path}: the call is on, but no modem of this rig answered it: is the number the right one?`;
            reject(new PortError('failed', path, text));
          }, ANSWER_WITHIN_MS);
        },
        () => {},
      );
    }
  });
  try {
    return (await Promise.race([Promise.all(calls), astray])).map(({ call }) => call);
  } finally {
    clearTimeout(timer);
  }
}

/** The call, or its failure thrown. */
function callOf(path: string, number: string | undefined, result: CallResult): CallPort {
  if (result.is === 'connected') return result.call;
  const { failure, text } = result.event;
  const what = number === undefined ? 'the call was not answered' : `the call to ${number} failed`;
  throw new PortError('failed', path, `${path}: ${what}: ${words(failure)} (${text})`);
}

/** `noDialTone` as `no dial tone`. */
function words(name: string): string {
  return name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
}
