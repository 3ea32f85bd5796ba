/** The addresses by which others may reach this machine, as its network interfaces have them. Opens nothing. */
import { networkInterfaces } from 'node:os';
import { ALTERNATE_ADDRESS_COUNT_MAX } from '../wire/alternate-address.ts';
import { type NetworkAddress, networkAddress } from '../wire/network-address.ts';

/** IPv6 addresses of one link alone: without their zone, which is ours, they lead nowhere. */
const LINK_LOCAL = /^fe[89ab]/;

/**
 * This machine's addresses with `port`, for a joiner's alternate addresses: without loopback and link-local IPv6, at most as
 * many as a list of them holds (ADR-3). [MS-DPDX] 2.2.35, 2.2.36
 */
export function machineAddresses(port: number, interfaces = networkInterfaces()): NetworkAddress[] {
  return Object.values(interfaces)
    .flatMap((all = []) => all)
    .filter(({ internal, address }) => !internal && !LINK_LOCAL.test(address))
    .flatMap(({ address }) => networkAddress(address, port) ?? [])
    .slice(0, ALTERNATE_ADDRESS_COUNT_MAX);
}
