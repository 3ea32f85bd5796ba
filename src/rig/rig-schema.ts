/** The JSON Schema of rig files of either kind, for editors. Checks nothing itself. */
import { z } from 'zod';
import { machinesSchema } from './machines-file.ts';
import { rigSchema } from './rig-file.ts';

/** The schema that editors check rigs with: one line with two ends, or several machines. */
export function rigJsonSchema(): unknown {
  return z.toJSONSchema(z.union([rigSchema, machinesSchema]), { io: 'input' });
}
