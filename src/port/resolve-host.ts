/** Host names to addresses, as the system's resolver knows them. Keeps nothing. */
import { lookup } from 'node:dns/promises';
import { UsageError } from '../base/failure.ts';
import { type NetworkAddress, networkAddress } from '../wire/network-address.ts';

/** Addresses of one name that are used at most. */
const ADDRESSES_MAX = 8;

/** The addresses of `host`, which may be numeric, with `port`. Throws {@link UsageError} for a name that is not known. */
export async function resolveHost(host: string, port: number): Promise<NetworkAddress[]> {
  const numeric = networkAddress(host, port);
  if (numeric !== undefined) return [numeric];
  try {
    const found = await lookup(host, { all: true });
    const addresses = found.flatMap(({ address }) => networkAddress(address, port) ?? []);
    if (addresses.length > 0) return addresses.slice(0, ADDRESSES_MAX);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new UsageError(`no address is known of the host ${host} (${code})`);
  }
  throw new UsageError(`no address is known of the host ${host}`);
}
