import { describe, expect, it } from 'vitest';
import { Framed } from '../../src/framing/framed.ts';
import { ForgeryWatch } from '../../src/sim/forgery-watch.ts';
import { InMessages } from '../../src/sim/in-messages.ts';
import { Spoken } from '../../src/sim/wire-watch.ts';

/** The frame in which these bytes travel. */
function frameOf(...packet: number[]): Uint8Array {
  let body: Uint8Array | undefined = Uint8Array.from(packet);
  const machine = {
    deadline: undefined,
    receive: () => {},
    expire: () => {},
    next: () => undefined,
    poll: () => {
      const once = body;
      body = undefined;
      return once;
    },
  };
  return new Framed(new InMessages(machine)).poll(0)!;
}

describe('a forgery watch', () => {
  it('counts intact frames that the partner never sent, and no others', () => {
    const [near, far] = [new Spoken(), new Spoken()];
    const watch = new ForgeryWatch(near, far);
    const partner = new ForgeryWatch(far, near);
    const frame = frameOf(0x3f, 0, 0, 0, 1, 2, 3);
    partner.sent(0, frame);
    watch.received(0, frame);
    watch.received(0, frame.subarray(0, 5));
    watch.gap(0);
    watch.received(
      0,
      frame.map((byte, n) => (n === 12 ? byte ^ 1 : byte)),
    );
    expect(watch.forged).toBe(0);
    watch.received(0, frameOf(0x3f, 0, 0, 0, 1, 2, 4));
    expect(watch.forged).toBe(1);
  });
});
