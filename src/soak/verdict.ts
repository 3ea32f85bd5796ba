/** Judges the facts of a run against its limits: a verdict, and every reason for it in words. Measures nothing. */
import type { Facts, Reading } from './limit-reading.ts';
import { LIMIT_NAMES, LIMITS, type LimitName, type Limits } from './limits.ts';
import type { Ending } from './outcome.ts';
import type { LimitResult, Verdict } from './result.ts';

/** A verdict with what it rests on. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Empty only for a pass. */
  readonly reasons: readonly string[];
  /** One for each limit that could be measured, in the order of {@link LIMIT_NAMES}. */
  readonly limits: readonly LimitResult[];
}

/** What is judged. */
export interface Case {
  readonly facts: Facts;
  readonly limits: Limits;
  readonly ending: Ending;
  /** What is already known to stand against a pass: why the run ended early, what could not be measured. */
  readonly reasons: readonly string[];
  /** Directions that were to carry traffic, that were measured, and that carried none. */
  readonly silent: readonly string[];
}

/** A figure as people read it. */
function figure(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

/** Why a limit is broken, in words. */
function complaint(name: LimitName, limit: number, { actual, where }: Reading): string {
  const demand =
    LIMITS[name].bound === 'max' ? `at most ${figure(limit)} allowed` : `at least ${figure(limit)} demanded`;
  return `${name}: ${figure(actual)}${where === '' ? '' : ` ${where}`}, ${demand} (${LIMITS[name].about})`;
}

/**
 * The judgement. A run that failed, that broke a limit or that carried nothing where it should fails; one that an
 * operator stopped is incomplete, unless it broke an upper limit before.
 */
export function judge(about: Case): Judgement {
  const reasons = [...about.reasons];
  const limits: LimitResult[] = [];
  let broken = false;
  for (const name of LIMIT_NAMES) {
    const limit = about.limits[name];
    const reading = limit === undefined ? undefined : LIMITS[name].read(about.facts);
    if (limit === undefined || reading === undefined) continue;
    const max = LIMITS[name].bound === 'max';
    const pass = max ? reading.actual <= limit : reading.actual >= limit;
    limits.push({ name, limit, actual: reading.actual, pass });
    if (pass) continue;
    reasons.push(complaint(name, limit, reading));
    // A run cut short has not had its time to reach a lower limit.
    if (max || about.ending !== 'stopped') broken = true;
  }
  const silent = about.ending === 'completed' ? about.silent : [];
  for (const direction of silent) reasons.push(`no traffic: nothing was delivered from ${direction}`);
  if (about.ending === 'failed' || broken || silent.length > 0) return { verdict: 'fail', reasons, limits };
  return { verdict: about.ending === 'stopped' ? 'incomplete' : 'pass', reasons, limits };
}
