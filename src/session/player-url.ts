/** The URL under which the others are told of a client: the address from which its host saw it. [MS-DPDX] 2.2.34 (JOI-1) */
import { printAddress } from '../wire/addressing-url.ts';
import { PROVIDER_GUIDS } from '../wire/guid.ts';
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
  const found = lines.find(({ name }) => name === line);
  if (found?.kind !== 'udp') return told ?? found?.url;
  const colon = address.lastIndexOf(':');
  const hostname = address.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return printAddress({
    values: { provider: PROVIDER_GUIDS.ip, hostname, port: Number(address.slice(colon + 1)) },
  });
}
