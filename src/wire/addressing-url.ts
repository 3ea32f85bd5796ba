/** DN_ADDRESSING_URL: text to address and back, with all that is wrong or odd about a text. Opens and dials nothing. [MS-DPDX] 2.2.34 */
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../base/line-settings.ts';
import { nearest } from '../base/nearest.ts';
import {
  ADDRESS_KEYS,
  type AddressKey,
  type AddressKeyName,
  isAddressKey,
  PROVIDER_TITLES,
  type Provider,
  providerOf,
} from './addressing-url-keys.ts';

/** The scheme of every DirectPlay address. [MS-DPDX] 2.2.34 */
export const ADDRESS_SCHEME = 'x-directplay';

/** The value of each key as a program wants it: GUIDs canonical, numbers as numbers, percent-escapes decoded. */
export type AddressValues = {
  readonly [Key in AddressKeyName]?:
    | ((typeof ADDRESS_KEYS)[Key] extends AddressKey<infer Value> ? Value : never)
    | undefined;
};

/** What an address is made of, to print one. */
export interface AddressParts {
  readonly values: AddressValues;
  /** What stands behind the first `#`, as it stands there; not part of the address. */
  readonly userData?: string | undefined;
}

/** Something odd that does no harm: what was written is left out of the address, or is no business of its provider. */
export interface AddressRemark {
  readonly kind:
    | 'unknownKey'
    | 'repeatedKey'
    | 'otherProvider'
    | 'providerNotFirst'
    | 'noProvider'
    | 'unknownProvider';
  /** The key as written; empty for `noProvider`. */
  readonly key: string;
  /** Where the pair begins in the text, in characters. */
  readonly offset: number;
  /** All of it in words. */
  readonly text: string;
}

/** A text that is an address. */
export interface Address extends AddressParts {
  readonly name: 'address';
  /** The kind of link; `undefined` without a provider key or with a GUID that is none of the four. */
  readonly provider: Provider | undefined;
  readonly remarks: readonly AddressRemark[];
}

/** One reason why a text is no address. */
export interface AddressProblem {
  /** The key as written; empty where the text as a whole is wrong. */
  readonly key: string;
  /** The value as written, escapes included. */
  readonly value: string;
  /** Where it stands in the text, in characters. */
  readonly offset: number;
  /** What should stand there. */
  readonly expected: string;
  /** What may have been meant. */
  readonly suggestion?: string;
  /** All of it in words. */
  readonly text: string;
}

/** A text that is no address, with every reason, in the order of the text. */
export interface AddressProblems {
  readonly name: 'problem';
  readonly problems: readonly AddressProblem[];
}

/** One `key=value` as written. */
interface Pair {
  readonly key: string;
  readonly value: string | undefined;
  readonly offset: number;
  readonly valueOffset: number;
}

function problem(pair: Pair, expected: string, suggestion?: string): AddressProblem {
  const { key, value = '' } = pair;
  const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
  const written = pair.value === undefined ? `"${key}"` : `${key}=${value}`;
  const found = {
    key,
    value,
    offset: pair.valueOffset,
    expected,
    text: `${written}: expected ${expected}${hint}`,
  };
  return suggestion === undefined ? found : { ...found, suggestion };
}

/** The characters that escapes stand for, taken as UTF-8 where they are, else each as one character; `undefined` when one is malformed. */
function decodeEscapes(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run.replaceAll(/%(..)/g, (_, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 16)),
      );
    }
  });
}

/** Everything outside letters, digits and a few marks is written as %XX: reserved characters, braces, blanks. ADR-5 */
function encodeEscapes(text: string): string {
  return text.replaceAll(/[^\w.~+*(),!$-]/gu, (character) => {
    const bytes = new TextEncoder().encode(character);
    return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  });
}

/** The pairs of `data`, which begins at `offset` of the text; blanks around them are no part of them (ADR-5). */
function pairsIn(data: string, offset: number): Pair[] {
  const pairs: Pair[] = [];
  let at = offset;
  for (const piece of data.split(';')) {
    const trimmed = piece.trim();
    const start = at + piece.indexOf(trimmed);
    at += piece.length + 1;
    if (trimmed === '') continue;
    const equals = trimmed.indexOf('=');
    const key = (equals < 0 ? trimmed : trimmed.slice(0, equals)).trim();
    const value = equals < 0 ? undefined : trimmed.slice(equals + 1);
    pairs.push({ key, value, offset: start, valueOffset: value === undefined ? start : start + equals + 1 });
  }
  return pairs;
}

/** What is wrong in front of the pairs; `undefined` when nothing is. */
function schemeProblem(text: string): AddressProblem | undefined {
  const whole = (offset: number, expected: string): AddressProblem => ({
    key: '',
    value: text,
    offset,
    expected,
    text: `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}": expected ${expected}`,
  });
  const start = text.search(/\S/);
  const scheme = /^\s*([^:/?#;=\s]*):/.exec(text);
  if (scheme?.[1]?.toLowerCase() !== ADDRESS_SCHEME)
    return whole(Math.max(0, start), `${ADDRESS_SCHEME}:/key=value;...`);
  const behind = scheme[0].length;
  if (text[behind] !== '/') return whole(behind, `one "/" behind "${ADDRESS_SCHEME}:"`);
  if (text[behind + 1] === '/') return whole(behind + 1, `one "/" behind "${ADDRESS_SCHEME}:", not two`);
  return undefined;
}

/** Takes the pairs of a text one by one. */
class Reader {
  readonly values: Record<string, string | number> = {};
  readonly remarks: AddressRemark[] = [];
  readonly problems: AddressProblem[] = [];
  readonly #taken = new Map<AddressKeyName, Pair>();

  take(pair: Pair): void {
    const key = pair.key.toLowerCase();
    if (pair.value === undefined || key === '') {
      this.problems.push(problem(pair, 'key=value'));
    } else if (!isAddressKey(key)) {
      const near = nearest(key, Object.keys(ADDRESS_KEYS));
      const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
      this.#remark('unknownKey', pair, `${pair.key}: not a known key, ignored${hint}`);
    } else if (this.#taken.has(key)) {
      this.#remark('repeatedKey', pair, `${pair.key}: given before, the first one counts`);
    } else {
      this.#taken.set(key, pair);
      this.#value(key, pair, pair.value);
    }
  }

  /** Remarks about the keys together, once all are taken. */
  finish(): Provider | undefined {
    const guid = this.values.provider;
    const provider = typeof guid === 'string' ? providerOf(guid) : undefined;
    const pair = this.#taken.get('provider');
    if (!pair) {
      this.#remark(
        'noProvider',
        { key: '', value: '', offset: 0, valueOffset: 0 },
        'no provider: the kind of link is not said',
      );
    } else {
      if ([...this.#taken.keys()][0] !== 'provider') {
        this.#remark('providerNotFirst', pair, `${pair.key}: expected first, to speed up parsing`);
      }
      if (guid !== undefined && !provider)
        this.#remark('unknownProvider', pair, `${pair.key}: {${guid}} is not known`);
    }
    if (!provider) return undefined;
    for (const [key, other] of this.#taken) {
      const { providers }: AddressKey = ADDRESS_KEYS[key] as AddressKey;
      if (!providers || providers.includes(provider)) continue;
      this.#remark(
        'otherProvider',
        other,
        `${other.key}: not used on ${PROVIDER_TITLES[provider]}, ignored there`,
      );
    }
    return provider;
  }

  #value(key: AddressKeyName, pair: Pair, written: string): void {
    const { parse, expected, choices } = ADDRESS_KEYS[key] as AddressKey;
    const text = decodeEscapes(written);
    if (text === undefined) {
      this.problems.push(problem(pair, 'two hexadecimal digits behind every % (a % itself is %25)'));
      return;
    }
    const value = parse(text);
    if (value !== undefined) this.values[key] = value;
    else this.problems.push(problem(pair, expected, choices && nearest(text, choices)));
  }

  #remark(kind: AddressRemark['kind'], pair: Pair, text: string): void {
    this.remarks.push({ kind, key: pair.key, offset: pair.offset, text });
  }
}

/**
 * Reads a DN_ADDRESSING_URL. Never throws: a text that is no address gives every reason. Keys are compared without
 * regard to case, values with it; the first of repeated keys counts (ADR-6).
 */
export function parseAddress(text: string): Address | AddressProblems {
  const wrong = schemeProblem(text);
  if (wrong) return { name: 'problem', problems: [wrong] };
  const start = text.indexOf('/') + 1;
  const hash = text.indexOf('#', start);
  const reader = new Reader();
  for (const pair of pairsIn(text.slice(start, hash < 0 ? text.length : hash), start)) reader.take(pair);
  const provider = reader.finish();
  if (reader.problems.length > 0) return { name: 'problem', problems: reader.problems };
  const remarks = reader.remarks.sort((a, b) => a.offset - b.offset);
  const values: AddressValues = reader.values;
  const address = { name: 'address', provider, values, remarks } as const;
  return hash < 0 ? address : { ...address, userData: text.slice(hash + 1) };
}

/** The value of `key` as a URL holds it. */
function valueText(key: AddressKeyName, value: string | number): string {
  const isGuid = ADDRESS_KEYS[key].parse === ADDRESS_KEYS.provider.parse;
  return encodeEscapes(isGuid ? `{${value}}` : String(value));
}

/** The URL of an address: provider first, keys in lower case, GUIDs in escaped braces, reserved characters escaped (ADR-4, ADR-5). */
export function printAddress(address: AddressParts): string {
  const pairs = (Object.keys(ADDRESS_KEYS) as AddressKeyName[]).flatMap((key) => {
    const value = address.values[key];
    return value === undefined ? [] : [`${key}=${valueText(key, value)}`];
  });
  const userData = address.userData === undefined ? '' : `#${address.userData}`;
  return `${ADDRESS_SCHEME}:/${pairs.join(';')}${userData}`;
}

/** One line of an explanation. */
export interface AddressExplanation {
  readonly key: AddressKeyName;
  readonly value: string | number;
  /** What it means, in words. */
  readonly meaning: string;
  /** Whether links of the address's provider use it. */
  readonly used: boolean;
}

/** What an address says, key by key, in the order in which it is printed. */
export function explainAddress(address: Address): AddressExplanation[] {
  return (Object.keys(ADDRESS_KEYS) as AddressKeyName[]).flatMap((key) => {
    const value = address.values[key];
    if (value === undefined) return [];
    const { meaning, providers } = ADDRESS_KEYS[key] as AddressKey;
    const used = !providers || address.provider === undefined || providers.includes(address.provider);
    return [{ key, value, meaning: meaning(value), used }];
  });
}

/** The line settings that an address gives, defaults where it is silent (SER-12). */
export function lineSettingsOf(address: AddressParts): LineSettings {
  const { baud, parity, stopbits, flowcontrol } = address.values;
  const defaults = DEFAULT_LINE_SETTINGS;
  return {
    baud: baud ?? defaults.baud,
    parity: parity ?? defaults.parity,
    stopbits: stopbits ?? defaults.stopbits,
    flowcontrol: flowcontrol ?? defaults.flowcontrol,
  };
}
