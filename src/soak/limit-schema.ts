/** The limits of a profile as a file spells them and as a plan carries them. Judges nothing. */
import { z } from 'zod';
import { nearest } from '../base/nearest.ts';
import { LIMIT_NAMES, LIMITS, type LimitName } from './limits.ts';

const bound = z.number().min(0);

/** Limits as they cross the line: numbers only, names that both ends know. */
export const limitsSchema = z.strictObject(
  Object.fromEntries(LIMIT_NAMES.map((name) => [name, bound.optional()])) as Record<
    LimitName,
    z.ZodOptional<typeof bound>
  >,
);

const value = z.union([z.number().min(0), z.literal('none')], {
  error: 'expected a number of 0 or more, or none',
});

/** The complaint about a name that is no limit's. */
function unknown(name: string): string {
  const guess = nearest(name, LIMIT_NAMES);
  return guess === undefined ? 'no such limit' : `no such limit; did you mean ${guess}?`;
}

/** Limits as a profile's file holds them: `none` takes a preset away. */
export const limitsKey = z
  .looseObject(
    Object.fromEntries(
      LIMIT_NAMES.map((name) => [
        name,
        value
          .optional()
          .describe(`${LIMITS[name].bound === 'max' ? 'At most' : 'At least'}: ${LIMITS[name].about}`),
      ]),
    ) as Record<LimitName, z.ZodOptional<typeof value>>,
  )
  .superRefine((limits, context) => {
    for (const name of Object.keys(limits)) {
      if (Object.hasOwn(LIMITS, name)) continue;
      context.addIssue({ code: 'custom', path: [name], message: unknown(name) });
    }
  })
  .meta({ additionalProperties: false })
  .describe('What the line must achieve; no traffic is always a failure');
