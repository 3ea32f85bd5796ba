/** Whether the carrier of a call is gone, where only the modem's words tell. */
import { expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { CarrierWatch } from '../../src/modem/carrier-watch.ts';

/** What a watch says at the end of these pieces, each so many milliseconds after the one before, and `silence` behind. */
function watched(pieces: readonly (readonly [ms: number, text: string])[], silence: number, numeric = false) {
  const watch = new CarrierWatch(false, numeric);
  let now = 0;
  const until = (then: number): void => {
    const { deadline } = watch;
    if (deadline !== undefined && deadline <= then) watch.expire(deadline);
    now = then;
  };
  for (const [ms, text] of pieces) {
    until(now + ms * 1_000);
    watch.receive(
      now,
      Uint8Array.from(text, (character) => character.charCodeAt(0)),
    );
  }
  until(now + silence);
  return watch.lost;
}

test('a modem that answers ERROR to what is still sent has lost its carrier all the same', () => {
  const error = [400, '\r\nERROR\r\n'] as const;
  expect(watched([[0, 'data\r\nNO CARRIER\r\n'], error, error], 0.9 * SECOND)).toBe('text');
  expect(
    watched(
      [
        [0, '3\r'],
        [400, '4\r'],
        [400, '4\r'],
      ],
      0.9 * SECOND,
      true,
    ),
  ).toBe('text');
});

test('the answer may come in pieces, and in one piece with the words', () => {
  expect(
    watched(
      [
        [0, '\r\nNO CAR'],
        [5, 'RIER\r\n\r\nERR'],
        [5, 'OR\r\n'],
      ],
      1.1 * SECOND,
    ),
  ).toBe('text');
});

test('words in the data that goes on are data, whatever follows them', () => {
  const words = '\r\nNO CARRIER\r\n';
  expect(
    watched(
      [
        [0, words],
        [500, 'more'],
      ],
      5 * SECOND,
    ),
  ).toBeUndefined();
  expect(
    watched(
      [
        [0, words],
        [100, '\r\nERROR\r\n'],
        [100, 'more'],
      ],
      5 * SECOND,
    ),
  ).toBeUndefined();
  expect(watched([[0, '\r\nERROR\r\n']], 5 * SECOND)).toBeUndefined();
});
