/** Runs emulated modems on ptys until interrupted, and says what happens to their calls. Parses no flags. */
import { SECOND } from '../base/instant.ts';
import type { ExchangeEvent } from '../modem/exchange-event.ts';
import { DEFAULT_LINE, type ExchangeOptions } from '../modem/exchange-options.ts';
import { VirtualModems } from '../port/virtual-modems.ts';
import type { Console } from './console.ts';
import { exchangeText } from './exchange-text.ts';
import { EXIT } from './exit-code.ts';
import { onInterrupt } from './interrupt.ts';

/** What is to be run. */
export interface ModemRequest {
  readonly exchange: ExchangeOptions;
  /** One for each modem; none when left out. */
  readonly links: readonly string[] | undefined;
  readonly jsonStream: boolean;
  /** Also the commands that modems hear and the results that they give. */
  readonly verbose: boolean;
}

/** Runs until interrupted. Resolves to the exit code; throws PortError where there are no ptys. */
export async function runModems(request: ModemRequest, console: Console): Promise<number> {
  const write = (line: string): void => void console.stdout.write(`${line}\n`);
  let over: (error?: unknown) => void = () => {};
  const ended = new Promise<unknown>((resolve) => {
    over = resolve;
  });
  const modems = new VirtualModems({
    exchange: request.exchange,
    ...(request.links === undefined ? {} : { links: request.links }),
    onEvent: (event) => {
      const line = request.jsonStream ? eventLine(event) : exchangeText(event, request.verbose);
      if (line !== undefined) write(line);
    },
    onFailure: (error) => over(error),
  });
  const interrupt = onInterrupt(() => over());
  try {
    for (const line of opening(request, modems.paths)) write(line);
    const failure = await ended;
    if (failure !== undefined) throw failure;
    return interrupt.signal() === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
  } finally {
    interrupt.release();
    modems.close();
  }
}

/** What is there, and how to reach it. */
function opening({ exchange, jsonStream }: ModemRequest, paths: readonly string[]): string[] {
  const { modems, random, line } = exchange;
  const { rateMax, latency, bitErrorRatio, errorCorrection } = { ...DEFAULT_LINE, ...line };
  const places = modems.map(({ number }, place) => ({ number, path: paths[place] ?? '' }));
  if (jsonStream) {
    const milliseconds = latency / 1_000;
    const plan = { rate: rateMax, latencyMs: milliseconds, bitErrorRatio, errorCorrection };
    return [JSON.stringify({ type: 'modems', seed: random.seed, line: plan, modems: places })];
  }
  const noise = bitErrorRatio === 0 ? '' : `, bit error ratio ${bitErrorRatio}`;
  const correction = errorCorrection ? 'on' : 'off';
  const width = Math.max(...places.map(({ path }) => path.length));
  return [
    `line: ${rateMax} bit/s, ${latency / 1_000} ms each way, error correction ${correction}${noise}; seed ${random.seed}`,
    ...places.map(({ number, path }) => `modem on ${path.padEnd(width)}  number ${number}`),
    'Ctrl-C ends it',
  ];
}

function eventLine({ at, ...what }: ExchangeEvent): string {
  const { event, ...who } = what;
  const { type, ...rest } = event;
  return JSON.stringify({ type: 'event', at: at / SECOND, ...who, event: type, ...rest });
}
