/** The `faults` key of a profile: what the near end does to its own line on purpose, and when. Does none of it. */
import { z } from 'zod';
import { parseDuration } from '../base/duration-text.ts';
import { type Duration, SECOND } from '../base/instant.ts';
import { durationKey } from './duration-key.ts';
import { FAULT_KINDS, type PlannedFault } from './fault-schedule.ts';

/** Lines that a profile may have. */
const FAULTS_MAX = 32;
/** Longest pause before a fault, and from one to the next. */
const AT_MAX: Duration = 60 * 86_400 * SECOND;
/** Longest fault. */
const LENGTH_MAX: Duration = 3_600 * SECOND;
/** Of kinds that say nothing else. */
const LENGTH_PRESET: Duration = SECOND / 4;

const fault = z
  .strictObject({
    do: z
      .enum(FAULT_KINDS)
      .describe(
        'cut: neither send nor hear; pause: send nothing new; noise: invert bits both ways; break: hold a break; dtr, rts: switch the line off',
      ),
    at: durationKey(0, AT_MAX).describe('When, counted from the beginning of the traffic'),
    for: durationKey(SECOND / 1_000, LENGTH_MAX)
      .optional()
      .describe('For how long (250ms unless given)'),
    every: durationKey(SECOND / 10, AT_MAX)
      .optional()
      .describe('Again and again, counted from one beginning to the next'),
    bit_error_ratio: z.number().gt(0).max(0.5).optional().describe('Of noise: the share of bits inverted'),
  })
  .refine((one) => (one.do === 'noise') === (one.bit_error_ratio !== undefined), {
    path: ['bit_error_ratio'],
    error: 'expected with do: noise, and only there',
  })
  .describe('One thing done to the line on purpose');

/** The schema of `faults`. */
export const faultsKey = z
  .array(fault)
  .min(1)
  .max(FAULTS_MAX)
  .describe('What the near end does to its own line on purpose; told apart from what the line does');

/** The faults that the key says. */
export function plannedFaults(faults: z.output<typeof faultsKey>): PlannedFault[] {
  return faults.map((one) => ({
    kind: one.do,
    at: parseDuration(one.at) ?? 0,
    length: parseDuration(one.for ?? '') ?? LENGTH_PRESET,
    ...(one.every === undefined ? {} : { every: parseDuration(one.every) ?? AT_MAX }),
    ...(one.bit_error_ratio === undefined ? {} : { bitErrorRatio: one.bit_error_ratio }),
  }));
}
