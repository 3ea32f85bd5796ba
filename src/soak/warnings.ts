/** What does not fail a run and should be known to whoever reads its figures, in words. Judges nothing. */
import { charactersPerSecond } from '../base/line-settings.ts';
import type { InjectedFault } from './fault-schedule.ts';
import type { DirectionResult, EndResult } from './result.ts';

/** What either end may have its own way, as people call it. */
const SETTINGS = [
  ['baud', 'baud'],
  ['parity', 'parity'],
  ['stopbits', 'stop bits'],
  ['flowcontrol', 'flow control'],
] as const;

/** A delay of the host beyond this, in milliseconds, shows in every latency and may starve a fast line. */
const LAG_MS = 100;

/** Crystals keep within this share of the nominal rate, and both ends of a UART agree within a few of it. */
const RATE_TOLERANCE = 0.02;

function settingsWarnings(ends: readonly EndResult[]): string[] {
  const [one, other] = ends;
  if (one === undefined || other === undefined) return [];
  const differing = SETTINGS.filter(([key]) => one.line[key] !== other.line[key]);
  if (differing.length === 0) return [];
  const list = ({ name, line }: EndResult): string =>
    `${name} ${differing.map(([key, word]) => `${word} ${line[key]}`).join(', ')}`;
  const slower = Math.min(charactersPerSecond(one.line), charactersPerSecond(other.line));
  return [
    `the ends are set differently: ${list(one)}; ${list(other)}: a line between them carries ${Math.floor(slower)} bytes a second at most, and what differs may cost data without being noticed at either end`,
  ];
}

function directionWarnings({ from, to, lineUtilisation }: DirectionResult): string[] {
  if (lineUtilisation <= 1 + RATE_TOLERANCE) return [];
  const factor = lineUtilisation.toFixed(2);
  return [
    `${from} to ${to} carried ${factor} times what its settings allow: the line is faster than it is set (a virtual port, a network, a modem that compresses)`,
  ];
}

function hostWarnings({ name, host }: EndResult): string[] {
  if (!host || host.lagMs.max <= LAG_MS) return [];
  const { stalls, lagMs } = host;
  return [
    `the host at ${name} was late by up to ${Math.round(lagMs.max)} ms (${stalls} ${stalls === 1 ? 'stall' : 'stalls'}): delays measured there contain it, and bytes may have waited or overrun meanwhile`,
  ];
}

/** That part of what went wrong was wanted, and what of it the port could not do. */
export function faultWarnings(faults: readonly InjectedFault[] = []): string[] {
  const kindsOf = (list: readonly InjectedFault[]) => [...new Set(list.map(({ fault }) => fault))];
  const done = faults.filter(({ refused }) => !refused);
  const counts = kindsOf(done).map((kind) => {
    const times = done.filter(({ fault }) => fault === kind).length;
    return `${kind} ${times} ${times === 1 ? 'time' : 'times'}`;
  });
  const injected = `the profile injected faults (${counts.join(', ')}): what went wrong meanwhile and just behind is not the line's doing`;
  const refused = kindsOf(faults.filter((one) => one.refused)).map(
    (kind) => `the port at near cannot do ${kind}: that fault was not injected`,
  );
  return [...(counts.length === 0 ? [] : [injected]), ...refused];
}

/** Every warning about what a run's two ends saw. */
export function warningsOf(ends: readonly EndResult[], directions: readonly DirectionResult[]): string[] {
  return [...settingsWarnings(ends), ...directions.flatMap(directionWarnings), ...ends.flatMap(hostWarnings)];
}
