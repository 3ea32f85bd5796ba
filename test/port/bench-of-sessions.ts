/** Sessions over real ports in one process: players, their sockets and drivers, and what they sent. */
import { Random } from '../../src/base/random.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { type DrivenLine, type EndpointMachine, SessionDriver } from '../../src/port/session-driver.ts';
import { openUdpPort, type UdpPort } from '../../src/port/udp-port.ts';
import { networkReach } from '../../src/session/network-reach.ts';
import type { Outgoing } from '../../src/session/outgoing.ts';
import { Session } from '../../src/session/session.ts';
import type { SessionEvent } from '../../src/session/session-event.ts';
import { networkAddressText, networkUrl } from '../../src/wire/network-address.ts';

/** One message that a player sent. */
export interface Sent extends Outgoing {
  readonly from: string;
}

/** A player: its session, what it reported, and what it sent. */
export interface BenchPlayer {
  readonly name: string;
  readonly session: Session;
  readonly driver: SessionDriver<SessionEvent>;
  readonly events: SessionEvent[];
  /** Its own addresses on UDP, in the order of its lines. */
  readonly addresses: readonly string[];
  close(): Promise<void>;
}

/** Puts a player on open lines. `sent` is told every message on its way to a line. */
export function seat(
  name: string,
  lines: readonly DrivenLine[],
  sent: (message: Sent) => void = () => {},
): BenchPlayer {
  const networks = lines.filter((line) => line.kind === 'udp');
  const session = new Session({
    random: new Random(`player ${name}`),
    lines: lines.map((line) => {
      const url = line.kind === 'udp' ? networkUrl(line.port.local) : `x-directplay:/device=${line.name}`;
      return { name: line.name, kind: line.kind, url };
    }),
    reach: networkReach(networks.map(({ name: line, port }) => ({ name: line, family: port.local.family }))),
  });
  const events: SessionEvent[] = [];
  const addressOn = (line: string): string => {
    const network = networks.find((each) => each.name === line);
    return network === undefined ? line : networkAddressText(network.port.local);
  };
  const machine: EndpointMachine<SessionEvent> = {
    receive: (now, endpoint, message) => session.receive(now, endpoint, message),
    expire: (now) => session.expire(now),
    get deadline() {
      return session.deadline;
    },
    poll: (now, line) => {
      const out = session.poll(now, line);
      if (out !== undefined) sent({ ...out, from: addressOn(line) });
      return out;
    },
    next: () => session.next(),
    lineLost: (now, line) => session.lineLost(now, line),
  };
  const driver = new SessionDriver(machine, lines, monotonicClock, {
    onEvent: (_now, event) => events.push(event),
    onFailure: (error) => {
      throw error;
    },
  });
  driver.start();
  return {
    name,
    session,
    driver,
    events,
    addresses: networks.map(({ name: line }) => addressOn(line)),
    close: async () => {
      await driver.stop();
      await Promise.all(lines.map(({ port }) => port.close()));
    },
  };
}

/** A UDP line of this machine, on a port of the system's choosing. */
export async function udpLine(
  name: string,
  host: string,
  wellKnown = false,
): Promise<DrivenLine & { port: UdpPort }> {
  return { name, kind: 'udp', port: await openUdpPort({ host, port: 0, wellKnown }) };
}
