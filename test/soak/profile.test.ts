import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/base/failure.ts';
import { SECOND } from '../../src/base/instant.ts';
import { StreamMessages } from '../../src/soak/payload.ts';
import { parseProfile, profileJsonSchema } from '../../src/soak/profile.ts';

const GOOD = `name: a
duration: 10s
streams:
  - { from: both, category: reliable, size: 100 }
`;

/** The complaint about a profile. */
function complaint(text: string): string {
  try {
    parseProfile('p.yaml', text);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error('no complaint');
}

describe('a profile', () => {
  test('that says little gets the defaults: random payload, saturated, nothing lost or spoiled', () => {
    expect(parseProfile('p.yaml', GOOD)).toEqual({
      name: 'a',
      duration: 10 * SECOND,
      volume: undefined,
      drainLimit: 30 * SECOND,
      streams: ['near', 'far'].map((from) => ({
        from,
        category: 'reliable',
        size: { min: 100, max: 100 },
        payload: 'random',
        pace: { kind: 'saturate' },
      })),
      limits: { lostReliable: 0, duplicated: 0, misordered: 0, corrupted: 0 },
    });
  });

  test('may end by volume, space its messages evenly or in bursts, and take a preset limit away', () => {
    const profile = parseProfile(
      'p.yaml',
      `name: b
volume: 64KiB
streams:
  - { from: near, category: unreliable, size: { min: 20, max: 40 }, payload: escape, rate: { per_second: 4 } }
  - { from: far, category: sequential, size: 20, rate: { burst: 20, every: 2s } }
limits: { misordered: none, lostRatio: 0.1 }
`,
    );
    expect(profile.volume).toBe(65_536);
    expect(profile.duration).toBeUndefined();
    expect(profile.streams.map((stream) => stream.pace)).toEqual([
      { kind: 'paced', interval: 250_000, burst: 1 },
      { kind: 'paced', interval: 2 * SECOND, burst: 20 },
    ]);
    expect(profile.limits).toEqual({ lostReliable: 0, lostRatio: 0.1, duplicated: 0, corrupted: 0 });
  });

  test.each([
    ['an unknown key', `${GOOD}defects: []\n`, 'p.yaml:5:1 defects: unknown key'],
    ['an unknown limit', `${GOOD}limits: { lost: 0 }\n`, 'p.yaml:5:17 limits.lost: no such limit'],
    [
      'a misspelt limit',
      `${GOOD}limits: { frames.headerCrcError: 0 }\n`,
      'limits.frames.headerCrcError: no such limit; did you mean frames.headerCrcErrors?',
    ],
    [
      'a limit that is no number',
      `${GOOD}limits: { duplicated: few }\n`,
      'p.yaml:5:23 limits.duplicated: expected a number of 0 or more, or none',
    ],
    [
      'a bad duration',
      GOOD.replace('10s', '10 seconds'),
      'p.yaml:2:11 duration: expected a length of time such as 500ms, 90s, 10m or 72h, 1s to 60d',
    ],
    [
      'a bad volume',
      GOOD.replace('duration: 10s', 'volume: lots'),
      'p.yaml:2:9 volume: expected an amount of data such as 500kB, 64MiB or 2GB',
    ],
    [
      'neither duration nor volume',
      GOOD.replace('duration: 10s\n', ''),
      'p.yaml:1:1 the document: expected duration or volume',
    ],
    ['a bad end', GOOD.replace('both', 'here'), 'streams.0.from: '],
    [
      'a size below the header',
      GOOD.replace('size: 100', 'size: 19'),
      'p.yaml:4:45 streams.0.size: expected a whole number of bytes, 20 to 65536',
    ],
    [
      'a range upside down',
      GOOD.replace('size: 100', 'size: { min: 30, max: 20 }'),
      'streams.0.size: expected min not above max',
    ],
    [
      'a bad rate',
      GOOD.replace('size: 100', 'size: 100, rate: fast'),
      'streams.0.rate: expected saturate, { per_second: 5 } or { burst: 20, every: 2s }',
    ],
    [
      'too many streams',
      `${GOOD}${'  - { from: both, category: reliable, size: 100 }\n'.repeat(8)}`,
      'p.yaml:4:3 streams: expected at most 16 streams (both counts as two, answers count too)',
    ],
    [
      'a utilisation limit without saturation',
      `${GOOD.replace('size: 100', 'size: 100, rate: { per_second: 1 }')}limits: { lineUtilisation: 0.9 }\n`,
      'p.yaml:5:28 limits.lineUtilisation: expected a stream with rate: saturate to go with it',
    ],
  ])('with %s is refused with file, line, column, key and what was expected', (_what, text, expected) => {
    expect(complaint(text)).toContain(expected);
  });

  test('of the project is one that works, and says what it is in its first line', () => {
    const files = readdirSync('profiles').filter((name) => name.endsWith('.yaml'));
    expect(files).toEqual(
      expect.arrayContaining(['quick.yaml', 'overnight.yaml', 'soak-72h.yaml', 'burst.yaml', 'torture.yaml']),
    );
    for (const file of files) {
      const text = readFileSync(`profiles/${file}`, 'utf8');
      expect(text).toMatch(/^# /);
      expect(`${parseProfile(`profiles/${file}`, text).name}.yaml`).toBe(file);
    }
  });

  test('may mix sizes, pause as people do, and ask for answers: each answered stream brings the one that answers', () => {
    const profile = parseProfile(
      'p.yaml',
      `name: all
duration: 10s
streams:
  - from: both
    category: sequential
    size: { mix: [{ size: 64, share: 7 }, { size: { min: 1000, max: 8192 }, share: 1 }] }
    payload: ones
    rate: { burst: 2, every: { min: 1s, max: 3s } }
    answer: { size: 50, category: reliable }
`,
    );
    const asking = {
      category: 'sequential',
      size: {
        min: 64,
        max: 8192,
        mix: [
          { min: 64, max: 64, share: 7 },
          { min: 1000, max: 8192, share: 1 },
        ],
      },
      payload: 'ones',
      pace: { kind: 'paced', interval: 1_000_000, spread: 2_000_000, burst: 2 },
    };
    const answering = { category: 'reliable', size: { min: 50, max: 50 }, payload: 'random' };
    expect(profile.streams).toEqual([
      { from: 'near', ...asking },
      { from: 'far', ...answering, pace: { kind: 'answer', to: 0 } },
      { from: 'far', ...asking },
      { from: 'near', ...answering, pace: { kind: 'answer', to: 2 } },
    ]);
    const messages = new StreamMessages('mix', 0, profile.streams[0]!);
    const small = Array.from({ length: 800 }, (_, number) => messages.make(number, 0).length).filter(
      (length) => length === 64,
    );
    expect(small.length).toBeGreaterThan(660);
    expect(small.length).toBeLessThan(740);
  });

  test('with answers ends by duration alone', () => {
    const text = GOOD.replace('size: 100', 'size: 100, answer: { size: 50 }');
    expect(complaint(`${text}volume: 1MB\n`)).toContain(
      'volume: expected duration alone where a stream is answered',
    );
  });

  test('has a JSON Schema that names every key', () => {
    const schema = profileJsonSchema() as { properties: Record<string, unknown>; required: string[] };
    expect(Object.keys(schema.properties)).toEqual([
      'name',
      'duration',
      'volume',
      'drain',
      'streams',
      'limits',
      'calls',
      'faults',
    ]);
    expect(schema.required).toEqual(['name', 'streams']);
  });
});
