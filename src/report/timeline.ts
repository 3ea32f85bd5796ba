/** What a run's samples show over time: curves per direction and end, bounded in size, and when the line was silent. Draws nothing. */
import type { Sample } from '../soak/sample.ts';
import { Envelopes, type Point } from './envelope.ts';
import { beganAnew } from './run-record.ts';

/** One curve of a chart. */
export interface Curve {
  readonly name: string;
  /** Which end or direction it speaks of: 0 near, 1 far; the same colour in every chart. */
  readonly hue: number;
  /** Which of its figures: 0 is drawn whole, 1 dashed, 2 dotted. */
  readonly dash: number;
  readonly points: readonly Point[];
}

/** One chart over the time of the run. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly about: string;
  readonly curves: readonly Curve[];
  /** The most that there can be, drawn in; `undefined` where there is no such thing. */
  readonly ceiling: { readonly name: string; readonly value: number } | undefined;
}

/** A time in which something was not as it should be. */
export interface Silence {
  readonly from: number;
  readonly to: number;
  readonly end: string;
  readonly text: string;
}

/** All charts of a run. */
export interface Timeline {
  /** The last moment of the run, in seconds. */
  readonly seconds: number;
  /** Seconds that each point stands for. */
  readonly width: number;
  /** Points further apart than this are not joined, in seconds. */
  readonly gap: number;
  readonly charts: readonly Chart[];
  readonly silences: readonly Silence[];
  /** Silences beyond those listed. */
  readonly moreSilences: number;
}

/** Silences that are listed. */
const SILENCES_MAX = 200;

/** Seconds over which throughput is taken: messages arrive in lumps. */
const THROUGHPUT_SECONDS = 5;

/** Less than this shows the lumps and not the rate. */
const THROUGHPUT_SECONDS_MIN = 2.5;

/** Seconds of waiting for an answer that count as silence. */
const SILENCE_SECONDS = 3;

/** Ends and directions that are told apart. */
const ENDS_MAX = 8;

interface ChartRule {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly about: string;
}

/** The charts, in the order in which a page shows them. */
const CHARTS: readonly ChartRule[] = [
  {
    id: 'throughput',
    title: 'Throughput',
    unit: 'B/s',
    about:
      'Bytes of messages delivered per second in each direction, over 5 seconds each, and what the line can carry.',
  },
  {
    id: 'errors',
    title: 'Errors',
    unit: '1/s',
    about: 'Damaged frames and UART errors per second, at the end that received them.',
  },
  {
    id: 'delay',
    title: 'Round trip',
    unit: 'ms',
    about: 'Smoothed round trip of frames as each end measured it.',
  },
  {
    id: 'latency',
    title: 'One-way delay',
    unit: 'ms',
    about:
      'Of messages towards each end, from handing one over at the sender to its delivery: median and 99th percentile of each second, of the worst stream.',
  },
  {
    id: 'window',
    title: 'Window',
    unit: 'frames',
    about: 'Frames that were under way at once, and how many the transport would have allowed.',
  },
  {
    id: 'retries',
    title: 'Frames sent again',
    unit: '1/s',
    about: 'Frames per second that an end sent again, and that it got again.',
  },
];

/** A curve that each end has: a level as it stands, or a counter of which the rate is shown. */
interface EndCurve {
  readonly chart: string;
  readonly label: string;
  readonly kind: 'level' | 'rate';
  readonly dash: number;
  /** Shown although it is 0 all the time. */
  readonly always: boolean;
  readonly read: (sample: Sample) => number | null;
}

/** One line per curve; a new figure of samples needs a line here and nothing else. */
const END_CURVES: readonly EndCurve[] = [
  {
    ...{ chart: 'errors', label: 'header CRC', kind: 'rate', dash: 1, always: true },
    read: ({ frames }) => frames.headerCrcErrors,
  },
  {
    ...{ chart: 'errors', label: 'message CRC', kind: 'rate', dash: 0, always: true },
    read: ({ frames }) => frames.messageCrcErrors,
  },
  {
    ...{ chart: 'errors', label: 'truncated', kind: 'rate', dash: 2, always: false },
    read: ({ frames }) => frames.truncated,
  },
  {
    ...{ chart: 'errors', label: 'UART', kind: 'rate', dash: 2, always: false },
    read: ({ uart }) => uart && uart.framing + uart.parity + uart.overrun + uart.break,
  },
  {
    ...{ chart: 'delay', label: 'round trip', kind: 'level', dash: 0, always: true },
    read: ({ connection }) => connection.rttMs,
  },
  {
    ...{ chart: 'latency', label: 'delay p50', kind: 'level', dash: 0, always: false },
    read: (sample) => delayOf(sample, 'p50'),
  },
  {
    ...{ chart: 'latency', label: 'delay p99', kind: 'level', dash: 2, always: false },
    read: (sample) => delayOf(sample, 'p99'),
  },
  {
    ...{ chart: 'window', label: 'under way', kind: 'level', dash: 0, always: true },
    read: ({ connection }) => connection.outstanding,
  },
  {
    ...{ chart: 'window', label: 'allowed', kind: 'level', dash: 1, always: true },
    read: ({ connection }) => connection.window,
  },
  {
    ...{ chart: 'retries', label: 'sent again', kind: 'rate', dash: 0, always: true },
    read: ({ connection }) => connection.retries,
  },
  {
    ...{ chart: 'retries', label: 'got again', kind: 'rate', dash: 1, always: true },
    read: ({ connection }) => connection.duplicates,
  },
];

/** The highest such percentile of the streams that came in since the sample before. */
function delayOf({ end, streams }: Sample, percentile: 'p50' | 'p99'): number | null {
  const delays = streams.flatMap(({ to, latencyMs }) =>
    to === end && latencyMs !== undefined ? [latencyMs[percentile]] : [],
  );
  return delays.length === 0 ? null : Math.max(...delays);
}

const key = (...parts: string[]): string => JSON.stringify(parts);

/** How much one end's samples have grown, direction by direction. */
function bytesByDirection(sample: Sample): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { from, to, bytesSent, bytesDelivered } of sample.streams) {
    const which = to === sample.end ? 'delivered' : from === sample.end ? 'sent' : undefined;
    if (which === undefined) continue;
    const name = key(from, to, which);
    sums.set(name, (sums.get(name) ?? 0) + (which === 'sent' ? bytesSent : bytesDelivered));
  }
  return sums;
}

/** Gathers a timeline, sample by sample. */
export class TimelineMaker {
  readonly #envelopes = new Envelopes();
  /** The newest sample of each end. */
  readonly #before = new Map<string, Sample>();
  /** Ends that went on to another run. */
  readonly #over = new Set<string>();
  /** What each end had sent and got, at its samples of the last {@link THROUGHPUT_SECONDS}, oldest first. */
  readonly #recent = new Map<string, { at: number; bytes: Map<string, number> }[]>();
  readonly #directions = new Map<string, { from: string; to: string }>();
  /** Since when each end waits for an answer, in seconds. */
  readonly #waiting = new Map<string, number>();
  readonly #silences: Silence[] = [];
  readonly #isSeries: boolean;
  #moreSilences = 0;
  #seconds = 0;
  #intervalSum = 0;
  #intervals = 0;

  /** In a series of calls counters begin anew with each call; in any other run what follows is another run. */
  constructor(isSeries = false) {
    this.#isSeries = isSeries;
  }

  /** Takes the next sample, in the order in which the run wrote them. */
  add(sample: Sample): void {
    const latest = this.#before.get(sample.end);
    if (latest === undefined && this.#before.size >= ENDS_MAX) return;
    const anew = latest !== undefined && beganAnew(latest, sample);
    if (anew && this.#isSeries) this.#hangUp(latest);
    else if (anew) this.#over.add(sample.end);
    if (this.#over.has(sample.end)) return;
    const before = anew ? undefined : latest;
    this.#before.set(sample.end, sample);
    this.#seconds = Math.max(this.#seconds, sample.at);
    const seconds = before === undefined ? 0 : sample.at - before.at;
    for (const rule of END_CURVES) {
      const value = rule.read(sample);
      if (rule.kind === 'level' && value !== null)
        this.#envelopes.add(key(sample.end, rule.label), sample.at, value);
    }
    if (before === undefined) this.#throughputs(sample);
    if (before === undefined || seconds <= 0) return;
    this.#intervalSum += seconds;
    this.#intervals++;
    this.#rates(before, sample, seconds);
    this.#silence(before, sample);
  }

  /** A call is over: nothing is counted from it to the next. */
  #hangUp({ end, at }: Sample): void {
    const since = this.#waiting.get(end);
    if (since !== undefined) this.#endSilence(since, at, end);
    this.#waiting.delete(end);
    this.#recent.delete(end);
  }

  #rates(before: Sample, sample: Sample, seconds: number): void {
    for (const rule of END_CURVES) {
      if (rule.kind !== 'rate') continue;
      const [old, now] = [rule.read(before), rule.read(sample)];
      // A counter that began anew says nothing about the time in between.
      if (old !== null && now !== null && now >= old)
        this.#envelopes.add(key(sample.end, rule.label), sample.at, (now - old) / seconds);
    }
    this.#throughputs(sample);
  }

  #throughputs(sample: Sample): void {
    const recent = this.#recent.get(sample.end) ?? [];
    this.#recent.set(sample.end, recent);
    const bytes = bytesByDirection(sample);
    recent.push({ at: sample.at, bytes });
    while (recent.length > 2 && sample.at - recent[1]!.at >= THROUGHPUT_SECONDS - 0.5) recent.shift();
    const [oldest] = recent;
    const seconds = oldest === undefined ? 0 : sample.at - oldest.at;
    if (oldest === undefined || seconds < THROUGHPUT_SECONDS_MIN) return;
    for (const [name, now] of bytes) {
      const grown = now - (oldest.bytes.get(name) ?? 0);
      const [from, to] = JSON.parse(name) as [string, string];
      if (this.#directions.size < ENDS_MAX) this.#directions.set(key(from, to), { from, to });
      if (grown >= 0) this.#envelopes.add(name, sample.at, grown / seconds);
    }
  }

  /** An end that has frames under way and hears nothing waits. */
  #silence(before: Sample, sample: Sample): void {
    const { end } = sample;
    const since = this.#waiting.get(end);
    const heard = sample.frames.received !== before.frames.received;
    if (!heard && before.connection.outstanding > 0 && sample.connection.outstanding > 0) {
      if (since === undefined) this.#waiting.set(end, before.at);
      return;
    }
    this.#waiting.delete(end);
    if (since !== undefined) this.#endSilence(since, sample.at, end);
  }

  #endSilence(from: number, to: number, end: string): void {
    if (to - from < SILENCE_SECONDS) return;
    if (this.#silences.length >= SILENCES_MAX) this.#moreSilences++;
    else this.#silences.push({ from, to, end, text: `${end} had frames under way and heard nothing` });
  }

  /** The timeline of all that was added; `capacity` says what the line carries towards an end, in bytes per second. */
  timeline(capacity: (end: string) => number | undefined): Timeline {
    for (const [end, since] of this.#waiting) this.#endSilence(since, this.#seconds, end);
    this.#waiting.clear();
    const interval = this.#intervals === 0 ? 1 : this.#intervalSum / this.#intervals;
    return {
      seconds: this.#seconds,
      width: this.#envelopes.width,
      gap: 3.5 * Math.max(interval, this.#envelopes.width),
      charts: CHARTS.map((rule): Chart => {
        const throughput = rule.id === 'throughput';
        return {
          ...rule,
          curves: throughput ? this.#throughput() : this.#endCurves(rule.id),
          ceiling: throughput ? this.#ceiling(capacity) : undefined,
        };
      }),
      silences: this.#silences,
      moreSilences: this.#moreSilences,
    };
  }

  #throughput(): Curve[] {
    return [...this.#directions.values()].flatMap(({ from, to }, index) => {
      const delivered = this.#envelopes.points(key(from, to, 'delivered'));
      const hue = this.#hueOf(from, index);
      if (delivered.length > 0) return [{ name: `${from} to ${to}`, hue, dash: 0, points: delivered }];
      // The receiving end was not sampled here: what was handed to the transport is the best that is known.
      const points = this.#envelopes.points(key(from, to, 'sent'));
      return points.length === 0 ? [] : [{ name: `${from} to ${to}, sent`, hue, dash: 1, points }];
    });
  }

  #endCurves(chart: string): Curve[] {
    return [...this.#before.keys()].flatMap((end, index) =>
      END_CURVES.filter((rule) => rule.chart === chart).flatMap(({ label, dash, always }) => {
        const points = this.#envelopes.points(key(end, label));
        const shown = points.length > 0 && (always || points.some(([, , , max]) => max > 0));
        return shown ? [{ name: `${end}: ${label}`, hue: this.#hueOf(end, index), dash, points }] : [];
      }),
    );
  }

  #hueOf(end: string, index: number): number {
    return end === 'near' ? 0 : end === 'far' ? 1 : index;
  }

  #ceiling(capacity: (end: string) => number | undefined): Chart['ceiling'] {
    const values = [...this.#before.keys()].flatMap((end) => capacity(end) ?? []);
    return values.length === 0 ? undefined : { name: 'the line', value: Math.max(...values) };
  }
}
