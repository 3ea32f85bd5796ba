/** Makes the virtual line that a rig describes: on ptys, or inside this process. Opens neither of its ports. */
import type { Duration } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { End } from '../line/direction.ts';
import type { Injected, LineEvent } from '../line/line-event.ts';
import type { Clock } from '../port/clock.ts';
import { InProcessLine } from '../port/in-process-binding.ts';
import type { SerialPortOptions } from '../port/serial-port.ts';
import { openVirtualNullModem } from '../port/virtual-null-modem.ts';
import { lineSettings } from './end-settings.ts';
import { lineDirections } from './line-directions.ts';
import type { RigFile } from './rig-file.ts';

/** What making a line needs from outside. */
export interface VirtualLineOptions {
  /** All chance comes from here. */
  readonly random: Random;
  readonly clock: Clock;
  /** How long a real port that was unplugged is waited for; none when left out. */
  readonly patience?: Duration;
  /** Called for everything that the line does to the bytes sent by an end; 0 is near. */
  readonly onEvent?: (from: End, event: LineEvent) => void;
}

/** A line whose two ports can be opened. */
export interface VirtualLine {
  /** Near, far. */
  readonly paths: readonly [string, string];
  /** What opens them, when it is not this system. */
  readonly binding: SerialPortOptions['binding'];
  /** What the line did so far to the bytes sent by near and by far. */
  readonly injected: readonly [Injected, Injected];
  close(): Promise<void>;
}

/** Makes it; a system without ptys gets a line inside this process in place of one on ptys. */
export async function openVirtualLine(
  rig: RigFile,
  kind: 'virtual' | 'in-process',
  options: VirtualLineOptions,
): Promise<VirtualLine> {
  const { line } = rig;
  const made = {
    ...options,
    settings: lineSettings(rig),
    directions: lineDirections(rig),
  } as const;
  if (kind === 'virtual' && process.platform === 'linux') {
    const cable = await openVirtualNullModem(made);
    return {
      paths: cable.paths,
      binding: undefined,
      get injected() {
        return cable.injected;
      },
      close: () => cable.close(),
    };
  }
  const receiveBuffer = line?.uart_buffer;
  const wire = new InProcessLine({ ...made, ...(receiveBuffer === undefined ? {} : { receiveBuffer }) });
  return {
    paths: wire.paths,
    // Its ports are its own; serialport's stream asks no more of them than any binding's.
    binding: wire.binding as unknown as NonNullable<SerialPortOptions['binding']>,
    get injected() {
      return wire.injected;
    },
    close: async () => wire.close(),
  };
}
