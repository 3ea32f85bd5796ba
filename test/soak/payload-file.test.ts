import { describe, expect, test } from 'vitest';
import { MESSAGE_SIZE_MAX as FRAME_MESSAGE_MAX } from '../../src/framing/deframer.ts';
import { StreamMessages } from '../../src/soak/payload.ts';
import { FILE_SIZE_MAX, fileContent, payloadFileOf } from '../../src/soak/payload-file.ts';
import { checkPlan, type Plan, planOf } from '../../src/soak/plan.ts';
import { parseProfile } from '../../src/soak/profile.ts';
import { resultOf } from './soaking.ts';
import { TwoEnds } from './two-ends.ts';

const PROFILE = `name: own data
duration: 3s
streams:
  - { from: both, category: reliable-sequential, size: { min: 20, max: 700 }, payload: { file: data/mine.bin } }
`;
const CONTENT = Uint8Array.from({ length: 1_000 }, (_, index) => (index * 7) & 0xff);

function plan(content: Uint8Array = CONTENT): Plan {
  return planOf(
    parseProfile('p.yaml', PROFILE, () => content),
    'seed',
    { near: 'near', far: 'far' },
  );
}

describe('a payload file', () => {
  test('is asked for by the path that the profile gives, and repeated from beginning to end', () => {
    const asked: string[] = [];
    const profile = parseProfile('p.yaml', PROFILE, (path) => {
      asked.push(path);
      return CONTENT;
    });
    expect(asked).toEqual(['data/mine.bin']);
    const stream = { ...profile.streams[0]!, size: { min: 620, max: 620 } };
    const messages = new StreamMessages('seed', 0, stream, CONTENT);
    const payloads = [0, 1, 2].flatMap((number) => [...messages.make(number, 0).subarray(20)]);
    expect(payloads).toEqual([...CONTENT, ...CONTENT].slice(0, 1_800));
  });

  test('crosses the line with the plan, and what it fills is verified like anything else', () => {
    const ends = new TwoEnds(plan());
    ends.run(() => ends.near.ended);
    const result = resultOf(ends, PROFILE.replace('payload: { file: data/mine.bin }', 'payload: zeros'));
    expect(result).toMatchObject({ verdict: 'pass', reasons: [] });
    for (const { delivered, corrupted } of result.streams) {
      expect(delivered).toBeGreaterThan(10);
      expect(corrupted).toBe(0);
    }
  });

  test('of the largest size crosses too', () => {
    expect(FILE_SIZE_MAX).toBeGreaterThan(10 * FRAME_MESSAGE_MAX);
    const ends = new TwoEnds(plan(new Uint8Array(FILE_SIZE_MAX).fill(0xcc)));
    ends.run(() => ends.near.ended);
    expect(ends.near.outcome).toMatchObject({ ending: 'completed', reasons: [] });
  });

  test('that is not what its fingerprint says is refused by the far end, with the reason', () => {
    const whole = plan();
    const { file } = whole;
    const altered = {
      ...whole,
      file: {
        ...file!,
        content: payloadFileOf(
          'x',
          CONTENT.map((b) => b ^ 1),
        )!.content,
      },
    };
    expect(checkPlan(altered)).toEqual({
      refused: 'the payload file "data/mine.bin" is not what its fingerprint says',
    });
    const ends = new TwoEnds(altered);
    ends.run(() => ends.near.ended);
    expect(ends.near.outcome!.reasons[0]).toMatch(
      /refused the plan: the payload file "data\/mine.bin" is not/,
    );
  });

  test('that a stream needs and the plan lacks is refused', () => {
    const { file: _file, ...rest } = plan();
    expect(checkPlan(rest)).toMatchObject({
      refused: expect.stringContaining('does not come with the plan'),
    });
  });

  test('that is empty or too large is refused before anything is sent', () => {
    for (const size of [0, FILE_SIZE_MAX + 1]) {
      expect(() => plan(new Uint8Array(size))).toThrow(`has ${size} bytes, expected 1 to ${FILE_SIZE_MAX}`);
    }
    expect(() => parseProfile('p.yaml', PROFILE)).toThrow(
      'a payload file cannot be read here: data/mine.bin',
    );
  });

  test('comes back from base64 as it was', () => {
    expect(fileContent(payloadFileOf('x', CONTENT)!)).toEqual(CONTENT);
  });
});
