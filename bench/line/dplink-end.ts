/** A program that is one end of a dplink transfer: sends a file, receives one, or both at once. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { ConnectionEvent } from '../../src/transport/connection-event.ts';
import { driveConnection } from './driven-connection.ts';
import type { EndAnswer, EndCommand, EndOrder } from './end-message.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as EndOrder;
const pieces: Uint8Array[] = [];
const arrivals: number[] = [];
const repeats: { sequence: number; at: number }[] = [];
/** Milliseconds of a clock that all processes of this machine share. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const answer = (message: EndAnswer): void => {
  process.send?.(message);
};

function onEvent(event: ConnectionEvent): void {
  if (event.type === 'message') {
    pieces.push(event.payload);
    arrivals.push(now());
  } else if (event.type === 'retried') repeats.push({ sequence: event.sequence, at: now() });
  else if (event.type === 'connected' && order.send !== undefined) {
    // Ends the stream behind everything queued.
    end.command((instant) => end.connection.close(instant));
  } else if (event.type === 'closed') {
    if (order.receive !== undefined) writeFileSync(order.receive, Buffer.concat(pieces));
    const { cause, undelivered } = event;
    const isGood = (cause === 'local' || cause === 'partner') && undelivered === 0;
    const { retries, framesSent } = end.connection.statistics;
    const fault = `closed by ${cause}, ${undelivered} messages undelivered`;
    answer({ type: 'done', ...(isGood ? {} : { fault }), retries, framesSent, arrivals, repeats });
  }
}

const end = await driveConnection(order.path, order.baud, order.seed, onEvent);

function go(): void {
  end.command((instant) => {
    if (order.role === 'connect') end.connection.connect(instant);
    else end.connection.listen(instant);
    if (order.send === undefined) return;
    const bytes = readFileSync(order.send);
    for (let at = 0; at < bytes.length; at += order.messageSize) {
      const payload = bytes.subarray(at, at + order.messageSize);
      if (!end.connection.send(instant, payload, { reliable: true, sequential: true }))
        throw new Error('queue full');
    }
  });
}

process.on('message', (_command: EndCommand) => go());
process.on('disconnect', () => process.exit(0));
answer({ type: 'ready' });
