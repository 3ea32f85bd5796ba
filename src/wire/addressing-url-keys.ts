/** The keys of DN_ADDRESSING_URL: what each may hold and which links use it. Reads no URL. [MS-DPDX] 2.2.34 */
import { FLOW_CONTROLS, PARITIES, STOP_BITS } from '../base/line-settings.ts';
import { PROVIDER_GUIDS, parseGuid } from './guid.ts';

/** The kinds of link that have a service provider. [MS-DPDX] 2.2.34 */
export type Provider = keyof typeof PROVIDER_GUIDS;

/** What each provider's links are called in explanations. */
export const PROVIDER_TITLES: Readonly<Record<Provider, string>> = {
  serial: 'serial link',
  modem: 'modem link',
  ip: 'IP',
  ipx: 'IPX',
};

/** One key of the table. */
export interface AddressKey<Value extends string | number = string | number> {
  /** The value as a program wants it; `undefined` when it is none of those expected. */
  readonly parse: (text: string) => Value | undefined;
  /** What is expected, to stand behind "expected". */
  readonly expected: string;
  /** The providers whose links use it; absent for all. */
  readonly providers?: readonly Provider[];
  /** The values there are, for "did you mean". */
  readonly choices?: readonly string[];
  /** What a valid value means, in words. */
  readonly meaning: (value: Value) => string;
}

const LINE = ['serial', 'modem'] as const satisfies readonly Provider[];
const NETWORK = ['ip', 'ipx'] as const satisfies readonly Provider[];

const key = <Value extends string | number>(declared: AddressKey<Value>): AddressKey<Value> => declared;

/** A key whose value is one of `choices`, compared as it stands: values are case-sensitive. */
function choice<const Value extends string | number>(
  choices: readonly Value[],
  meaning: (value: Value) => string,
): AddressKey<Value> {
  const texts = choices.map(String);
  return {
    parse: (text) => choices[texts.indexOf(text)],
    expected: `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`,
    providers: LINE,
    choices: texts,
    meaning,
  };
}

/** A key whose value is a GUID. */
function guid(what: string, meaning: (value: string) => string): AddressKey<string> {
  return {
    parse: parseGuid,
    expected: `${what}: %7BXXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX%7D with hexadecimal digits`,
    meaning,
  };
}

/** Decimal digits with leading zeros allowed (ADR-5), `least`..`most`. */
function whole(text: string, least: number, most: number): number | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

const PARITY_MEANINGS = {
  NONE: 'no parity bit',
  EVEN: 'an even parity bit',
  ODD: 'an odd parity bit',
  MARK: 'a parity bit that is always 1',
  SPACE: 'a parity bit that is always 0',
} as const;

const FLOW_CONTROL_MEANINGS = {
  NONE: 'no flow control',
  XONXOFF: 'flow control by XON and XOFF characters',
  RTS: 'flow control by RTS and CTS',
  DTR: 'flow control by DTR and DSR',
  RTSDTR: 'flow control by RTS and CTS and by DTR and DSR',
} as const;

/** The provider whose GUID is `text` in canonical form; `undefined` for any other. */
export function providerOf(text: string): Provider | undefined {
  return (Object.keys(PROVIDER_GUIDS) as Provider[]).find((provider) => PROVIDER_GUIDS[provider] === text);
}

/** Every key that the table lists, in the order in which they are written. */
export const ADDRESS_KEYS = {
  provider: guid('the GUID of a service provider', (value) => {
    const provider = providerOf(value);
    return provider
      ? `service provider: ${PROVIDER_TITLES[provider]}`
      : 'a service provider that is not known';
  }),
  device: guid('the GUID of a device', () => 'device: one port or adapter of the machine that reads this'),
  phonenumber: key({
    parse: (text) => (/^(?=.*\d)[\dA-DTPW+*#().,@!&\-/ ]{1,80}$/i.test(text) ? text : undefined),
    expected: 'a telephone number: digits, + * # ( ) . , - / and blanks, pauses and waits of a dial string',
    providers: ['modem'],
    meaning: (value: string) => `telephone number to dial: ${value}`,
  }),
  hostname: key({
    parse: (text) => {
      const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
      return /^[\w.,:%-]{1,255}$/.test(bare) ? bare : undefined;
    },
    expected: 'a host name or an address',
    providers: NETWORK,
    meaning: (value: string) => `host name or address: ${value}`,
  }),
  port: key({
    parse: (text) => whole(text, 0, 65_535),
    expected: 'a port number from 0 to 65535',
    providers: NETWORK,
    meaning: (value: number) => `port number ${value}`,
  }),
  baud: key({
    parse: (text) => whole(text, 50, 4_000_000),
    expected: 'bits per second from 50 to 4000000',
    providers: LINE,
    meaning: (value: number) => `${value} bits per second`,
  }),
  stopbits: choice(STOP_BITS, (value) => `${value} stop ${value === 1 ? 'bit' : 'bits'}`),
  parity: choice(PARITIES, (value) => PARITY_MEANINGS[value]),
  flowcontrol: choice(FLOW_CONTROLS, (value) => FLOW_CONTROL_MEANINGS[value]),
  program: guid('the GUID of a program', () => 'program that the address belongs to'),
  applicationinstance: guid(
    'the GUID of an application instance',
    () => 'application instance (game session)',
  ),
} as const;

/** A key that the table lists. */
export type AddressKeyName = keyof typeof ADDRESS_KEYS;

/** Whether the table lists `name` (lower-case). */
export function isAddressKey(name: string): name is AddressKeyName {
  return Object.hasOwn(ADDRESS_KEYS, name);
}
