/** The keys that a schema knows at a place, for guesses at misspelt ones. Checks no value. */
import type { z } from 'zod';

/** The parts of a schema of zod's that hold another schema. */
interface Definition {
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly options?: readonly z.core.$ZodType[];
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
}

/** The schemas that a value may have to satisfy, seen through unions, presets and transformations. */
function branches(schema: z.core.$ZodType): Definition[] {
  const definition = schema._zod.def as Definition;
  if (definition.options !== undefined) return definition.options.flatMap(branches);
  const within = definition.innerType ?? definition.in;
  return within === undefined ? [definition] : branches(within);
}

/** Every key that `schema` has a word for behind `path`, of all branches of a union; none where it leads nowhere. */
export function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const [step, ...rest] = path;
  return branches(schema).flatMap((branch) => {
    if (step === undefined) return Object.keys(branch.shape ?? {});
    const next = branch.shape?.[String(step)] ?? branch.element ?? branch.valueType;
    return next === undefined ? [] : keysAt(next, rest);
  });
}
