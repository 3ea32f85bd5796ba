/** What a capture holds of a line: frames with the damage told apart, and the raw line as Wireshark reads it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../src/framing/encoder.ts';
import { CaptureWriter } from '../../src/port/capture.ts';
import { type Capture, readCapture } from '../../src/port/capture-file.ts';
import { type Captured, interfacesOf, LineRecorder } from '../../src/port/line-recorder.ts';
import { readRtacPacket } from '../../src/port/rtac-serial.ts';

const ORIGIN = 1_795_228_837_000_000;
const FRAME = encodeFrame({ kind: 'transport', identifier: 0, body: new Uint8Array(300).fill(0x55) });
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dplink-recorder-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function recorded(captured: Captured, record: (recorder: LineRecorder) => void): Capture {
  const path = join(folder, `${captured}.pcapng`);
  const writer = new CaptureWriter(path, interfacesOf('near', captured), {
    onFailure: (error) => {
      throw error;
    },
  });
  record(new LineRecorder({ writer, captured, firstInterface: 0, origin: ORIGIN }));
  writer.close();
  return readCapture(readFileSync(path)) as Capture;
}

describe('a capture of frames', () => {
  it('holds a damaged frame with all its bytes and what is known of the damage', () => {
    const damaged = FRAME.slice();
    damaged[100]! ^= 0x04;
    const { packets } = recorded('frames', (recorder) => {
      recorder.received(10, FRAME);
      recorder.received(20, damaged.subarray(0, 50));
      recorder.received(30, damaged.subarray(50));
      recorder.received(40, FRAME);
    });
    expect(packets.map(({ bytes, comment }) => [[...bytes], comment])).toEqual([
      [[...FRAME], undefined],
      [
        [...damaged],
        `damaged: messageCrc, 308 bytes of a frame of 308 from byte 308 on; bit 2 of byte 100 is inverted`,
      ],
      [[...FRAME], undefined],
    ]);
  });

  it('gives up a truncated frame when the line falls idle', () => {
    const { packets } = recorded('frames', (recorder) => {
      recorder.received(10, FRAME.subarray(0, 60));
      recorder.gap(70_000);
    });
    expect(packets).toMatchObject([{ time: ORIGIN + 70_000, direction: 'received' }]);
    expect([...packets[0]!.bytes]).toEqual([...FRAME.subarray(0, 60)]);
    expect(packets[0]!.comment).toContain('truncated');
  });

  it('keeps at most a bounded part of a flood without frames, and says how long it was', () => {
    const { packets } = recorded('frames', (recorder) => recorder.received(10, new Uint8Array(100_000)));
    expect(packets.every(({ bytes, comment }) => bytes.length <= 8_192 && comment !== undefined)).toBe(true);
  });
});

describe('a capture of the raw line', () => {
  const record = (recorder: LineRecorder) => {
    recorder.lines(0, { dtr: true, rts: true, cts: true });
    recorder.lines(1, { dtr: true, rts: true, cts: true });
    recorder.sent(5, Uint8Array.of(0xcc, 1));
    recorder.received(2_000_007, Uint8Array.of(2, 3, 4));
    recorder.uart(2_000_008, { framing: 2, parity: 0, overrun: 0, break: 0 });
    recorder.uart(2_000_009, { framing: 2, parity: 1, overrun: 0, break: 0 });
  };

  it('holds the pieces as they passed, changes of the control lines, and UART errors', () => {
    const { packets } = recorded('line', record);
    const read = packets.map(({ bytes }) => readRtacPacket(bytes)!);
    expect(read.map((each) => ({ ...each, bytes: [...each.bytes] }))).toMatchObject([
      { kind: 'status', direction: undefined },
      { kind: 'sent', bytes: [0xcc, 1] },
      { kind: 'received', bytes: [2, 3, 4] },
      { kind: 'framingError' },
      { kind: 'parityError' },
    ]);
  });

  it('stands beside the frames where both are wanted', () => {
    const { packets, interfaces } = recorded('both', (recorder) => recorder.sent(5, FRAME));
    expect(interfaces.map(({ name, linkType }) => [name, linkType])).toEqual([
      ['near', 147],
      ['near (line)', 250],
    ]);
    expect(packets.map(({ port }) => port)).toEqual([1, 0]);
  });

  it.skipIf(!hasTshark)(`is read by a stock tshark${hasTshark ? '' : ' (skipped: no tshark here)'}`, () => {
    recorded('line', record);
    const text = execFileSync(
      'tshark',
      [
        '-r',
        join(folder, 'line.pcapng'),
        '-T',
        'fields',
        '-e',
        'frame.protocols',
        '-e',
        '_ws.col.Info',
        '-e',
        '_ws.malformed',
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const rows = text.trim().split('\n');
    expect(rows.length).toBe(5);
    expect(rows.every((row) => row.startsWith('rtacser'))).toBe(true);
    expect(text).not.toContain('alformed');
  });
});
