/** Emulated modems under random bytes, lines and waits, with every outcome: never an error, never without end. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { CALL_OUTCOMES, QUICK_TIMINGS } from '../../src/modem/exchange-options.ts';
import { Desk } from './desk.ts';

const quick = (options: object = {}): Desk => new Desk({ timings: QUICK_TIMINGS, ...options });

describe('whatever is typed', () => {
  const pieces = fc.array(
    fc.record({
      place: fc.nat(2),
      text: fc.oneof(
        { weight: 2, arbitrary: fc.uint8Array({ maxLength: 80 }) },
        {
          weight: 5,
          arbitrary: fc
            .array(
              fc.constantFrom(
                'AT',
                'A/',
                '+++',
                'D',
                'DT100',
                'DT200',
                'DT300',
                'H',
                'H1',
                'A',
                'O',
                'O1',
                'Z',
                '&F',
                '&W1',
                'S0=1',
                'S7=2',
                'S2=',
                'S12=0',
                'Q1',
                'V0',
                'E0',
                '&D3',
                '&K4',
                '\\N0',
                '+MS=V22',
                '+ES=',
                '&V',
                ';',
                ',',
                'W',
                '@',
                '=',
                '?',
                '\x13',
                '\x11',
                '\r',
              ),
              { maxLength: 12 },
            )
            .map((words) => Uint8Array.from(Buffer.from(`${words.join('')}\r`, 'latin1'))),
        },
      ),
      wait: fc.constantFrom(0, 1, 130, 1_100, 7_000, 70_000),
      dtr: fc.option(fc.boolean(), { nil: undefined }),
      rts: fc.option(fc.boolean(), { nil: undefined }),
    }),
    { minLength: 1, maxLength: 25 },
  );

  test('nothing is thrown, nothing hangs, nothing grows, and the same comes of the same', () => {
    fc.assert(
      fc.property(pieces, fc.nat(), (script, seed) => {
        const run = (): string => {
          const desk = quick({
            modems: [
              { number: '100' },
              { number: '200', profile: 'S0=1' },
              { number: '300', profile: 'S0=1\\N0' },
            ],
            random: new Random(`${seed}`),
            line: { bitErrorRatio: 1e-4 },
            chances: Object.fromEntries(CALL_OUTCOMES.map((outcome) => [outcome, 0.05])),
            changes: [{ at: 3 * SECOND, kind: 'carrierLost', for: SECOND }],
          });
          let heard = '';
          for (const { place, text, wait, dtr, rts } of script) {
            desk.type(place, text);
            desk.exchange.setInputs(desk.now, place, {
              ...(dtr === undefined ? {} : { dtr }),
              ...(rts === undefined ? {} : { rts }),
            });
            desk.wait(wait);
            const said = [0, 1, 2].map((each) => desk.heard(each));
            // Three buffers of a modem, and what its own words may fill, and nothing that grows with time.
            for (const each of said) expect(each.length).toBeLessThan(200_000);
            heard += said.join('|');
          }
          return heard;
        };
        expect(run()).toBe(run());
      }),
      { numRuns: 150, seed: 6 },
    );
  });
});
