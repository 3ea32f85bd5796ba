/** pcapng written and read back; damage and full disks are told, never thrown. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/failure.ts';
import { CaptureWriter, RING_SIZE_MIN } from '../../src/port/capture.ts';
import { type CaptureEntry, LINKTYPE_RTAC_SERIAL, LINKTYPE_USER0 } from '../../src/port/capture-block.ts';
import { type Capture, readCapture } from '../../src/port/capture-file.ts';

const TIME = 1_795_228_837_579_008;
const INTERFACES = [
  { name: 'near', linkType: LINKTYPE_USER0 },
  { name: '/dev/ttyUSB0', linkType: LINKTYPE_RTAC_SERIAL },
];
const ENTRIES: CaptureEntry[] = [
  { port: 0, time: TIME, direction: 'sent', bytes: Uint8Array.of(1, 2, 3) },
  { port: 1, time: TIME + 1, direction: 'received', bytes: Uint8Array.of(), comment: 'header CRC: é' },
  { port: 0, time: TIME + 2_000_000, direction: 'received', bytes: new Uint8Array(5000).fill(7) },
];
const TSHARK = 'tshark';
const hasTshark = spawnSync(TSHARK, ['--version']).status === 0;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dplink-capture-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fail(error: Error): never {
  throw error;
}

function written(entries: readonly CaptureEntry[]): Uint8Array {
  const path = join(folder, 'written.pcapng');
  const writer = new CaptureWriter(path, INTERFACES, { onFailure: fail });
  for (const entry of entries) writer.add(entry);
  writer.close();
  const bytes = readFileSync(path);
  expect(writer.size).toBe(bytes.length);
  return bytes;
}

describe('captures', () => {
  it('give back ports, times, directions, bytes and comments', () => {
    const capture = readCapture(written(ENTRIES)) as Capture;
    expect(capture.interfaces).toMatchObject(INTERFACES);
    expect(capture.damage).toBeUndefined();
    expect(capture.packets.map((packet) => ({ ...packet, bytes: [...packet.bytes] }))).toEqual(
      ENTRIES.map((entry) => ({ comment: undefined, ...entry, bytes: [...entry.bytes] })),
    );
  });

  it('can be read while they are written, after a flush', () => {
    const path = join(folder, 'growing.pcapng');
    const writer = new CaptureWriter(path, INTERFACES, { onFailure: fail });
    writer.add(ENTRIES[0]!);
    expect(readFileSync(path).length).toBe(0);
    writer.flush();
    expect((readCapture(readFileSync(path)) as Capture).packets.length).toBe(1);
    writer.close();
  });

  it('cut anywhere give every packet before the cut and say where it is', () => {
    const bytes = written(ENTRIES.slice(0, 2));
    for (let size = 28; size < bytes.length; size++) {
      const capture = readCapture(bytes.subarray(0, size)) as Capture;
      const whole = readCapture(bytes) as Capture;
      expect(whole.packets.slice(0, capture.packets.length)).toEqual(capture.packets);
      if (capture.damage) expect(capture.damage.offset).toBeLessThan(size);
    }
  });

  it('with any damage, or any bytes at all, never throw', () => {
    const bytes = written(ENTRIES.slice(0, 2));
    const place = fc.nat(bytes.length - 1);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 8 }), (damage) => {
        const damaged = bytes.slice();
        for (const [at, value] of damage) damaged[at] = value;
        expect(readCapture(damaged)).toBeDefined();
      }),
      { seed: 20_261_121, numRuns: 500 },
    );
    expect(readCapture(Uint8Array.of(1, 2, 3))).toMatchObject({ error: expect.stringContaining('too few') });
    expect(readCapture(new Uint8Array(64))).toMatchObject({ error: expect.stringContaining('00000000') });
  });

  it('of the other byte order and of nanoseconds are read too', () => {
    const section = '0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c';
    const port = '00000001 00000020 0093 0000 00000000 0009 0001 09000000 0000 0000 00000020';
    const packet =
      '00000006 00000030 00000000 00000000 000003e8 00000002 00000002 abcd0000 0002 0004 00000001 0000 0000 00000030';
    const bytes = Buffer.from(`${section}${port}${packet}`.replace(/\s/g, ''), 'hex');
    const capture = readCapture(bytes) as Capture;
    expect(capture.damage).toBeUndefined();
    expect(capture.interfaces).toEqual([{ name: 'interface 0', linkType: 147, ticksPerSecond: 1e9 }]);
    expect(capture.packets).toMatchObject([{ time: 1, direction: 'received' }]);
  });

  it('bounded to a ring keep the latest packets, all of the last half, within the bound', () => {
    const path = join(folder, 'ring.pcapng');
    const writer = new CaptureWriter(path, INTERFACES, { sizeMax: RING_SIZE_MIN, onFailure: fail });
    const largest = () =>
      [path, `${path}.older`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0);
    for (let i = 0; i < 1_000; i++) {
      writer.add({ ...ENTRIES[2]!, time: TIME + i });
      expect(largest()).toBeLessThanOrEqual(RING_SIZE_MIN);
    }
    writer.close();
    expect(existsSync(`${path}.older`)).toBe(false);
    const file = readFileSync(path);
    expect(file.length).toBe(writer.size);
    const { packets, damage, interfaces } = readCapture(file) as Capture;
    expect(damage).toBeUndefined();
    expect(interfaces.length % INTERFACES.length).toBe(0);
    const times = packets.map(({ time }) => time - TIME);
    expect(times).toEqual(times.map((_, i) => 1_000 - times.length + i));
    expect(packets.length * 5_000).toBeGreaterThan(RING_SIZE_MIN / 2 - 65_536 - 5_000);
  });

  it('that cannot be created are a mistake of the operator', () => {
    expect(
      () => new CaptureWriter(join(folder, 'absent', 'x.pcapng'), INTERFACES, { onFailure: fail }),
    ).toThrow(UsageError);
  });

  it.skipIf(!existsSync('/dev/full'))('on a full disk end, say so once, and disturb nobody', () => {
    const failures: Error[] = [];
    const writer = new CaptureWriter('/dev/full', INTERFACES, { onFailure: (error) => failures.push(error) });
    for (let i = 0; i < 100; i++) writer.add(ENTRIES[2]!);
    writer.flush();
    writer.close();
    expect(failures.map((error) => (error as NodeJS.ErrnoException).code)).toEqual(['ENOSPC']);
    expect(writer.failed).toBe(true);
  });

  it.skipIf(!hasTshark)(`are read by tshark${hasTshark ? '' : ' (skipped: no tshark here)'}`, () => {
    written(ENTRIES);
    const fields = ['frame.interface_name', 'frame.time_epoch', 'frame.len', 'frame.packet_flags_direction'];
    const args = ['-r', join(folder, 'written.pcapng'), '-T', 'fields', ...fields.flatMap((f) => ['-e', f])];
    const text = execFileSync(TSHARK, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => line.split('\t').slice(0, 3)),
    ).toEqual([
      ['near', '1795228837.579008000', '3'],
      ['/dev/ttyUSB0', '1795228837.579009000', '0'],
      ['near', '1795228839.579008000', '5000'],
    ]);
  });
});
