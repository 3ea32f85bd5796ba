/** Endpoints as text, URL and alternate address: equal places have equal texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/wire/addressing-url.ts';
import {
  alternateAddress,
  networkAddress,
  networkAddressOfUrl,
  networkAddressText,
  networkUrl,
  parseNetworkAddress,
} from '../../src/wire/network-address.ts';

const textOf = (text: string): string | undefined => {
  const address = parseNetworkAddress(text);
  return address && networkAddressText(address);
};

describe('the text of an address', () => {
  it('is the same for every spelling of the same place', () => {
    for (const [written, text] of [
      ['127.0.0.1:2302', '127.0.0.1:2302'],
      ['127.000.000.001:0002302', '127.0.0.1:2302'],
      ['[0:0:0:0:0:0:0:1]:2302', '[::1]:2302'],
      ['[::0001]:2302', '[::1]:2302'],
      ['[::]:1', '[::]:1'],
      ['[2001:DB8:0:0:1:0:0:1]:80', '[2001:db8::1:0:0:1]:80'],
      ['[1:0:0:4:0:0:0:8]:9', '[1:0:0:4::8]:9'],
      ['[1:0:3:4:5:6:7:0]:9', '[1:0:3:4:5:6:7:0]:9'],
      ['[10:0:0:0:0:0:0:10]:9', '[10::10]:9'],
      ['[fe80::1%eth0]:5', '[fe80::1%eth0]:5'],
    ]) {
      expect(textOf(written!), written).toBe(text);
    }
  });

  it('that is none is undefined', () => {
    for (const text of [
      '',
      'localhost:1',
      '1.2.3:4',
      '1.2.3.4',
      '1.2.3.4:',
      '1.2.3.4:65536',
      '::1:5',
      '[::1]',
      '[1.2.3.4]:5',
      '[::1::]:5',
      '[::1%]:5',
      '[::1%a%b]:5',
      '1.2.3.256:5',
    ]) {
      expect(parseNetworkAddress(text), text).toBeUndefined();
    }
    expect(networkAddress('1.2.3.4', 1.5)).toBeUndefined();
  });

  it('of any IPv6 address reads back as the same bytes', () => {
    const groups = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), {
      minLength: 8,
      maxLength: 8,
    });
    fc.assert(
      fc.property(groups, fc.integer({ min: 0, max: 65_535 }), (words, port) => {
        const full = words.map((word) => word.toString(16)).join(':');
        const address = networkAddress(full, port)!;
        expect(parseNetworkAddress(networkAddressText(address))).toEqual(address);
        expect(alternateAddress(address)).toMatchObject({ dwAddrIn: full, wPort: port });
      }),
      { seed: 6073, numRuns: 200 },
    );
  });
});

describe('the URL of an address', () => {
  it('has provider, hostname and port, colons escaped, no brackets and no zone', () => {
    expect(networkUrl(parseNetworkAddress('192.0.2.1:2302')!)).toBe(
      'x-directplay:/provider=%7BEBFE7BA0-628D-11D2-AE0F-006097B01411%7D;hostname=192.0.2.1;port=2302',
    );
    const url = networkUrl(parseNetworkAddress('[fe80::1%eth0]:2302')!);
    expect(url).toMatch(/;hostname=fe80%3A%3A1;port=2302$/);
    expect(parseAddress(url)).toMatchObject({ name: 'address', provider: 'ip', remarks: [] });
  });

  it('leads back there, whatever form the hostname has', () => {
    const provider = 'x-directplay:/provider=%7BEBFE7BA0-628D-11D2-AE0F-006097B01411%7D';
    const to = (rest: string) => {
      const address = networkAddressOfUrl(`${provider};${rest}`);
      return address && networkAddressText(address);
    };
    expect(to('hostname=192.0.2.1;port=0000002302')).toBe('192.0.2.1:2302');
    expect(to('hostname=[::1];port=1')).toBe('[::1]:1');
    expect(to('hostname=%3A%3A1;port=1')).toBe('[::1]:1');
    expect(to('hostname=::1;port=1')).toBe('[::1]:1');
    expect(to('hostname=example.org;port=1')).toBeUndefined();
    expect(to('hostname=192.0.2.1')).toBeUndefined();
    expect(to('port=1')).toBeUndefined();
    expect(networkAddressOfUrl('nonsense')).toBeUndefined();
    expect(
      networkAddressOfUrl(
        'x-directplay:/provider=%7B743B5D60-628D-11D2-AE0F-006097B01411%7D;hostname=192.0.2.1;port=1',
      ),
    ).toBeUndefined();
  });
});

describe('an alternate address', () => {
  it('drops the zone, which means nothing elsewhere', () => {
    const address = alternateAddress(parseNetworkAddress('[fe80::1%eth0]:5')!);
    expect(address).toMatchObject({ name: 'DN_ALTERNATE_ADDRESS (IPv6)', dwAddrIn: 'fe80:0:0:0:0:0:0:1' });
  });
});
