/** `dplink modem`: flags, examples, and the exchange that they make. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CommandModule } from 'yargs';
import { DURATION_EXPECTED, parseDuration } from '../base/duration-text.ts';
import { UsageError } from '../base/failure.ts';
import type { Duration } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { LINE_RATE_MAX } from '../modem/command-table.ts';
import { type ExchangeModem, type ExchangeOptions, QUICK_TIMINGS } from '../modem/exchange-options.ts';
import {
  type ExchangeFile,
  exchangeComplaint,
  exchangeOptions,
  MODEMS_MAX,
  NUMBER_TEXT,
  parseExchange,
} from '../rig/exchange-file.ts';
import type { Console } from './console.ts';
import { runModems } from './modem-run.ts';
import { readDocument } from './named-file.ts';
import { seedFromFlags } from './run-flags.ts';

interface ModemFlags {
  readonly modems: number | undefined;
  readonly number: string | undefined;
  readonly links: string | undefined;
  readonly rate: number | undefined;
  readonly latency: string | undefined;
  readonly noise: number | undefined;
  readonly errorCorrection: 'on' | 'off' | undefined;
  readonly answer: number | undefined;
  readonly quick: boolean;
  readonly script: string | undefined;
  readonly seed: string | undefined;
  readonly verbose: boolean;
  readonly jsonStream: boolean;
}

/** The command; `finish` is told the exit code. */
export function modemCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, ModemFlags> {
  return {
    command: 'modem',
    describe: 'Emulated modems joined by an emulated exchange, to try dialling without hardware',
    builder: (yargs) =>
      yargs
        .option('modems', { type: 'number', requiresArg: true, describe: 'How many [2]' })
        .option('number', {
          type: 'string',
          requiresArg: true,
          describe: 'Their numbers, with commas between [5551001,5551002]',
        })
        .option('links', {
          type: 'string',
          requiresArg: true,
          describe: 'Make links PREFIX0, PREFIX1 and so on to their ports',
        })
        .option('answer', {
          type: 'number',
          requiresArg: true,
          describe: 'All answer by themselves after so many rings (S0) [never]',
        })
        .option('rate', {
          type: 'number',
          requiresArg: true,
          describe: `Highest rate of the line, bits per second [${LINE_RATE_MAX}]`,
        })
        .option('latency', { type: 'string', requiresArg: true, describe: 'From modem to modem [20ms]' })
        .option('noise', { type: 'number', requiresArg: true, describe: 'Bit error ratio of the line [0]' })
        .option('error-correction', {
          choices: ['on', 'off'] as const,
          requiresArg: true,
          describe: 'Whether modems may agree on it [on]',
        })
        .option('quick', {
          type: 'boolean',
          default: false,
          describe: 'Rings and training in about a second',
        })
        .option('script', {
          type: 'string',
          requiresArg: true,
          describe: 'Exchange file: modems, line, and what happens to which call',
        })
        .option('seed', { type: 'string', requiresArg: true, describe: 'All chance comes from it [drawn]' })
        .option('verbose', {
          type: 'boolean',
          default: false,
          describe: 'Also what modems hear and say',
        })
        .option('json-stream', { type: 'boolean', default: false, describe: 'One JSON object per line' })
        .example('$0 modem', 'Two modems; dial one from the other')
        .example('$0 modem --links ./modem --answer 1', 'Named ports, and all answer at the first ring')
        .example('$0 modem --error-correction off --noise 1e-5', 'A noisy line that shows in the data')
        .example('$0 modem --script exchanges/bad-day.yaml', 'Busy, dropped and retrained calls')
        .epilogue('The command set and exchange files: docs/modem-emulator.md.') as never,
    handler: async (flags) => {
      const exchange = exchangeFromFlags(flags);
      const { links, verbose, jsonStream } = flags;
      finish(await runModems({ exchange, links: linksOf(links, exchange), verbose, jsonStream }, console));
    },
  };
}

function exchangeFromFlags(flags: ModemFlags): ExchangeOptions {
  const { script, answer, quick } = flags;
  const file = script === undefined ? {} : parseExchange(script, readDocument(script, 'exchanges'));
  const random = new Random(seedFromFlags(flags));
  const made = exchangeOptions(file, 2, random);
  const modems = modemsOf(flags, file, made.modems);
  const rings = numberFlag('answer', answer, 1, 255, true);
  const exchange: ExchangeOptions = {
    ...made,
    modems: rings === undefined ? modems : modems.map((each) => withAnswer(each, rings)),
    line: { ...made.line, ...lineOf(flags) },
    timings: quick ? { ...QUICK_TIMINGS, ...made.timings } : (made.timings ?? {}),
  };
  const complaint = exchangeComplaint(exchange);
  if (complaint !== undefined) throw new UsageError(`${script ?? '--number'}: ${complaint}`);
  return exchange;
}

/** A number given to a flag, checked; `undefined` when none was. */
function numberFlag(flag: string, value: number | undefined, least: number, most: number, whole: boolean) {
  if (value === undefined) return undefined;
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(`--${flag}: expected a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
}

function modemsOf(
  flags: ModemFlags,
  file: ExchangeFile,
  made: readonly ExchangeModem[],
): readonly ExchangeModem[] {
  const given = flags.number?.split(',').map((each) => each.trim());
  if (file.modems !== undefined && (given !== undefined || flags.modems !== undefined)) {
    const flag = given === undefined ? 'modems' : 'number';
    throw new UsageError(`--${flag}: ${flags.script} names the modems already`);
  }
  const wrong = given?.find((each) => !/^[\d*#]{1,32}$/.test(each));
  if (wrong !== undefined)
    throw new UsageError(`--number: expected ${NUMBER_TEXT.replace(' in quotes', '')}, got "${wrong}"`);
  const count = numberFlag('modems', flags.modems, 1, MODEMS_MAX, true);
  if (given !== undefined && count !== undefined && count !== given.length) {
    throw new UsageError(`--number: expected ${count} numbers, got ${given.length}`);
  }
  if (given !== undefined) return given.map((number) => ({ number }));
  return count === undefined ? made : exchangeOptions({}, count, new Random('')).modems;
}

function withAnswer(modem: ExchangeModem, rings: number): ExchangeModem {
  return { ...modem, profile: `${modem.profile ?? ''}S0=${rings}` };
}

function lineOf(flags: ModemFlags): Partial<NonNullable<ExchangeOptions['line']>> {
  const rateMax = numberFlag('rate', flags.rate, 300, LINE_RATE_MAX, true);
  const bitErrorRatio = numberFlag('noise', flags.noise, 0, 1, false);
  const latency = flags.latency === undefined ? undefined : latencyOf(flags.latency);
  const { errorCorrection } = flags;
  return {
    ...(rateMax === undefined ? {} : { rateMax }),
    ...(bitErrorRatio === undefined ? {} : { bitErrorRatio }),
    ...(latency === undefined ? {} : { latency }),
    ...(errorCorrection === undefined ? {} : { errorCorrection: errorCorrection === 'on' }),
  };
}

function latencyOf(text: string): Duration {
  const latency = parseDuration(text);
  if (latency === undefined || latency > 60_000_000) {
    throw new UsageError(`--latency: expected ${DURATION_EXPECTED}, 60s at most, got "${text}"`);
  }
  return latency;
}

/** The links' paths; complains about a directory that is not there. */
function linksOf(prefix: string | undefined, { modems }: ExchangeOptions): readonly string[] | undefined {
  if (prefix === undefined) return undefined;
  const directory = dirname(`${prefix}0`);
  if (!existsSync(directory)) throw new UsageError(`--links: no such directory: ${directory}`);
  return modems.map((_modem, place) => `${prefix}${place}`);
}
