/** Arithmetic on the counters of a line: nothing counted, and what was counted since. */
import type { LineCounters } from './result.ts';

/** Nothing counted, on a port without UART counters. */
export const NO_COUNTERS: LineCounters = {
  bytes: { sent: 0, received: 0, skipped: 0 },
  frames: { sent: 0, received: 0, headerCrcErrors: 0, messageCrcErrors: 0, truncated: 0, resyncs: 0 },
  uart: null,
};

/** Copies `counters`, which may be alive. */
export function counted(counters: LineCounters): LineCounters {
  return since(counters, NO_COUNTERS);
}

/** What was counted between `before` and `after`; UART counters that appeared in between count from 0. */
export function since(after: LineCounters, before: LineCounters): LineCounters {
  const { bytes, frames, uart } = after;
  return {
    bytes: {
      sent: bytes.sent - before.bytes.sent,
      received: bytes.received - before.bytes.received,
      skipped: bytes.skipped - before.bytes.skipped,
    },
    frames: {
      sent: frames.sent - before.frames.sent,
      received: frames.received - before.frames.received,
      headerCrcErrors: frames.headerCrcErrors - before.frames.headerCrcErrors,
      messageCrcErrors: frames.messageCrcErrors - before.frames.messageCrcErrors,
      truncated: frames.truncated - before.frames.truncated,
      resyncs: frames.resyncs - before.frames.resyncs,
    },
    uart:
      uart === null
        ? null
        : {
            framing: uart.framing - (before.uart?.framing ?? 0),
            parity: uart.parity - (before.uart?.parity ?? 0),
            overrun: uart.overrun - (before.uart?.overrun ?? 0),
            break: uart.break - (before.uart?.break ?? 0),
          },
  };
}
