/** The URL under which the others are told of a client: the address from which its host saw it. [MS-DPDX] 2.2.34 (JOI-1) */
import { networkUrl, parseNetworkAddress } from '../wire/network-address.ts';
import type { Endpoint } from './endpoint.ts';
import type { SessionLine } from './session-options.ts';

/**
 * On UDP, host name and port of the endpoint. On serial what the client says of itself, and where it says nothing, our
 * end of the line: no line has an address that others could use (SER-13).
 */
export function playerUrl(
  lines: readonly SessionLine[],
  { line, address }: Endpoint,
  told: string | undefined,
): string | undefined {
  const source = parseNetworkAddress(address);
  if (source !== undefined) return networkUrl(source);
  return told ?? lines.find(({ name }) => name === line)?.url;
}
