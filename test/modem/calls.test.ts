/** The dialer against the emulated exchange: every kind of call, hundreds of them, in virtual time. */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import type { AttemptOutcome } from '../../src/modem/call-plan.ts';
import { CallTally } from '../../src/modem/call-statistics.ts';
import type { CallFailure } from '../../src/modem/dialer-event.ts';
import { CALL_OUTCOMES, type CallChange, type CallOutcome } from '../../src/modem/exchange-options.ts';
import { Switchboard } from './switchboard.ts';

/** What a modem says of each thing that may happen on the line: it cannot tell all of them apart. */
const HEARD: Readonly<Record<CallOutcome, CallFailure>> = {
  'no-dial-tone': 'noDialTone',
  'line-in-use': 'noDialTone',
  busy: 'busy',
  reject: 'busy',
  'no-answer': 'noCarrier',
  voice: 'noCarrier',
  fax: 'noCarrier',
  unobtainable: 'noCarrier',
  'no-carrier': 'noCarrier',
};

/** W1: the line's rate and protocol are told before CONNECT. */
const TELLING = [{ command: 'ATE0V1Q0W1&C1&D2', optional: false }];

describe.each([true, false])('calls between emulated modems (modem lines: %s)', (lines) => {
  test('are made, answered, carry every byte and are ended from either side', () => {
    const board = new Switchboard({ lines, dialers: [{ init: TELLING }, {}] });
    board.ready();
    board.dialers[1]!.listen();
    board.dialers[0]!.dial(board.now, '200');
    expect(board.until(0, ['connected']).report).toMatchObject({ lineRate: 33_600, portRate: 115_200 });
    board.run(5_000);
    expect(board.dialers.map(({ state }) => state)).toEqual(['online', 'online']);
    const all = Array.from({ length: 2_000 }, (_, i) => String.fromCharCode((i * 7) & 0xff)).join('');
    board.send(0, all);
    board.send(1, all);
    board.run(5_000);
    expect(board.data(0) === all && board.data(1) === all).toBe(true);
    board.dialers[0]!.hangUp(board.now);
    expect(board.until(0, ['hungUp']).by).toBe(lines ? 'dtr' : 'escape');
    board.run(5_000);
    const lost = board.events.find(([, place, { type }]) => place === 1 && type === 'lost');
    expect(lost?.[2]).toMatchObject({ sign: lines ? 'dcd' : 'text' });
    expect(board.dialers.map(({ state }) => state)).toEqual(['ready', 'ready']);
  });

  test.each(CALL_OUTCOMES)('%s is told as the modem hears it', (outcome) => {
    const board = new Switchboard({ lines, exchange: { outcomes: [{ call: 1, outcome }] } });
    board.ready();
    board.dialers[1]!.listen();
    board.dialers[0]!.dial(board.now, '200');
    expect(board.until(0, ['callFailed', 'connected'])).toMatchObject({ failure: HEARD[outcome] });
    board.run(1_000);
    expect(board.dialers[0]!.state).toBe('ready');
  });

  test('the modem answers by itself where the rig says so', () => {
    const board = new Switchboard({ lines, dialers: [{}, { answer: { rings: 2, by: 'modem' } }] });
    board.ready();
    board.dialers[1]!.listen();
    board.dialers[0]!.dial(board.now, '200');
    expect(board.until(1, ['connected']).direction).toBe('answer');
  });

  test('a redial that the modem forbids is told, and not tried again', () => {
    const redial = { delayAfter: 2, delay: 60 * SECOND, blacklistAfter: 3 };
    const modems = [{ number: '100', redial }, { number: '200' }];
    const board = new Switchboard({ lines, exchange: { modems, numbers: { 300: 'busy' } } });
    board.ready();
    const dial = () => {
      board.dialers[0]!.dial(board.now, '300');
      return board.until(0, ['callFailed']);
    };
    expect([dial().failure, dial().failure]).toEqual(['busy', 'busy']);
    expect(dial()).toMatchObject({ failure: 'delayed', text: 'DELAYED 00:01:00', retry: 60 * SECOND });
    expect(dial().text).toBe('not dialled: the modem said DELAYED 00:01:00');
    board.run(60_000);
    expect(dial().failure).toBe('busy');
    expect(dial()).toMatchObject({ failure: 'blacklisted', retry: 'never' });
    const attempts = board.story.length;
    expect(dial()).toMatchObject({ failure: 'blacklisted' });
    expect(board.story).toHaveLength(attempts);
  });

  test('what is given up while it rings is given up at both ends', () => {
    const board = new Switchboard({ lines });
    board.ready();
    board.dialers[0]!.dial(board.now, '200');
    board.until(1, ['ring']);
    board.dialers[0]!.abort(board.now);
    expect(board.until(0, ['callFailed'])).toMatchObject({ failure: 'aborted' });
    expect(board.until(0, ['ready']).type).toBe('ready');
    board.run(20_000);
    expect(board.story.some((each) => 'call' in each && each.event.type === 'answered')).toBe(false);
  });
});

type Ending = 'near' | 'far' | 'carrier';

/** One call of a long series, as it is scripted. */
interface Scripted {
  readonly outcome: CallOutcome | undefined;
  readonly ending: Ending;
}

/** What is said in the call with index `i`, with what would end it if anything heeded it. */
function wordsOf(i: number): string {
  return `call ${i + 1} +++ATH\r`;
}

/** Data that is under way when the call with index `i` ends: bytes of which the next calls have none. */
function restOf(i: number): string {
  return String.fromCharCode(0x80 + (i % 100)).repeat(4_000);
}

/** As soon as the modem at `place` takes commands, the other and it have data for each other that nobody will read. */
function sendIntoTheEnd(board: Switchboard, place: number, rest: string): void {
  const { exchange } = board;
  expect(board.run(30_000, () => !exchange.modem(place).isOnline)).toBe(true);
  if (exchange.modem(1 - place).isOnline) board.send(1 - place, rest);
}

function scriptOf(random: Random, count: number): Scripted[] {
  return Array.from({ length: count }, () => ({
    outcome: random.below(2) === 0 ? undefined : CALL_OUTCOMES[random.below(CALL_OUTCOMES.length)],
    ending: (['near', 'far', 'carrier'] as const)[random.below(3)]!,
  }));
}

test.each([
  ['calls-1', true],
  ['calls-2', false],
] as const)(
  '500 calls are each classified as scripted, and nothing leaks between them (seed %s, modem lines: %s)',
  (seed, lines) => {
    const random = new Random(seed);
    const script = scriptOf(random.fork('script'), 500);
    const outcomes = script.flatMap(({ outcome }, i) => (outcome ? [{ call: i + 1, outcome }] : []));
    const changes = script.flatMap(({ outcome, ending }, i): CallChange[] =>
      outcome || ending !== 'carrier' ? [] : [{ call: i + 1, at: 8 * SECOND, kind: 'carrierLost' }],
    );
    const board = new Switchboard({ lines, seed, exchange: { outcomes, changes } });
    board.ready();
    const [near, far] = [board.dialers[0]!, board.dialers[1]!];
    const tally = new CallTally();
    for (const [i, { outcome, ending }] of script.entries()) {
      if (far.state === 'ready') far.listen();
      const from = board.events.length;
      near.dial(board.now, '200');
      const result = board.until(0, ['connected', 'callFailed']);
      expect(result, `call ${i + 1}`).toMatchObject(
        outcome ? { failure: HEARD[outcome] } : { type: 'connected' },
      );
      if (result.type === 'connected') {
        expect(
          board.run(5_000, () => far.state === 'online'),
          `call ${i + 1}`,
        ).toBe(true);
        const words = wordsOf(i);
        board.send(0, words);
        board.send(1, words.toUpperCase());
        board.run(3_000);
        if (ending === 'near') near.hangUp(board.now);
        if (ending === 'far') far.hangUp(board.now);
        if (ending !== 'carrier') sendIntoTheEnd(board, ending === 'near' ? 0 : 1, restOf(i));
      }
      const isRested = () => near.state === 'ready' && (far.state === 'ready' || far.state === 'listening');
      expect(board.run(60_000, isRested), `call ${i + 1} ${ending} ${near.state} ${far.state}`).toBe(true);
      board.run(12_000);
      const happened = board.events.slice(from);
      const heard = (place: number) =>
        happened
          .flatMap(([, where, event]) =>
            where === place && event.type === 'data' ? [Buffer.from(event.bytes).toString('latin1')] : [],
          )
          .join('')
          .replaceAll(restOf(i)[0]!, '')
          // The escape that hangs up, and the words before the end of the carrier is sure, are of the call too.
          .replace(/(\+\+\+)?(\r\nNO CARRIER\r\n)?$/, '');
      // Until the next call no byte comes but those of this one, and of a call that did not come to be none.
      const words = result.type === 'connected' ? wordsOf(i) : '';
      expect([heard(0), heard(1)], `call ${i + 1}`).toEqual([words.toUpperCase(), words]);
      const ends = happened.flatMap(([, where, { type }]) =>
        where === 0 && (type === 'hungUp' || type === 'lost') ? [type] : [],
      );
      const end = ends.join() === 'hungUp' ? ('passed' as const) : ('lost' as const);
      expect(ends, `call ${i + 1}`).toHaveLength(result.type === 'connected' ? 1 : 0);
      const outcomeOf = result.type === 'connected' ? end : result.failure;
      const dialled = result.timings.total;
      tally.add({ call: i + 1, attempt: 1, outcome: outcomeOf, text: '', retry: 'now', dialled });
      board.events.length = 0;
    }
    const expected: Partial<Record<AttemptOutcome, number>> = {};
    for (const { outcome, ending } of script) {
      const key = outcome ? HEARD[outcome] : ending === 'near' ? 'passed' : 'lost';
      expected[key] = (expected[key] ?? 0) + 1;
    }
    const { attempts, outcomes: counted, connected, failed } = tally.statistics;
    expect(attempts).toBe(500);
    expect(counted).toEqual(expected);
    const calls = script.filter(({ outcome }) => outcome === undefined).length;
    expect([connected.count, failed.count]).toEqual([calls, 500 - calls]);
  },
);
