/** Hosts as flags and addresses name them, and their addresses. */
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/base/failure.ts';
import { hostOfAddress, hostsFromFlag, resolveHosts } from '../../src/cli/network-hosts.ts';

const IP = 'x-directplay:/provider=%7BEBFE7BA0-628D-11D2-AE0F-006097B01411%7D';

describe('--hostname', () => {
  test('names hosts with or without a port, in every form of an address; without one 6073 is asked [3.3.3-01]', () => {
    expect(hostsFromFlag({ hostname: undefined })).toEqual([]);
    expect(
      hostsFromFlag({ hostname: '192.0.2.7, example.org:2302 ,[::1]:5,[::1],::1,fe80::1%eth0' }),
    ).toEqual([
      { host: '192.0.2.7', port: 6073 },
      { host: 'example.org', port: 2302 },
      { host: '::1', port: 5 },
      { host: '::1', port: 6073 },
      { host: '::1', port: 6073 },
      { host: 'fe80::1%eth0', port: 6073 },
    ]);
  });

  test('refuses what is none, and too many', () => {
    for (const hostname of ['', 'a,', 'a:0', 'a:65536', 'a:b', 'a b', 'http://a', '[::1', '[]:1']) {
      expect(() => hostsFromFlag({ hostname }), hostname).toThrow(UsageError);
    }
    expect(() => hostsFromFlag({ hostname: 'a,b,c,d,e,f,g,h,i' })).toThrow('at most 8');
  });
});

describe('an address of IP', () => {
  test('names its host; without one it means everybody on the local network [3.3.4-02]', () => {
    expect(hostOfAddress(`${IP};hostname=192.0.2.7;port=2302`)).toEqual({ host: '192.0.2.7', port: 2302 });
    expect(hostOfAddress(`${IP};hostname=example.org`)).toEqual({ host: 'example.org', port: 6073 });
    expect(hostOfAddress(IP)).toEqual({ host: '255.255.255.255', port: 6073 });
    expect(
      hostOfAddress('x-directplay:/provider=%7B743B5D60-628D-11D2-AE0F-006097B01411%7D'),
    ).toBeUndefined();
    expect(hostOfAddress('COM1')).toBeUndefined();
  });
});

describe('resolving', () => {
  test('takes numeric addresses as they are, each once, and refuses a name that nobody knows', async () => {
    const twice = { host: '[::1]', port: 5 };
    expect(
      await resolveHosts([twice, { host: '0:0:0:0:0:0:0:1', port: 5 }, { host: '192.0.2.7', port: 1 }]),
    ).toEqual([
      { host: '::1', port: 5, family: 6 },
      { host: '192.0.2.7', port: 1, family: 4 },
    ]);
    await expect(resolveHosts([{ host: 'nobody.invalid', port: 1 }])).rejects.toThrow(UsageError);
  });
});
