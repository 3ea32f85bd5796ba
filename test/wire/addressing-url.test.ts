import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Address,
  type AddressProblems,
  explainAddress,
  lineSettingsOf,
  parseAddress,
  printAddress,
} from '../../src/wire/addressing-url.ts';
import { PROVIDER_GUIDS } from '../../src/wire/guid.ts';

const DEVICE = '0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0';
const provider = (kind: keyof typeof PROVIDER_GUIDS): string => `provider=%7B${PROVIDER_GUIDS[kind]}%7D`;

/** The four URLs of the text, a GUID in place of each placeholder, and a port that fits. */
const EXAMPLES = {
  ip: `x-directplay:/ ${provider('ip')}; device=%7B${DEVICE}%7D;port=0000023034#IPUserData`,
  ipx: `x-directplay:/ ${provider('ipx')}; device=%7B${DEVICE}%7D;port=00230#IPXUserData`,
  serial: `x-directplay:/ ${provider('serial')}; device=%7B${DEVICE}%7D;baud=57600;stopbits=1;parity=NONE; flowcontrol=RTSDTR#SerialUserData`,
  modem: `x-directplay:/ ${provider('modem')}; device=%7B${DEVICE}%7D; phonenumber=555-1212#ModemUserData`,
} as const;

function good(text: string): Address {
  const read = parseAddress(text);
  if (read.name === 'problem') throw new Error(JSON.stringify(read.problems));
  return read;
}

function bad(text: string): AddressProblems['problems'] {
  const read = parseAddress(text);
  if (read.name !== 'problem') throw new Error(`accepted: ${JSON.stringify(read)}`);
  return read.problems;
}

const serial = (rest: string): string => `x-directplay:/${provider('serial')};${rest}`;

test('[2.2.34-01, 2.2.34-02, 2.2.34-13] the serial example of the text is read', () => {
  const address = good(EXAMPLES.serial);
  expect(address).toMatchObject({
    provider: 'serial',
    values: { device: DEVICE, baud: 57_600, stopbits: 1, parity: 'NONE', flowcontrol: 'RTSDTR' },
    userData: 'SerialUserData',
    remarks: [],
  });
  expect(lineSettingsOf(address)).toEqual({
    baud: 57_600,
    parity: 'NONE',
    stopbits: 1,
    flowcontrol: 'RTSDTR',
  });
});

test('[2.2.34-18, 2.2.34-26, 2.2.34-27] the provider of each example is known by its GUID', () => {
  expect(PROVIDER_GUIDS).toEqual({
    ip: 'EBFE7BA0-628D-11D2-AE0F-006097B01411',
    ipx: '53934290-628D-11D2-AE0F-006097B01411',
    serial: '743B5D60-628D-11D2-AE0F-006097B01411',
    modem: '6D4A3650-628D-11D2-AE0F-006097B01411',
  });
  for (const [kind, url] of Object.entries(EXAMPLES)) expect(good(url).provider).toBe(kind);
  expect(good(EXAMPLES.modem).values.phonenumber).toBe('555-1212');
  expect(good(EXAMPLES.ipx).values.port).toBe(230);
});

test('the published URL of a session is read and written as it is', () => {
  const url =
    'x-directplay:/provider=%7BEBFE7BA0-628D-11D2-AE0F-006097B01411%7D;hostname=65.52.239.61;port=2302';
  expect(good(url).values).toMatchObject({ hostname: '65.52.239.61', port: 2302 });
  expect(printAddress(good(url))).toBe(url);
});

test('[2.2.34-03] another scheme is refused, the right one in any case is not', () => {
  expect(bad('http:/provider=x')[0]).toMatchObject({ offset: 0, expected: 'x-directplay:/key=value;...' });
  for (const text of ['', 'x-directplay', '/dev/ttyUSB0', 'x-directplays:/port=1']) {
    expect(bad(text)).toHaveLength(1);
  }
  expect(good(EXAMPLES.ip.replace('x-directplay', 'X-DirectPlay')).provider).toBe('ip');
});

test('[2.2.34-04, 2.2.34-06] one slash is accepted; none and two are refused', () => {
  expect(good('x-directplay:/port=1').values.port).toBe(1);
  expect(bad('x-directplay:port=1')[0]?.text).toContain('one "/" behind "x-directplay:"');
  expect(bad(EXAMPLES.ip.replace(':/', '://'))[0]).toMatchObject({
    offset: 14,
    expected: 'one "/" behind "x-directplay:", not two',
  });
});

test('[2.2.34-07] the order of the pairs makes no difference', () => {
  const one = good(`x-directplay:/${provider('ip')};hostname=host;port=9`);
  const other = good(`x-directplay:/port=9;hostname=host;${provider('ip')}`);
  expect(other.values).toEqual(one.values);
  expect(printAddress(other)).toBe(printAddress(one));
  expect(other.remarks).toMatchObject([{ kind: 'providerNotFirst' }]);
});

test('[2.2.34-08, 2.2.34-09, 2.2.34-10, 2.2.34-05] what is written has the provider first, lower-case keys without reserved characters, one slash', () => {
  for (const url of Object.values(EXAMPLES)) {
    const written = printAddress(good(url.toUpperCase().replace(/#.*/, '')));
    expect(written.startsWith('x-directplay:/provider=%7B')).toBe(true);
    const keys = written
      .slice('x-directplay:/'.length)
      .split(';')
      .map((pair) => pair.split('=')[0]);
    for (const key of keys) expect(key).toMatch(/^[a-z]+$/);
  }
});

test('[2.2.34-11] values are compared as they stand, and the nearest is suggested', () => {
  expect(bad(serial('parity=none'))).toEqual([
    {
      key: 'parity',
      value: 'none',
      offset: serial('parity=').length,
      expected: 'NONE, EVEN, ODD, MARK or SPACE',
      suggestion: 'NONE',
      text: 'parity=none: expected NONE, EVEN, ODD, MARK or SPACE (did you mean NONE?)',
    },
  ]);
});

test('keys are compared without regard to case, and the first of two counts', () => {
  const address = good(serial('BAUD=9600;Baud=300'));
  expect(address.values.baud).toBe(9600);
  expect(address.remarks).toMatchObject([
    { kind: 'repeatedKey', key: 'Baud', offset: serial('BAUD=9600;').length },
  ]);
});

test.each(['applicationinstance', 'device', 'program', 'provider'])(
  '[2.2.34-12, 2.2.34-14, 2.2.34-20, 2.2.34-21] %s holds a GUID',
  (key) => {
    const lower = DEVICE.toLowerCase();
    for (const text of [`%7B${DEVICE}%7D`, `{${lower}}`, lower]) {
      expect(good(`x-directplay:/${key}=${text}`).values).toEqual({ [key]: DEVICE });
    }
    for (const text of ['COM1', '%7BCOM PORT GUID%7D', '']) {
      expect(bad(`x-directplay:/${key}=${text}`)[0]).toMatchObject({ key, value: text });
    }
  },
);

const LISTED = {
  flowcontrol: ['NONE', 'XONXOFF', 'RTS', 'DTR', 'RTSDTR'],
  parity: ['NONE', 'EVEN', 'ODD', 'MARK', 'SPACE'],
  stopbits: ['1', '1.5', '2'],
} as const;

test.each(Object.entries(LISTED))(
  '[2.2.34-15, 2.2.34-17, 2.2.34-22] every listed value of %s is accepted and no other',
  (key, values) => {
    for (const value of values) {
      const settings = lineSettingsOf(good(serial(`${key}=${value}`)));
      expect(String(settings[key as keyof typeof LISTED])).toBe(value);
    }
    for (const value of ['', 'BOTH', '3', `${values[0].toLowerCase()}x`, '1.0']) {
      expect(bad(serial(`${key}=${value}`))[0]).toMatchObject({ key, value });
    }
  },
);

test('[2.2.34-13] a baud rate is a whole number that a port can have', () => {
  for (const baud of [50, 300, 9600, 31_250, 4_000_000])
    expect(good(serial(`baud=${baud}`)).values.baud).toBe(baud);
  for (const text of ['49', '4000001', '9600.5', '-9600', '9k6', '1e3', '']) {
    expect(bad(serial(`baud=${text}`))[0]?.text).toBe(
      `baud=${text}: expected bits per second from 50 to 4000000`,
    );
  }
});

test('[2.2.34-19] a port is at most 65535; leading zeros make no difference', () => {
  const ip = (port: string): string => `x-directplay:/${provider('ip')};port=${port}`;
  expect(good(ip('65535')).values.port).toBe(65_535);
  expect(good(ip('0000002302')).values.port).toBe(2302);
  for (const text of ['65536', '0000230034', '-1', '0x10'])
    expect(bad(ip(text))[0]).toMatchObject({ key: 'port' });
});

test('[2.2.34-16] a host name may be a name or an address in any notation, and is written without brackets', () => {
  const ip = (host: string): string => `x-directplay:/${provider('ip')};hostname=${host}`;
  for (const host of ['192.0.2.1', 'bench-2.example', '2001:db8::7', '2001%3Adb8%3A%3A7', '[2001:db8::7]']) {
    const bare = decodeURIComponent(host).replace(/[[\]]/g, '');
    expect(good(ip(host)).values.hostname).toBe(bare);
  }
  expect(printAddress(good(ip('[2001:db8::7]')))).toBe(ip('2001%3Adb8%3A%3A7'));
  for (const host of ['', 'two words', 'a%00b', 'x'.repeat(256)]) expect(bad(ip(host))).toHaveLength(1);
});

test('[2.2.34-18] a telephone number may hold what a dial string holds, and nothing that ends a command', () => {
  const modem = (number: string): string => `x-directplay:/${provider('modem')};phonenumber=${number}`;
  for (const number of ['555-1212', '+49 (30) 1234', 'T0,,5551212', '*70W555', '%2370']) {
    expect(good(modem(number)).values.phonenumber).toBe(decodeURIComponent(number));
  }
  for (const number of ['', 'home', '555%3B+CFUN', '555%0D', 'ABC'])
    expect(bad(modem(number))).toHaveLength(1);
});

test('[2.2.34-23] a key that is not listed is left out and reported, and the known keys still count', () => {
  const address = good(serial('foo=bar;baud=9600;bauds=300;a%2fb=1'));
  expect(address.values).toEqual({ provider: PROVIDER_GUIDS.serial, baud: 9600 });
  expect(address.remarks.map(({ kind, key }) => [kind, key])).toEqual([
    ['unknownKey', 'foo'],
    ['unknownKey', 'bauds'],
    ['unknownKey', 'a%2fb'],
  ]);
  expect(address.remarks[1]?.text).toBe('bauds: not a known key, ignored (did you mean baud?)');
  expect(printAddress(address)).toBe(serial('baud=9600'));
});

test('[2.2.34-24, 2.2.34-25] what stands behind the number sign is kept apart and has no effect', () => {
  const address = good(`x-directplay:/${provider('ip')};port=2302#port=1;%zz#more`);
  expect(address.values.port).toBe(2302);
  expect(address.userData).toBe('port=1;%zz#more');
  expect(good('x-directplay:/port=1').userData).toBeUndefined();
  expect(good('x-directplay:/port=1#').userData).toBe('');
});

test('a malformed escape is refused, with its place', () => {
  for (const value of ['%', '%4', '12%zz', '%%35']) {
    expect(bad(`x-directplay:/hostname=${value}`)).toMatchObject([
      { key: 'hostname', value, offset: 23, expected: expect.stringContaining('hexadecimal') },
    ]);
  }
});

test('every problem is reported, not the first alone', () => {
  const problems = bad(serial('baud=fast;parity=odd;loose;=3;stopbits=2'));
  expect(problems.map(({ text }) => text)).toEqual([
    'baud=fast: expected bits per second from 50 to 4000000',
    'parity=odd: expected NONE, EVEN, ODD, MARK or SPACE (did you mean ODD?)',
    '"loose": expected key=value',
    '=3: expected key=value',
  ]);
});

test('blanks and line breaks around pairs, and empty pairs, are skipped', () => {
  const text = ` x-directplay:/ ${provider('serial')} ;\r\n  baud=9600 ;; parity=EVEN ; `;
  expect(good(text).values).toMatchObject({ baud: 9600, parity: 'EVEN' });
});

test('a key that links of the provider do not use is reported and explained so', () => {
  const address = good(`x-directplay:/${provider('ip')};hostname=host;baud=9600`);
  expect(address.remarks).toMatchObject([{ kind: 'otherProvider', key: 'baud' }]);
  expect(explainAddress(address)).toMatchObject([
    { key: 'provider', meaning: 'service provider: IP', used: true },
    { key: 'hostname', used: true },
    { key: 'baud', value: 9600, meaning: '9600 bits per second', used: false },
  ]);
});

test('an address without a provider, or with one that is not known, says so', () => {
  expect(good('x-directplay:/baud=9600')).toMatchObject({
    provider: undefined,
    remarks: [{ kind: 'noProvider' }],
  });
  const unknown = good(`x-directplay:/provider=${DEVICE};baud=9600`);
  expect(unknown).toMatchObject({ provider: undefined, remarks: [{ kind: 'unknownProvider' }] });
  expect(explainAddress(unknown)[0]?.meaning).toBe('a service provider that is not known');
});

test('settings that an address does not give are the defaults', () => {
  expect(lineSettingsOf(good(serial('parity=MARK')))).toEqual({
    baud: 115_200,
    parity: 'MARK',
    stopbits: 1,
    flowcontrol: 'NONE',
  });
});

test('every valid value has a meaning in words', () => {
  for (const url of Object.values(EXAMPLES)) {
    for (const { meaning } of explainAddress(good(url))) expect(meaning).toMatch(/\w/);
  }
  for (const [key, values] of Object.entries(LISTED)) {
    const meanings = values.map((value) => explainAddress(good(serial(`${key}=${value}`)))[1]?.meaning);
    expect(new Set(meanings).size).toBe(values.length);
  }
});

const guids = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase())
  .map((hex) => hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5'));

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

test('what is written is read back as it was', () => {
  const values = fc.record({
    provider: optional(fc.constantFrom(...Object.values(PROVIDER_GUIDS))),
    device: optional(guids),
    phonenumber: optional(fc.stringMatching(/^[0-9][0-9+*#(),.@!&\- /]{0,20}$/)),
    hostname: optional(fc.stringMatching(/^[a-z0-9:%.-]{1,20}$/)),
    port: optional(fc.nat(65_535)),
    baud: optional(fc.integer({ min: 50, max: 4_000_000 })),
    stopbits: optional(fc.constantFrom(1, 1.5, 2) as fc.Arbitrary<1 | 1.5 | 2>),
    parity: optional(fc.constantFrom(...LISTED.parity)),
    flowcontrol: optional(fc.constantFrom(...LISTED.flowcontrol)),
    program: optional(guids),
    applicationinstance: optional(guids),
  });
  fc.assert(
    fc.property(values, optional(fc.string()), (parts, userData) => {
      const read = good(printAddress({ values: parts, userData }));
      for (const [key, value] of Object.entries(parts)) {
        expect(read.values[key as keyof typeof parts]).toBe(value);
      }
      expect(read.userData).toBe(userData);
    }),
    { seed: 34, numRuns: 200 },
  );
});

test('any text is an address or a list of problems, and writing an address again changes nothing', () => {
  const pieces = fc.oneof(
    fc.constantFrom(
      ...Object.values(EXAMPLES),
      'x-directplay:/',
      ';',
      '=',
      '#',
      '%7B',
      'port=1',
      'hostname=',
      '%C3%A9',
      '%E9',
    ),
    fc.string({ maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), fc.boolean(), (parts, scheme) => {
      const read = parseAddress((scheme ? 'x-directplay:/' : '') + parts.join(''));
      if (read.name === 'problem') {
        expect(read.problems.length).toBeGreaterThan(0);
        for (const { text, expected } of read.problems) expect(text).toContain(expected);
        return;
      }
      const written = printAddress(read);
      expect(printAddress(good(written))).toBe(written);
    }),
    { seed: 35, numRuns: 500 },
  );
});
