import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CaptureWriter } from '../../src/port/capture.ts';
import { LINKTYPE_USER0 } from '../../src/port/capture-block.ts';
import { dplink } from './dplink.ts';

const place = mkdtempSync(join(tmpdir(), 'dplink-decode-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const VECTORS = join(import.meta.dirname, '..', 'vectors', 'serial-frames-derived.json');
const { frames } = JSON.parse(readFileSync(VECTORS, 'utf8')) as { frames: Record<string, string> };
const CONNECT = frames['serial:dpl8r-4-1-connect']!;

test('frames are listed from hex text, with the damage between them, and the exit code says so', async () => {
  const clean = await dplink(['decode'], { stdin: `${CONNECT}\n# a remark\n${CONNECT}\n` });
  expect(clean.code).toBe(0);
  expect(clean.stdout.match(/TRANS_COMMAND_CONNECT, 16 bytes/g)).toHaveLength(2);
  const damaged = await dplink(['decode', '--json'], { stdin: `${CONNECT} de ad be ef ${CONNECT}` });
  expect(damaged.code).toBe(1);
  const found = JSON.parse(damaged.stdout) as {
    offset: number;
    damage?: { cause: string; length: number };
  }[];
  expect(found.map(({ offset, damage }) => [offset, damage?.cause ?? 'frame'])).toEqual([
    [0, 'frame'],
    [24, 'noise'],
    [28, 'frame'],
  ]);
});

test('only what is damaged is listed when that is asked for; how much is sound is told in any case', async () => {
  const stdin = `${CONNECT} de ad be ef ${CONNECT}`;
  const all = await dplink(['decode'], { stdin });
  expect(all.stderr).toBe('dplink decode: 2 sound, 1 damaged or malformed\n');
  const only = await dplink(['decode', '--damaged'], { stdin });
  expect(only).toMatchObject({
    code: 1,
    stdout: 'at byte 24\n  !! damage: noise, 4 bytes\n     deadbeef\n',
    stderr: all.stderr,
  });
  const json = await dplink(['decode', '--damaged', '--json'], { stdin });
  expect({ found: JSON.parse(json.stdout) as unknown, stderr: json.stderr }).toMatchObject({
    found: [{ offset: 24 }],
    stderr: '',
  });
});

test('a capture is listed, one with a time beyond any calendar too', async () => {
  const path = join(place, 'far.pcapng');
  const writer = new CaptureWriter(path, [{ name: 'near /dev/x', linkType: LINKTYPE_USER0 }], {
    onFailure: () => {},
  });
  const bytes = Uint8Array.from(Buffer.from(CONNECT, 'hex'));
  writer.add({ port: 0, time: 1_700_000_000_000_000, direction: 'sent', bytes });
  writer.add({ port: 0, time: 9_000_000_000_000_000_000, direction: 'received', bytes });
  writer.close();
  const { code, stdout } = await dplink(['decode', path]);
  expect(code).toBe(0);
  expect(stdout).toContain('2023-11-14T22:13:20.000Z near /dev/x sent');
  expect(stdout).toContain('9000000000000000000 µs near /dev/x received');
});

test('a simulated run captured as frames and as the raw line is listed the same from both', async () => {
  const path = join(place, 'both.pcapng');
  const flags = [
    '--rig',
    'rigs/noisy.yaml',
    '--duration',
    '5s',
    '--seed',
    'decode',
    '--runs',
    place,
    '--ui',
    'none',
  ];
  await dplink(['simulate', ...flags, '--capture', path, '--capture-of', 'both']);
  const { stdout } = await dplink(['decode', path, '--json']);
  const found = JSON.parse(stdout) as Found[];
  const line = found.filter(({ port }) => port.endsWith(' (line)'));
  const frames = found.filter((each) => !line.includes(each));
  const intact = (list: Found[], port: string, direction: string) =>
    list.filter(
      (each) =>
        each.port.startsWith(port) &&
        each.direction === direction &&
        !each.damage &&
        !each.comment?.includes('damaged'),
    ).length;
  for (const port of ['near', 'far']) {
    for (const direction of ['sent', 'received']) {
      expect(intact(line, port, direction)).toBeGreaterThan(20);
      expect(intact(line, port, direction)).toBe(intact(frames, port, direction));
    }
  }
  expect(line.filter(({ damage }) => damage).length).toBe(
    frames.filter(({ comment }) => comment?.includes('damaged')).length,
  );
  expect(line.some(({ damage }) => damage)).toBe(true);
});

interface Found {
  readonly port: string;
  readonly direction: string;
  readonly comment?: string;
  readonly damage?: unknown;
}

test('text that is no hex is refused with its line and column', async () => {
  const { code, stderr } = await dplink(['decode'], { stdin: 'cc 40\n10 0x zz\n' });
  expect(code).toBe(2);
  expect(stderr).toContain('2:7: expected hexadecimal digits, got "z"');
});
