/** A result as JUnit XML: one case for the verdict, one per limit, one per stream or, of a series of calls, per call. Pure; agrees with the exit code. */
import { countText, millisecondsText, percentText, scaledText } from '../base/quantity.ts';
import type { AttemptResult, LimitResult, Result, StreamResult } from '../soak/result.ts';
import { attemptText, callThroughput, outcomeText } from './call-figures.ts';
import { isSentKnown } from './known.ts';

/** `text` for an attribute or an element: what XML 1.0 cannot hold at all becomes U+FFFD. */
export function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What a case ends with. */
type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  readonly group: 'verdict' | 'limit' | 'call' | 'stream';
  readonly name: string;
  readonly outcome: Outcome;
  /** Why, in a line; empty for a case that passed. */
  readonly message: string;
  readonly output: string;
  /** How long it took; absent where it took no time of its own. */
  readonly seconds?: number;
}

function verdictCase({ verdict, reasons, seed, durationSeconds }: Result): Case {
  const outcome = { pass: 'passed', fail: 'failure', incomplete: 'error' } as const;
  return {
    group: 'verdict',
    name: 'verdict',
    outcome: outcome[verdict],
    message: verdict === 'pass' ? '' : reasons.join('; ') || verdict,
    output: `seed ${seed}`,
    // The whole run took the time; its judgements took none.
    seconds: durationSeconds,
  };
}

function limitCase({ name, limit, actual, pass }: LimitResult): Case {
  return {
    group: 'limit',
    name,
    outcome: pass ? 'passed' : 'failure',
    message: pass ? '' : `${name}: limit ${limit}, actual ${actual}`,
    output: `limit ${limit}, actual ${actual}`,
  };
}

/** What went wrong in a stream against what its category promises, in words. [MS-DPDX] 1.3 */
function brokenPromises(stream: StreamResult): string[] {
  const { category, lost, duplicated, misordered, corrupted, truncated } = stream;
  const reliable = category === 'reliable' || category === 'reliable-sequential';
  const sequential = category === 'sequential' || category === 'reliable-sequential';
  const counts: readonly (readonly [boolean, number, string])[] = [
    [reliable, lost, 'lost'],
    [true, duplicated, 'duplicated'],
    [sequential, misordered, 'misordered'],
    [true, corrupted, 'corrupted'],
    [true, truncated, 'cut short'],
  ];
  return counts
    .filter(([promised, count]) => promised && count > 0)
    .map(([, count, what]) => `${count} ${what}`);
}

function streamCase(stream: StreamResult, result: Result): Case {
  const { verdict } = result;
  const sentKnown = isSentKnown(result, stream);
  const { from, to, category, sent, delivered, lineUtilisation, latencyMs } = stream;
  const named = { group: 'stream', name: `${from} to ${to} ${category}` } as const;
  if (!stream.measured) {
    return { ...named, outcome: 'skipped', message: 'the receiving end gave no figures', output: '' };
  }
  const broken = brokenPromises(stream).join(', ');
  const output = [
    `sent ${sentKnown ? countText(sent) : 'not known'}, delivered ${countText(delivered)}${broken === '' ? '' : `, ${broken}`}`,
    `${scaledText(stream.goodputBytesPerSecond, 'B/s')}, ${percentText(lineUtilisation)} of the line`,
    ...(latencyMs.max === 0
      ? []
      : [`one-way delay p50 ${millisecondsText(latencyMs.p50)}, p99 ${millisecondsText(latencyMs.p99)}`]),
  ].join('\n');
  // A profile may allow what the category does not: then the run passed, and so did the stream.
  const failed = broken !== '' && verdict !== 'pass';
  return { ...named, outcome: failed ? 'failure' : 'passed', message: failed ? broken : '', output };
}

/** An attempt in words, with what it carried. */
function attemptLine(attempt: AttemptResult): string {
  const carried = callThroughput(attempt).map(
    ({ direction, rate }) => `${direction} ${scaledText(rate, 'B/s')}`,
  );
  return [attemptText(attempt), ...carried].join(', ');
}

/** Seconds of an attempt that are known: its dialling and its hang-up. */
function attemptSeconds({ dialled, hangUp }: AttemptResult): number {
  return (dialled + (hangUp ?? 0)) / 1e6;
}

/** A call by its last attempt; one that failed where the plan lets some fail is skipped, and tells so. */
function callCase(attempts: readonly AttemptResult[], verdict: Result['verdict']): Case[] {
  const last = attempts.at(-1);
  if (last === undefined) return [];
  const { call, outcome, text } = last;
  const passed = outcome === 'passed';
  const why = `${outcomeText(outcome)}${text === '' ? '' : `: ${text}`}`;
  const allowed = verdict === 'pass';
  return [
    {
      group: 'call',
      name: `call ${call}`,
      outcome: passed ? 'passed' : allowed ? 'skipped' : 'failure',
      message: passed ? '' : allowed ? `${why} (the profile lets some calls fail)` : why,
      output: attempts.map(attemptLine).join('\n'),
      seconds: attempts.reduce((sum, attempt) => sum + attemptSeconds(attempt), 0),
    },
  ];
}

/** A case per call that was made, and one for those that were not. */
function callCases({ calls, verdict }: Result): Case[] {
  if (calls === undefined) return [];
  const byCall = new Map<number, AttemptResult[]>();
  for (const attempt of calls.attempts)
    byCall.set(attempt.call, [...(byCall.get(attempt.call) ?? []), attempt]);
  const made = [...byCall.values()].flatMap((attempts) => callCase(attempts, verdict));
  const last = Math.max(0, ...byCall.keys());
  if (last >= calls.wanted) return made;
  const name = last + 1 === calls.wanted ? `call ${calls.wanted}` : `calls ${last + 1} to ${calls.wanted}`;
  return [...made, { group: 'call', name, outcome: 'skipped', message: 'not made', output: '' }];
}

function caseText({ group, name, outcome, message, output, seconds = 0 }: Case): string {
  const time = seconds === 0 ? '0' : seconds.toFixed(3);
  const lines = [`    <testcase classname="dplink.${group}" name="${xmlText(name)}" time="${time}">`];
  if (outcome !== 'passed') lines.push(`      <${outcome} message="${xmlText(message)}"/>`);
  if (output !== '') lines.push(`      <system-out>${xmlText(output)}</system-out>`);
  return [...lines, '    </testcase>'].join('\n');
}

/** A run as a suite of cases. */
export interface Suite {
  readonly result: Result;
  /** Usually profile and rig. */
  readonly name: string;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function casesOf({ result }: Suite): Case[] {
  return [
    verdictCase(result),
    ...result.limits.map(limitCase),
    ...callCases(result),
    // The streams of a series of calls are those of its last call, which has its case.
    ...(result.calls === undefined ? result.streams : []).map((stream) => streamCase(stream, result)),
  ];
}

function countsOf(cases: readonly Case[]): Counts {
  const count = (outcome: Outcome): number => cases.filter((each) => each.outcome === outcome).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function countsText({ tests, failures, errors }: Counts): string {
  return `tests="${tests}" failures="${failures}" errors="${errors}"`;
}

function suiteText(suite: Suite): string {
  const cases = casesOf(suite);
  const { durationSeconds, startedAt } = suite.result;
  const seconds = durationSeconds.toFixed(3);
  const counts = countsOf(cases);
  const head = `name="${xmlText(suite.name)}" ${countsText(counts)} skipped="${counts.skipped}" time="${seconds}"`;
  return [
    `  <testsuite ${head} timestamp="${xmlText(startedAt)}">`,
    ...cases.map(caseText),
    '  </testsuite>',
  ].join('\n');
}

/** Runs as a JUnit XML document, line end included: a suite for each. */
export function junitText(suites: readonly Suite[]): string {
  const counts = countsOf(suites.flatMap(casesOf));
  const seconds = suites.reduce((sum, { result }) => sum + result.durationSeconds, 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="dplink" ${countsText(counts)} time="${seconds.toFixed(3)}">`,
    ...suites.map(suiteText),
    '</testsuites>',
    '',
  ].join('\n');
}
