/** A program that is many clean virtual lines in one process, so that those who use them are measured alone. */
import { openVirtualNullModem } from '../../src/port/virtual-null-modem.ts';
import type { PumpAnswer, PumpOrder } from './cpu-message.ts';

/** A UART wakes its reader every few bytes; a pump that moves more at a time would flatter whoever reads as it comes. */
const TICK_MS = 1;

const order = JSON.parse(process.argv[2] ?? '{}') as PumpOrder;
const lines = await Promise.all(
  Array.from({ length: order.lines }, () =>
    openVirtualNullModem({ settings: { baud: order.baud }, tickMs: TICK_MS }),
  ),
);
const answer = (message: PumpAnswer): void => {
  process.send?.(message);
};

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const bytes = lines.flatMap((line) => line.passages.map(({ taken }) => taken));
  answer({ type: 'taken', bytes, at: Number(process.hrtime.bigint()) / 1e6, cpu: (user + system) / 1e3 });
});
process.on('disconnect', () => process.exit(0));
answer({ type: 'open', paths: lines.flatMap((line) => line.paths) });
