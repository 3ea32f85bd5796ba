/** A rig of two modems, each on a pty of its own, with the emulated exchange between them. */
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Exchange } from '../../src/modem/exchange.ts';
import { type ExchangeOptions, QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { libcSupported } from '../../src/port/libc.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { openVirtualNullModem } from '../../src/port/virtual-null-modem.ts';
import type { RigSurroundings } from '../../src/rig/end-settings.ts';
import { openRig } from '../../src/rig/open-rig.ts';
import { parseRig, type RigFile } from '../../src/rig/rig-file.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const AROUND: RigSurroundings = {
  file: 'rigs/x.yaml',
  resolveAddress: () => ({ device: undefined, settings: DEFAULT_LINE_SETTINGS }),
  findDevice: async () => undefined,
};
const OPTIONS = { random: new Random('pair'), clock: monotonicClock };

/** Two ports behind which the modems 100 and 200 of an exchange are. */
async function exchangePaths(options: Partial<ExchangeOptions> = {}): Promise<string[]> {
  const exchange = new Exchange(monotonicClock.now(), {
    modems: [{ number: '100' }, { number: '200' }],
    random: new Random('exchange'),
    timings: QUICK_TIMINGS,
    ...options,
  });
  const paths: string[] = [];
  for (const place of [0, 1]) {
    const line = await openVirtualNullModem({ settings: DEFAULT_LINE_SETTINGS });
    const port = await openSerialPort({ path: line.paths[1], settings: DEFAULT_LINE_SETTINGS });
    port.onData((bytes) => exchange.receive(monotonicClock.now(), place, bytes));
    const timer = setInterval(() => {
      const now = monotonicClock.now();
      if ((exchange.deadline ?? Infinity) <= now) exchange.expire(now);
      for (let bytes = exchange.poll(now, place); bytes; bytes = exchange.poll(now, place)) port.write(bytes);
    }, 2);
    closing.push(
      () => line.close(),
      () => port.close(),
      () => clearInterval(timer),
    );
    paths.push(line.paths[0]);
  }
  return paths;
}

/** The rig of two ports of which near dials `number`. */
function rigOf([near, far]: readonly string[], number: string): RigFile {
  const modem = 'guard_time: 20, pause_ms: 5, carrier_wait: 5';
  return parseRig(
    'rigs/x.yaml',
    `name: x\nends:\n  near: { port: ${near}, modem: { number: "${number}", ${modem} } }\n  far: { port: ${far}, modem: { ${modem} } }\n`,
  );
}

describe.skipIf(!libcSupported())('two modems of a rig (ptys; this system has none otherwise)', () => {
  test('call each other, and bytes pass both ways until the rig is closed', async () => {
    const rig = await openRig(rigOf(await exchangePaths(), '200'), AROUND, OPTIONS);
    const heard: [number[], number[]] = [[], []];
    rig.near?.onData((bytes) => heard[0].push(...bytes));
    rig.far?.onData((bytes) => heard[1].push(...bytes));
    const sent = Array.from({ length: 1_000 }, (_, i) => (i * 11) & 0xff);
    rig.near?.write(Uint8Array.from(sent));
    rig.far?.write(Uint8Array.from(sent));
    await expect.poll(() => heard.map(({ length }) => length), { timeout: 20_000 }).toEqual([1_000, 1_000]);
    expect(heard).toEqual([sent, sent]);
    await rig.close();
  });

  test('a number that nobody has, and one that is engaged, are told as such; nothing stays open', async () => {
    const paths = await exchangePaths({ numbers: { 300: 'busy' } });
    await expect(openRig(rigOf(paths, '300'), AROUND, OPTIONS)).rejects.toThrow(
      'the call to 300 failed: busy',
    );
    await expect(openRig(rigOf(paths, '999'), AROUND, OPTIONS)).rejects.toThrow(
      'the call to 999 failed: no carrier (NO CARRIER)',
    );
    const rig = await openRig(rigOf(paths, '200'), AROUND, OPTIONS);
    await rig.close();
  });
});
