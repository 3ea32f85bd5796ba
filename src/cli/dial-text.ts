/** A series of calls in lines for people: where it stands, and what came of an attempt. Writes nothing. */
import { SECOND } from '../base/instant.ts';
import { clockText, countText, scaledText } from '../base/quantity.ts';
import type { CallStatistics } from '../modem/call-statistics.ts';
import { outcomeText, termsText } from '../report/call-figures.ts';
import type { AttemptResult } from '../soak/result.ts';

/** Where a series stands. */
export interface SeriesProgress {
  /** The call that is being made, from 1, of how many; and which attempt at it. */
  readonly call: number;
  readonly count: number;
  readonly attempt: number;
  readonly outcomes: CallStatistics['outcomes'];
  /** Seconds that the calls still to be made may take, this one included; `undefined` where none has ended yet. */
  readonly secondsLeft: number | undefined;
}

/** `call 3 of 20`, and the attempt where it is not the first. */
export function callText({
  call,
  count,
  attempt,
}: Pick<SeriesProgress, 'call' | 'count' | 'attempt'>): string {
  return `call ${countText(call)} of ${countText(count)}${attempt > 1 ? `, attempt ${attempt}` : ''}`;
}

/** `2 passed, 1 busy; about 9:12 left`; empty before anything has ended. */
export function progressText({ outcomes, secondsLeft }: SeriesProgress): string {
  const counts = Object.entries(outcomes).map(
    ([outcome, count]) => `${countText(count)} ${outcomeText(outcome)}`,
  );
  const left = secondsLeft === undefined ? [] : [`about ${clockText(secondsLeft)} left`];
  return [...(counts.length === 0 ? [] : [counts.join(', ')]), ...left].join('; ');
}

/** An attempt in a line. */
export function attemptLine(attempt: AttemptResult, count: number): string {
  const { outcome, text, dialled, firstFrame, hangUp, outage, lineRate, retried } = attempt;
  const seconds = (name: string, time: number | undefined): string[] =>
    time === undefined ? [] : [`${name} ${(time / SECOND).toFixed(1)} s`];
  const terms = termsText(attempt);
  const stages = [
    ...seconds('dialled', dialled),
    ...seconds('first frame', firstFrame),
    ...seconds('hang-up', hangUp),
    ...seconds('away for', outage),
    ...(lineRate === undefined ? [] : [`${lineRate} bit/s`]),
    ...(terms === '' ? [] : [terms]),
  ].join(', ');
  const why = text === '' ? '' : `: ${text}`;
  return `${callText({ ...attempt, count })}: ${outcomeText(outcome)}${why} (${stages})${retried ? ', again' : ''}`;
}

/** What the measures of a call came to, in a line: `random 3.8 kB/s, zeros 3.9 kB/s; both ways ...`; none where none was taken. */
export function throughputLines({ call, attempt, throughput = [] }: AttemptResult, count: number): string[] {
  if (throughput.length === 0) return [];
  const told = (bothWays: boolean): string[] =>
    (['random', 'zeros'] as const).flatMap((payload) => {
      const own = throughput.filter((each) => each.payload === payload && each.bothWays === bothWays);
      const rates = own.map(({ bytesPerSecond: rate }) =>
        rate === undefined ? 'not known' : scaledText(rate, 'B/s'),
      );
      return rates.length === 0 ? [] : [`${payload} ${rates.join(' and ')}`];
    });
  const [oneWay, bothWays] = [told(false).join(', '), told(true).join(', ')];
  const parts = [oneWay, bothWays === '' ? '' : `both ways ${bothWays}`].filter((part) => part !== '');
  return [`${callText({ call, attempt, count })}: ${parts.join('; ')}`];
}
