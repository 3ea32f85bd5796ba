import { describe, expect, it } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { encodeTransport } from '../../src/wire/transport-packet.ts';
import { hex, LoneEnd } from '../transport/lone-end.ts';

/** A SACK that expects `bNRcv` and has all that follow it, up to but not including `next`. */
const sack = (bNRcv: number, next: number) => {
  const bits = Math.max(0, next - bNRcv - 1);
  const low = bits >= 32 ? 0xffff_ffff : 2 ** bits - 1;
  const high = bits > 32 ? 2 ** (bits - 32) - 1 : 0;
  return hex(
    encodeTransport({
      name: 'TRANS_COMMAND_SACK',
      bCommand: 0x80,
      bRetry: 0,
      bNSeq: 0,
      bNRcv,
      tTimestamp: 0,
      dwSACKMask1: low || undefined,
      dwSACKMask2: high || undefined,
    }),
  );
};

/** A connection whose partner has acknowledged frames 1 and up by mask, frame 1 included, and still expects frame 1. */
function stuck(): LoneEnd {
  const end = new LoneEnd();
  end.command((connection, now) => connection.listen(now));
  end.receive('88 01 00 00 00 00 01 00 01 00 00 00 00 00 00 00');
  end.receive('80 02 00 00 00 00 01 00 01 00 00 00 00 00 00 00');
  end.command((connection, now) => {
    for (let n = 0; n < 100; n++)
      connection.send(now, new Uint8Array(10), { reliable: true, sequential: true });
  });
  for (let n = 0; n < 40; n++) {
    end.run(end.now + SECOND / 10);
    const next = Math.max(...end.frames.map(({ bSeq }) => bSeq)) + 1;
    // First frame 1 is named as here, then it is the one expected.
    end.receive(sack(0, next));
    end.receive(sack(1, next));
  }
  return end;
}

// Found by the world of a lying peer: all places were acknowledged, none could be repeated, no keep-alive fitted in.
describe('a partner that acknowledges every frame but says that it expects the oldest', () => {
  it('is given up when it falls silent', () => {
    const end = stuck();
    expect(end.connection.statistics.outstanding).toBe(64);
    end.run(end.now + 60 * SECOND);
    expect(end.connection.state).toBe('closed');
    expect(end.events).toContainEqual(expect.objectContaining({ type: 'closed', cause: 'retries' }));
  });

  it('is given up in closing as well', () => {
    const end = stuck();
    end.command((connection, now) => connection.close(now));
    end.run(end.now + 60 * SECOND);
    expect(end.connection.state).toBe('closed');
  });
});
