/** How much of the disk a run will take, known before it begins. An upper bound, not a guess. */
import { journalBytesMax } from './journal-budget.ts';

/** Bytes of a sample without its streams, all counters at their widest. */
const SAMPLE_BYTES = 1_400;

/** Bytes that each stream adds to a sample. */
const STREAM_BYTES = 400;

/** Bytes that `run.json` and `result.json` take together, whatever is in them. */
const DOCUMENT_BYTES = 192 * 1024;

/** What a run will be like. */
export interface PlannedRun {
  /** Seconds of traffic; `null` when it ends by volume or by an operator. */
  readonly seconds: number | null;
  /** Seconds between two samples of an end. */
  readonly sampleEvery: number;
  /** Ends that are sampled here. */
  readonly ends: number;
  readonly streams: number;
}

/** What a run may take of the disk, in bytes; captures are not in it. */
export interface DiskUse {
  /** What samples take, hour by hour; they make up nearly all of a quiet run. */
  readonly samplesPerHour: number;
  /** Samples, journal and documents at most; `null` when nobody knows how long it will be. */
  readonly atMost: number | null;
}

/** The disk use of a planned run. */
export function plannedDiskUse({ seconds, sampleEvery, ends, streams }: PlannedRun): DiskUse {
  const perSecond = (ends * (SAMPLE_BYTES + STREAM_BYTES * streams)) / sampleEvery;
  const samplesPerHour = Math.ceil(perSecond * 3600);
  if (seconds === null) return { samplesPerHour, atMost: null };
  const samples = perSecond * (seconds + sampleEvery);
  return { samplesPerHour, atMost: Math.ceil(DOCUMENT_BYTES + samples + journalBytesMax(seconds)) };
}
