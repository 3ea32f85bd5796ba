import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CONTROL_SIZE_MAX,
  type Control,
  decodeSoakMessage,
  encodeControl,
  encodePing,
  encodePong,
} from '../../src/soak/control-message.ts';
import { checkPlan } from '../../src/soak/plan.ts';
import { planFrom } from './two-ends.ts';

const PLAN = planFrom('name: a\nduration: 5s\nstreams: [{ from: both, category: reliable, size: 100 }]');

describe('a message of a soak', () => {
  test('comes out as it went in', () => {
    expect(decodeSoakMessage(encodePing(2 ** 47 + 3))).toEqual({ type: 'ping', sentAt: 2 ** 47 + 3 });
    expect(decodeSoakMessage(encodePong(5, 6))).toEqual({ type: 'pong', sentAt: 5, receivedAt: 6 });
    const plan = decodeSoakMessage(encodeControl({ type: 'plan', plan: PLAN }));
    expect(plan).toEqual({ type: 'plan', plan: PLAN });
    expect(checkPlan((plan as { plan: unknown }).plan)).toEqual(PLAN);
    const messages: Control[] = [
      { type: 'accept' },
      { type: 'refuse', reason: 'no' },
      { type: 'ready' },
      { type: 'stop' },
      { type: 'marks', sent: [{ stream: 0, messages: 3, bytes: 300 }] },
    ];
    for (const message of messages) {
      expect(decodeSoakMessage(encodeControl(message))).toEqual(message);
    }
  });

  test('made of any bytes is a value, never an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(5), (bytes, kind) => {
        decodeSoakMessage(bytes);
        decodeSoakMessage(Uint8Array.of(0xdb, kind, ...bytes));
      }),
      { seed: 3, numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        const bytes = Uint8Array.of(0xdb, 4, ...new TextEncoder().encode(text));
        expect(decodeSoakMessage(bytes).type).toBe('foreign');
      }),
      { seed: 4, numRuns: 200 },
    );
  });

  test('that is too large or not valid is foreign, with a reason', () => {
    const large = new Uint8Array(CONTROL_SIZE_MAX + 3).fill(0x20);
    large.set([0xdb, 4]);
    expect(decodeSoakMessage(large)).toEqual({
      type: 'foreign',
      reason: 'a control message that is too large',
    });
    const bad = new TextEncoder().encode('{"type":"marks","sent":[{"stream":99,"messages":1,"bytes":1}]}');
    expect(decodeSoakMessage(Uint8Array.of(0xdb, 4, ...bad))).toMatchObject({
      type: 'foreign',
      reason: expect.stringMatching(/^a control message that is not valid: sent\.0\.stream/),
    });
  });
});

describe('a proposed plan', () => {
  test('of any JSON is checked without an error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(checkPlan(value)).toHaveProperty('refused');
      }),
      { seed: 5, numRuns: 200 },
    );
    expect(checkPlan({ ...PLAN, names: { near: 'a', far: 'a' } })).toEqual({
      refused: 'the plan is not valid:  both ends have the same name',
    });
  });
});
