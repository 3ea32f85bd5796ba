import { expect, test } from 'vitest';
import { streamNames } from '../../src/report/stream-name.ts';
import type { StreamResult } from '../../src/soak/result.ts';

/** A stream of which only what names it matters. */
function stream(from: string, to: string, category: StreamResult['category']): StreamResult {
  return { from, to, category } as StreamResult;
}

const size = { min: 64, max: 64 };
const TWO = [stream('near', 'far', 'reliable'), stream('near', 'far', 'reliable')];

test('a stream that is alone of its category in its direction is called by that', () => {
  const streams = [stream('near', 'far', 'reliable'), stream('far', 'near', 'reliable')];
  expect(streamNames({ streams, profile: {} })).toEqual(['reliable', 'reliable']);
});

test('several alike are told apart by payload, then by size too, then by number', () => {
  const named = (one: object, other: object) =>
    streamNames({ streams: TWO, profile: { streams: [one, other] } });
  expect(named({ payload: 'zeros', size }, { payload: 'escapes', size })).toEqual([
    ...['reliable, zeros', 'reliable, escapes'],
  ]);
  expect(named({ payload: 'zeros', size }, { payload: 'zeros', size: { min: 1, max: 9 } })).toEqual([
    ...['reliable, zeros, 64 B', 'reliable, zeros, 1 to 9 B'],
  ]);
  expect(named({ payload: 'zeros', size }, { payload: 'zeros', size })).toEqual([
    ...['reliable, stream 0', 'reliable, stream 1'],
  ]);
});

test.each([undefined, null, 7, { streams: 3 }, { streams: [null] }, { streams: [null, undefined] }])(
  'a profile such as %j names nothing, and harms nothing',
  (profile) => {
    expect(streamNames({ streams: TWO, profile })).toEqual(['reliable, stream 0', 'reliable, stream 1']);
  },
);
