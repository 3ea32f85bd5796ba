/** A program that is one virtual line, in a process of its own so that nobody who uses it can starve it. Measures when bytes pass; speaks no protocol. */
import { Random } from '../../src/base/random.ts';
import { openVirtualNullModem } from '../../src/port/virtual-null-modem.ts';
import type { LineAnswer, LineCommand, LineOrder } from './line-message.ts';

/** How often the line is asked what passed: 0.04 % of the shortest run. */
const LOOK_MS = 5;

const order = JSON.parse(process.argv[2] ?? '{}') as LineOrder;
const line = await openVirtualNullModem({
  settings: { baud: order.baud },
  line: { latency: order.latencyMs * 1_000, bitErrorRatio: order.bitErrorRatio },
  random: new Random(order.seed),
});

/** Milliseconds of a clock that all processes of this machine share. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6;
const answer = (message: LineAnswer): void => {
  process.send?.(message);
};

let firstAt: number | undefined;
let lastAt: number | undefined;
let given = 0;

function look(): void {
  const [there, back] = line.passages;
  if (firstAt === undefined && there.taken + back.taken > 0) firstAt = now();
  if (there.given + back.given === given) return;
  given = there.given + back.given;
  lastAt = now();
}

setInterval(look, LOOK_MS);

process.on('message', (command: LineCommand) => {
  if (command.type === 'report') {
    look();
    answer({ type: 'report', firstAt, lastAt, passages: line.passages, injected: line.injected });
  } else if (command.type === 'cut') {
    line.cut();
    setTimeout(() => {
      line.restore();
      answer({ type: 'healed', at: now() });
    }, command.ms);
  } else process.exit(0);
});
process.on('disconnect', () => process.exit(0));
answer({ type: 'open', paths: line.paths });
