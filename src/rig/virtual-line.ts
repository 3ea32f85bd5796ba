/** Makes the virtual line that a rig describes: on ptys, or inside this process. Opens neither of its ports. */
import { parseDuration } from '../base/duration-text.ts';
import { MILLISECOND } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { DirectionOptions, End } from '../line/direction.ts';
import type { Injected, LineEvent } from '../line/line-event.ts';
import type { Clock } from '../port/clock.ts';
import { InProcessLine } from '../port/in-process-binding.ts';
import type { SerialPortOptions } from '../port/serial-port.ts';
import { openVirtualNullModem } from '../port/virtual-null-modem.ts';
import { lineSettings } from './end-settings.ts';
import type { RigDirection, RigFile } from './rig-file.ts';

/** What making a line needs from outside. */
export interface VirtualLineOptions {
  /** All chance comes from here. */
  readonly random: Random;
  readonly clock: Clock;
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
    line: { ...directionOptions(line ?? {}), events: scripted(rig) },
    directions: [directionOptions(line?.near_to_far ?? {}), directionOptions(line?.far_to_near ?? {})],
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

/** A rig's words for one direction in those of the line floor; what is not said is left out. */
function directionOptions(said: RigDirection): DirectionOptions {
  const { latency_ms, bit_error_ratio, byte_drop_ratio, byte_insert_ratio, burst } = said;
  return {
    ...(latency_ms === undefined ? {} : { latency: Math.round(latency_ms * MILLISECOND) }),
    ...(bit_error_ratio === undefined ? {} : { bitErrorRatio: bit_error_ratio }),
    ...(byte_drop_ratio === undefined ? {} : { byteDropRatio: byte_drop_ratio }),
    ...(byte_insert_ratio === undefined ? {} : { byteInsertRatio: byte_insert_ratio }),
    ...(burst === undefined
      ? {}
      : {
          burst: {
            meanGapBytes: burst.mean_gap_bytes,
            meanLengthBytes: burst.mean_length_bytes,
            bitErrorRatio: burst.bit_error_ratio,
          },
        }),
  };
}

/** The scripted events of a line; the schema has made sure that their times are times. */
function scripted(rig: RigFile): NonNullable<DirectionOptions['events']> {
  return (rig.line?.events ?? []).map((event) => ({
    kind: 'cut' as const,
    at: parseDuration(event.at) ?? 0,
    for: parseDuration(event.for) ?? 0,
  }));
}
