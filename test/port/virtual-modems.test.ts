/** Emulated modems behind real serialport streams: on ptys, and inside this process with their modem lines. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPortStream } from '@serialport/stream';
import { afterEach, describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import type { ExchangeEvent } from '../../src/modem/exchange-event.ts';
import { type ExchangeModem, QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';
import { InProcessModems } from '../../src/port/in-process-modems.ts';
import { systemBinding } from '../../src/port/patched-binding.ts';
import { VirtualModems } from '../../src/port/virtual-modems.ts';

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const TWO: readonly ExchangeModem[] = [{ number: '100' }, { number: '200', profile: 'S0=1' }];
const until = { timeout: 15_000, interval: 5 };

function exchangeOf(modems: readonly ExchangeModem[] = TWO) {
  return { modems, timings: QUICK_TIMINGS, random: new Random('ports') };
}

/** An open port that keeps what it hears. */
async function open(
  path: string,
  binding: ConstructorParameters<typeof SerialPortStream>[0]['binding'],
  more = {},
) {
  const stream = new SerialPortStream({ binding, path, baudRate: 115_200, autoOpen: false, ...more });
  stream.on('error', () => {});
  await new Promise<void>((resolve, reject) => stream.open((error) => (error ? reject(error) : resolve())));
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(Buffer.from(piece)));
  const close = () =>
    new Promise<void>((resolve) => (stream.isOpen ? stream.close(() => resolve()) : resolve()));
  cleanups.push(close);
  const heard = (): Buffer => Buffer.concat(pieces);
  return {
    stream,
    heard,
    close,
    text: () => heard().toString('latin1'),
    forget: () => void pieces.splice(0),
    lines: () =>
      new Promise<{ cts: boolean; dsr: boolean; dcd: boolean }>((resolve, reject) =>
        stream.get((error, status) => (error ? reject(error) : resolve(status!))),
      ),
    set: (lines: object) =>
      new Promise<void>((resolve, reject) =>
        stream.set(lines, (error) => (error ? reject(error) : resolve())),
      ),
  };
}

const BYTES = Buffer.from(new Random('bytes').fill(new Uint8Array(7_000)));

describe.runIf(process.platform === 'linux')('modems on ptys', () => {
  function made(options: Partial<ConstructorParameters<typeof VirtualModems>[0]> = {}) {
    const events: ExchangeEvent[] = [];
    const modems = new VirtualModems({
      exchange: exchangeOf(),
      onEvent: (event) => events.push(event),
      ...options,
    });
    cleanups.push(() => modems.close());
    return { modems, events };
  }

  test('answer, dial, carry bytes both ways, and hang up when the port is closed', async () => {
    const { modems, events } = made();
    const near = await open(modems.paths[0]!, systemBinding());
    const far = await open(modems.paths[1]!, systemBinding());
    near.stream.write('ATE0\r');
    await expect.poll(near.text, until).toBe('ATE0\r\r\nOK\r\n');
    near.stream.write('ATDT200\r');
    await expect.poll(near.text, until).toContain('CONNECT 115200\r\n');
    await expect.poll(far.text, until).toContain('CONNECT 115200\r\n');
    near.forget();
    far.forget();
    near.stream.write(BYTES);
    far.stream.write(BYTES);
    await expect.poll(() => far.heard().length, until).toBe(BYTES.length);
    await expect.poll(() => near.heard().length, until).toBe(BYTES.length);
    expect(far.heard().equals(BYTES) && near.heard().equals(BYTES)).toBe(true);
    await near.close();
    await expect.poll(() => far.text().endsWith('\r\nNO CARRIER\r\n'), until).toBe(true);
    expect(events.some(({ event }) => event.type === 'cleared' && event.by === 'caller')).toBe(true);
    // And the modem is ready for whoever opens it next.
    const next = await open(modems.paths[0]!, systemBinding());
    next.stream.write('AT\r');
    await expect.poll(next.text, until).toContain('OK');
  });

  test('say the rate at which the port was opened', async () => {
    const { modems } = made();
    const near = await open(modems.paths[0]!, systemBinding(), { baudRate: 57_600 });
    // A modem whose port nobody has open has no DTR and answers nothing.
    await open(modems.paths[1]!, systemBinding());
    await new Promise((resolve) => setTimeout(resolve, 100));
    near.stream.write('ATDT200\r');
    await expect.poll(near.text, until).toContain('CONNECT 57600\r\n');
  });

  test('can be found by links, which go with them; a file in the way is left alone', async () => {
    const place = mkdtempSync(join(tmpdir(), 'modems-'));
    cleanups.push(() => rmSync(place, { recursive: true }));
    const links = [join(place, 'modem0'), join(place, 'modem1')];
    const { modems } = made({ links });
    expect(modems.paths).toEqual(links);
    const near = await open(links[0]!, systemBinding());
    near.stream.write('ATI3\r');
    await expect.poll(near.text, until).toContain('dplink emulated modem');
    await near.close();
    modems.close();
    expect(links.some((link) => existsSync(link))).toBe(false);
    writeFileSync(links[1]!, 'mine');
    expect(() => new VirtualModems({ exchange: exchangeOf(), links })).toThrow(
      `${links[1]}: cannot be made: EEXIST`,
    );
  });
});

describe('modems inside this process', () => {
  function made(modems: readonly ExchangeModem[] = TWO) {
    const here = new InProcessModems({ exchange: exchangeOf(modems) });
    cleanups.push(() => here.close());
    const binding = here.binding as unknown as Parameters<typeof open>[1];
    return { here, dial: (place: number, more = {}) => open(here.paths[place]!, binding, more) };
  }

  test('show DCD while a call is on, and hang up when DTR goes off', async () => {
    const { dial } = made();
    const near = await dial(0);
    const far = await dial(1);
    expect(await near.lines()).toMatchObject({ cts: true, dsr: true, dcd: false });
    near.stream.write('ATDT200\r');
    await expect.poll(near.text, until).toContain('CONNECT 115200\r\n');
    await expect.poll(far.text, until).toContain('CONNECT 115200\r\n');
    expect((await near.lines()).dcd && (await far.lines()).dcd).toBe(true);
    await near.set({ dtr: false, rts: true });
    await expect.poll(far.text, until).toContain('NO CARRIER');
    expect((await near.lines()).dcd || (await far.lines()).dcd).toBe(false);
    await near.set({ dtr: true, rts: true });
    near.forget();
    near.stream.write('AT\r');
    await expect.poll(near.text, until).toContain('OK');
  });

  test('stop a port with RTS/CTS that is faster than the line, and nothing is lost', async () => {
    const { dial } = made([{ number: '100' }, { number: '200', profile: 'S0=1+DS=0;+MS=V32B' }]);
    const near = await dial(0, { rtscts: true });
    const far = await dial(1, { rtscts: true });
    near.stream.write('ATDT200\r');
    await expect.poll(far.text, until).toContain('CONNECT 115200\r\n');
    await expect.poll(near.text, until).toContain('CONNECT 115200\r\n');
    far.forget();
    near.stream.write(BYTES);
    await expect.poll(async () => (await near.lines()).cts, until).toBe(false);
    await expect.poll(() => far.heard().length, { ...until, timeout: 20_000 }).toBe(BYTES.length);
    expect(far.heard().equals(BYTES)).toBe(true);
  });

  test('are refused under a name that is not theirs, twice at once, and after closing', async () => {
    const { here, dial } = made();
    await dial(0);
    await expect(dial(0)).rejects.toThrow('Cannot lock port');
    await expect(here.binding.open({ path: 'nobody', baudRate: 9_600 })).rejects.toThrow('No such file');
    here.close();
    await expect(dial(1)).rejects.toThrow('No such file');
  });
});
