/** A rig's words for the two directions of a line in those of the line floor. Makes no line. */
import { parseDuration } from '../base/duration-text.ts';
import { MILLISECOND } from '../base/instant.ts';
import type { DirectionOptions } from '../line/direction.ts';
import type { RigDirection, RigFile } from './rig-file.ts';

/** What the directions sent from near and from far are like; what the rig does not say is left out. */
export function lineDirections(rig: RigFile): readonly [DirectionOptions, DirectionOptions] {
  const { line = {} } = rig;
  const both = { ...directionOptions(line), events: scripted(rig) };
  return [
    { ...both, ...directionOptions(line.near_to_far ?? {}) },
    { ...both, ...directionOptions(line.far_to_near ?? {}) },
  ];
}

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
