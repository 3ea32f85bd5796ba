/** The sockets of a machine on UDP: those of a host, and those from which hosts are asked. Says nothing over them. */
import { PortError } from '../base/failure.ts';
import type { DrivenLine } from '../port/session-driver.ts';
import { openUdpPort } from '../port/udp-port.ts';
import type { Endpoint } from '../session/endpoint.ts';
import { type NetworkAddress, networkAddressText } from '../wire/network-address.ts';

/** Open sockets as lines of a session, and whom to ask on them. */
export interface Sockets {
  readonly lines: readonly DrivenLine[];
  readonly targets: readonly Endpoint[];
}

/** What the sockets leave with the caller, also when they throw: what to close, and what the operator should know. */
export interface SocketNotes {
  readonly opened: { close(): Promise<void> }[];
  readonly warnings: string[];
}

/** A socket for each address that a host is to be reached at. Throws {@link PortError}. */
export async function openHostSockets(
  addresses: readonly NetworkAddress[],
  { opened, warnings }: SocketNotes,
): Promise<Sockets> {
  const lines: DrivenLine[] = [];
  for (const { host, port: number } of addresses) {
    const port = await openUdpPort({ host, port: number, wellKnown: true });
    opened.push(port);
    warnings.push(...port.warnings);
    lines.push({ name: `UDP ${networkAddressText(port.local)}`, kind: 'udp', port });
  }
  return { lines, targets: [] };
}

/**
 * A socket for each family of addresses among the hosts to be asked. Throws {@link PortError}; where this machine has one
 * of the families, the other is only warned of.
 */
export async function openAskingSockets(
  hosts: readonly NetworkAddress[],
  { opened, warnings }: SocketNotes,
): Promise<Sockets> {
  const lines: DrivenLine[] = [];
  const targets: Endpoint[] = [];
  for (const family of [4, 6] as const) {
    const there = hosts.filter((host) => host.family === family);
    if (there.length === 0) continue;
    const name = `UDP over IPv${family}`;
    try {
      const port = await openUdpPort({ host: family === 4 ? '0.0.0.0' : '::', port: 0 });
      opened.push(port);
      lines.push({ name, kind: 'udp', port });
      targets.push(...there.map((host) => ({ line: name, address: networkAddressText(host) })));
    } catch (error) {
      // A name may have addresses of a family that this machine has not.
      if (!(error instanceof PortError) || there.length === hosts.length) throw error;
      warnings.push(error.message);
    }
  }
  return { lines, targets };
}
