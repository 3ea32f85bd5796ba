/** Which addresses of a machine lead others to it. */
import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { machineAddresses } from '../../src/port/machine-addresses.ts';
import { alternateAddress, networkAddressText } from '../../src/wire/network-address.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;

test('those that leave the machine and mean something elsewhere, with the port', () => {
  const interfaces = {
    lo: [at('127.0.0.1', true), at('::1', true)],
    eth0: [at('192.0.2.7'), at('2001:db8::7'), at('fe80::7'), at('fd00::2')],
    none: undefined,
  };
  const found = machineAddresses(2302, interfaces);
  expect(found.map(networkAddressText)).toEqual(['192.0.2.7:2302', '[2001:db8::7]:2302', '[fd00::2]:2302']);
  expect(found.map(alternateAddress)[0]).toMatchObject({ dwAddrIn: '192.0.2.7', wPort: 2302 });
});

test('no more than a list of alternate addresses holds, and those of this machine are addresses', () => {
  const many = Array.from({ length: 40 }, (_, n) => at(`192.0.2.${n}`));
  expect(machineAddresses(1, { eth0: many })).toHaveLength(12);
  for (const address of machineAddresses(1)) expect(address.port).toBe(1);
});
