/** Internet endpoints as text (`127.0.0.1:2302`, `[::1]:2302`), as DN_ADDRESSING_URL and as alternate address. Resolves no names. */
import { invariant } from '../base/failure.ts';
import { parseAddress, printAddress } from './addressing-url.ts';
import type { DN_ALTERNATE_ADDRESS_IPV4, DN_ALTERNATE_ADDRESS_IPV6 } from './alternate-address.ts';
import { PROVIDER_GUIDS } from './guid.ts';
import { internetAddressText, parseInternetAddress } from './internet-address.ts';
import type { RecordOfStructure } from './packet.ts';

/** A host and a port that a packet is sent to or came from. */
export interface NetworkAddress {
  /** Dotted for IPv4; for IPv6 without brackets, with its zone (`fe80::1%eth0`) where it has one. */
  readonly host: string;
  /** 0..65535. */
  readonly port: number;
  readonly family: 4 | 6;
}

/** One entry of a list of alternate addresses. [MS-DPDX] 2.2.35, 2.2.36 */
export type AlternateAddress =
  | RecordOfStructure<typeof DN_ALTERNATE_ADDRESS_IPV4>
  | RecordOfStructure<typeof DN_ALTERNATE_ADDRESS_IPV6>;

/** Up to four digits of a port; leading zeros do no harm (ADR-5). */
const PORT = /^\d{1,10}$/;

/** `host` in its one spelling, and its family; `undefined` for what is no numeric address, a name among it. */
function canonicalHost(host: string): Pick<NetworkAddress, 'host' | 'family'> | undefined {
  const dotted = parseInternetAddress(host, 4);
  if (dotted) return { host: internetAddressText(dotted, 0, 4), family: 4 };
  const [address = '', zone, more] = host.split('%');
  if (more !== undefined || zone === '') return undefined;
  const bytes = parseInternetAddress(address, 6);
  if (!bytes) return undefined;
  const text = shortened(internetAddressText(bytes, 0, 16));
  return { host: zone === undefined ? text : `${text}%${zone}`, family: 6 };
}

/** An IPv6 address with its first longest run of two or more zero groups as `::`, as operating systems write it. */
function shortened(groups: string): string {
  const runs = groups.match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return groups;
  const at = groups.search(new RegExp(`(?<![^:])${longest}(?![^:])`));
  return `${groups.slice(0, at)}::${groups.slice(at + longest.length)}`.replace(/:{3,}/g, '::');
}

/** The address of a numeric `host` (brackets allowed) and `port`; `undefined` when either is none. */
export function networkAddress(host: string, port: number): NetworkAddress | undefined {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const canonical = canonicalHost(bare);
  if (!canonical || !Number.isInteger(port) || port < 0 || port > 65_535) return undefined;
  return { ...canonical, port };
}

/** The one text of an address, equal for equal ones; what `Endpoint.address` holds on UDP. */
export function networkAddressText({ host, port, family }: NetworkAddress): string {
  return family === 4 ? `${host}:${port}` : `[${host}]:${port}`;
}

/** Reads what {@link networkAddressText} writes; `undefined` for any other text, host names among it. */
export function parseNetworkAddress(text: string): NetworkAddress | undefined {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]|([^[\]:]+)):(\d+)$/.exec(text) ?? [];
  if (!PORT.test(port)) return undefined;
  const address = networkAddress(bracketed ?? plain ?? '', Number(port));
  return address && (address.family === 6) === (bracketed !== undefined) ? address : undefined;
}

/** The URL that a host tells others of a player whom it sees at `address` (JOI-1, ADR-4, ADR-7). A zone means nothing to them. */
export function networkUrl({ host, port }: NetworkAddress): string {
  return printAddress({ values: { provider: PROVIDER_GUIDS.ip, hostname: host.split('%')[0], port } });
}

/** Where a URL leads: `undefined` unless it is one of IP with a numeric hostname and a port. [MS-DPDX] 2.2.34 */
export function networkAddressOfUrl(url: string): NetworkAddress | undefined {
  const address = parseAddress(url);
  if (address.name === 'problem' || address.provider !== 'ip') return undefined;
  const { hostname, port } = address.values;
  return hostname === undefined || port === undefined ? undefined : networkAddress(hostname, port);
}

/** An address as an alternate address of this machine; a zone has no place in it. [MS-DPDX] 2.2.35, 2.2.36 */
export function alternateAddress(address: NetworkAddress): AlternateAddress {
  const { host, port: wPort, family } = address;
  const bytes = parseInternetAddress(host.split('%')[0]!, family);
  invariant(bytes !== undefined, `"${host}" is no address`);
  if (family === 4)
    return { name: 'DN_ALTERNATE_ADDRESS (IPv4)', wPort, dwAddrIn: internetAddressText(bytes, 0, 4) };
  return { name: 'DN_ALTERNATE_ADDRESS (IPv6)', wPort, dwAddrIn: internetAddressText(bytes, 0, 16) };
}
