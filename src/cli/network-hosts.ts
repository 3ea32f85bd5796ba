/** Hosts to be reached over UDP, as flags and addresses name them. Sends nothing. */
import type { Argv } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { resolveHost } from '../port/resolve-host.ts';
import { ENUMERATION_PORT } from '../port/udp-port.ts';
import { parseAddress } from '../wire/addressing-url.ts';
import { type NetworkAddress, networkAddress } from '../wire/network-address.ts';

/** The flag as yargs hands it over. */
export interface HostnameFlag {
  readonly hostname: string | undefined;
}

/** A host as it was named. */
export interface NamedHost {
  readonly host: string;
  readonly port: number;
}

/** Hosts that one command line may name. */
const HOSTS_MAX = 8;
/** Whom a URL without a hostname means: everybody on the local network. [MS-DPDX] 3.3.4 */
const BROADCAST = '255.255.255.255';

/** What `--hostname` means to those who ask for sessions. */
const ASKED = `Over UDP: HOST[:PORT], several with commas, port ${ENUMERATION_PORT} unless said; ${BROADCAST} asks the local network`;

/** Adds `--hostname`. */
export function withHostnameFlag<T>(yargs: Argv<T>, describe = ASKED): Argv<T & HostnameFlag> {
  return yargs.option('hostname', {
    type: 'string',
    requiresArg: true,
    describe,
  }) as unknown as Argv<T & HostnameFlag>;
}

/** One `HOST[:PORT]`: a name, an IPv4 address, an IPv6 address with or without brackets; a port only behind brackets. */
function namedHost(text: string, portDefault: number): NamedHost | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^\s/:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const bare = plain === undefined && bracketed === undefined ? text : bracketed;
  const host = plain ?? (networkAddress(bare ?? '', 0)?.family === 6 ? bare : undefined);
  if (host === undefined) return undefined;
  if (digits === undefined) return { host, port: portDefault };
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

/** The hosts of `--hostname`, at `portDefault` unless a port is said. Throws UsageError. */
export function hostsFromFlag({ hostname }: HostnameFlag, portDefault = ENUMERATION_PORT): NamedHost[] {
  if (hostname === undefined) return [];
  const hosts = hostname.split(',').map((text) => {
    const host = namedHost(text.trim(), portDefault);
    if (host === undefined)
      throw new UsageError(`--hostname: expected HOST or HOST:PORT, got ${JSON.stringify(text.trim())}`);
    return host;
  });
  if (hosts.length > HOSTS_MAX)
    throw new UsageError(`--hostname: expected at most ${HOSTS_MAX} hosts, got ${hosts.length}`);
  return hosts;
}

/** The host of `--address`, if that is an address of IP; `undefined` for other links and for what is no address. */
export function hostOfAddress(text: string): NamedHost | undefined {
  const address = parseAddress(text);
  if (address.name === 'problem' || address.provider !== 'ip') return undefined;
  const { hostname = BROADCAST, port = ENUMERATION_PORT } = address.values;
  return { host: hostname, port: port === 0 ? ENUMERATION_PORT : port };
}

/** The addresses of all hosts, each once. Throws UsageError for a name that is not known. */
export async function resolveHosts(hosts: readonly NamedHost[]): Promise<NetworkAddress[]> {
  const found = await Promise.all(hosts.map(({ host, port }) => resolveHost(host, port)));
  const each = new Map(found.flat().map((address) => [JSON.stringify(address), address]));
  return [...each.values()];
}
