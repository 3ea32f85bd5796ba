/** A capture of the serial lines of a conversation. What goes over UDP is for programs that record networks. */
import { UsageError } from '../base/failure.ts';
import { monotonicClock } from '../port/clock.ts';
import type { ChatLines, Seat } from './chat-lines.ts';
import { type CaptureRequest, RunCapture } from './run-capture.ts';

/** How often what was captured is made readable by others, in milliseconds. */
const FLUSH_EVERY_MS = 1_000;

/** The lines with a capture that looks on, if one was asked for. Throws UsageError where there is no serial line to record. */
export function recorded(
  lines: ChatLines,
  request: CaptureRequest | undefined,
  complain: (text: string) => void,
): ChatLines {
  if (request === undefined) return lines;
  const names = lines.seats.flatMap(({ name, lines: of }) =>
    of.flatMap((line) => (line.kind === 'serial' ? [`${name ?? 'line'} ${line.port.path}`] : [])),
  );
  if (names.length === 0) throw new UsageError('--capture records serial lines, and there is none');
  const origin = Date.now() * 1_000 - monotonicClock.now();
  const capture = new RunCapture(request, names, origin, complain);
  let next = 0;
  const seats = lines.seats.map(
    (seat): Seat => ({
      ...seat,
      lines: seat.lines.map((line) =>
        line.kind === 'serial' ? { ...line, onlooker: capture.recorder(next++) } : line,
      ),
    }),
  );
  const timer = setInterval(() => capture.flush(), FLUSH_EVERY_MS);
  const close = async (): Promise<void> => {
    clearInterval(timer);
    await lines.close();
    capture.close();
  };
  return { ...lines, seats, close };
}
