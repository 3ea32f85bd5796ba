/** `dplink address`: parse, explain, check or build a DN_ADDRESSING_URL. [MS-DPDX] 2.2.34 */
import type { Argv, CommandModule } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { FLOW_CONTROLS, PARITIES } from '../base/line-settings.ts';
import {
  type Address,
  type AddressProblems,
  explainAddress,
  parseAddress,
  printAddress,
} from '../wire/addressing-url.ts';
import { PROVIDER_TITLES } from '../wire/addressing-url-keys.ts';
import { PROVIDER_GUIDS } from '../wire/guid.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';

/** The keys that a URL is built from, in the URL's own words. */
const PARTS = [
  'device',
  'baud',
  'parity',
  'stopbits',
  'flowcontrol',
  'phonenumber',
  'hostname',
  'port',
  'program',
  'applicationinstance',
] as const;

type AddressFlags = {
  readonly url: string | undefined;
  readonly provider: keyof typeof PROVIDER_GUIDS | undefined;
  readonly json: boolean;
} & { readonly [part in (typeof PARTS)[number]]: string | undefined };

/** The command; `finish` is told the exit code: 2 when the URL is not valid. */
export function addressCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, AddressFlags> {
  return {
    command: 'address [url]',
    describe: 'Explain and check a DN_ADDRESSING_URL, or build one from flags',
    builder: (yargs) => withAddressFlags(yargs),
    handler: (flags) => {
      const text = flags.url ?? build(flags);
      const address = parseAddress(text);
      if (flags.json) console.stdout.write(`${JSON.stringify(forPrograms(text, address), null, 2)}\n`);
      else if (address.name === 'address') {
        console.stdout.write(flags.url === undefined ? `${printAddress(address)}\n` : forPeople(address));
        if (flags.url === undefined) console.stderr.write(unusedText(address));
      } else if (flags.url === undefined) {
        throw new UsageError(address.problems.map(({ text: said }) => said).join('\n'));
      } else console.stderr.write(problemText(address));
      finish(address.name === 'address' ? EXIT.passed : EXIT.usage);
    },
  };
}

function withAddressFlags(yargs: Argv<object>): Argv<AddressFlags> {
  let built: Argv<unknown> = yargs
    .positional('url', { type: 'string', describe: 'What to explain, in quotes' })
    .option('provider', {
      choices: Object.keys(PROVIDER_GUIDS),
      requiresArg: true,
      describe: 'Build: the kind of link',
    });
  for (const part of PARTS) {
    const choices = part === 'parity' ? PARITIES : part === 'flowcontrol' ? FLOW_CONTROLS : undefined;
    built = built.option(part, {
      type: 'string',
      requiresArg: true,
      describe: `Build: ${part}`,
      ...(choices === undefined ? {} : { choices }),
    });
  }
  return built
    .option('json', { type: 'boolean', default: false, describe: 'One JSON document' })
    .example(`$0 address "x-directplay:/provider=%7B${PROVIDER_GUIDS.serial}%7D;baud=57600"`, 'What it says')
    .example('$0 address --provider serial --baud 57600 --parity NONE', 'Build one') as Argv<AddressFlags>;
}

/** The URL that the flags ask for; the reader checks the values as it would any text's. */
function build(flags: AddressFlags): string {
  if (flags.provider === undefined) {
    throw new UsageError('a URL to explain, or --provider to build one: dplink address --help shows both');
  }
  const pairs = PARTS.flatMap((part) => {
    const value = flags[part];
    return value === undefined ? [] : [`${part}=${encodeURIComponent(value)}`];
  });
  return `x-directplay:/${[`provider=%7B${PROVIDER_GUIDS[flags.provider]}%7D`, ...pairs].join(';')}`;
}

function forPeople(address: Address): string {
  const lines = [printAddress(address), ''];
  const provider = address.provider === undefined ? 'not said' : PROVIDER_TITLES[address.provider];
  lines.push(`link: ${provider}`);
  const rows = explainAddress(address).map(({ key, value, meaning, used }) => {
    const note = used ? '' : '  (not used on this kind of link)';
    return [key, String(value), `${meaning}${note}`] as const;
  });
  const width = (column: 0 | 1): number => Math.max(0, ...rows.map((row) => row[column].length));
  for (const [key, value, meaning] of rows) {
    lines.push(`  ${key.padEnd(width(0))}  ${value.padEnd(width(1))}  ${meaning}`);
  }
  if (address.userData !== undefined) lines.push(`user data, not part of the address: ${address.userData}`);
  for (const remark of address.remarks) lines.push(`note: ${remark.text}`);
  return `${lines.join('\n')}\n`;
}

/** What was asked for and has no effect. */
function unusedText(address: Address): string {
  return explainAddress(address)
    .filter(({ used }) => !used)
    .map(({ key }) => `dplink: --${key} has no effect on this kind of link\n`)
    .join('');
}

function problemText({ problems }: AddressProblems): string {
  return problems.map(({ offset, text }) => `dplink: address, character ${offset + 1}: ${text}\n`).join('');
}

function forPrograms(text: string, address: Address | AddressProblems): unknown {
  if (address.name === 'problem') return { text, valid: false, problems: address.problems };
  const { provider, values, userData, remarks } = address;
  return {
    text,
    valid: true,
    url: printAddress(address),
    provider: provider ?? null,
    values,
    userData: userData ?? null,
    explanation: explainAddress(address),
    remarks,
  };
}
