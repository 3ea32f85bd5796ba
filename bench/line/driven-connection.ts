/** A connection of the product's own parts on a port, with the settings that every user gets: nothing is tuned here. */
import { DEFAULT_LINE_SETTINGS, type LineSettings, lineTime } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Framed } from '../../src/framing/framed.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { Driver } from '../../src/port/driver.ts';
import type { OpenPort } from '../../src/port/open-port.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { Connection } from '../../src/transport/connection.ts';
import type { ConnectionEvent } from '../../src/transport/connection-event.ts';
import { MESSAGE_HEADER_SIZE } from '../../src/wire/message-header.ts';
import { Packets } from './packets.ts';

/** A connection and what drives it. */
export interface DrivenConnection {
  readonly connection: Connection;
  readonly port: OpenPort;
  readonly driver: Driver<unknown>;
  /** To be called after a command was given to the connection. */
  wake(): void;
  /** Gives the commands `act` with the time, then wakes. */
  command(act: (now: number) => void): void;
}

/** Opens the port and starts driving; the connection is idle. */
export async function driveConnection(
  path: string,
  baud: number,
  seed: string,
  onEvent: (event: ConnectionEvent) => void,
): Promise<DrivenConnection> {
  const settings: LineSettings = { ...DEFAULT_LINE_SETTINGS, baud };
  const port = await openSerialPort({ path, settings });
  const connection = new Connection({
    random: new Random(seed),
    lineTime: (bytes) => lineTime(settings, bytes + MESSAGE_HEADER_SIZE),
  });
  const driver = new Driver(new Framed(new Packets(connection)), port, monotonicClock, {
    onEvent: (_now, event) => {
      if (event.type !== 'damage') onEvent(event);
    },
  });
  driver.start();
  const wake = (): void => driver.wake();
  const command = (act: (now: number) => void): void => {
    act(monotonicClock.now());
    wake();
  };
  return { connection, port, driver, wake, command };
}
