/** Rig files: what is plugged where. Parses and checks; opens nothing. */
import { z } from 'zod';
import { parseChecked } from '../base/document.ts';
import { DURATION_EXPECTED, parseDuration } from '../base/duration-text.ts';
import { FLOW_CONTROLS, PARITIES } from '../base/line-settings.ts';
import { modemSchema } from './modem-settings.ts';

/** Baud rates that a rig may name. */
const baud = z.int().min(50).max(4_000_000).describe('Bits per second on the wire, 50 to 4000000');

/** Settings of a port or a line. */
const settings = {
  baud: baud.optional(),
  parity: z.enum(PARITIES).optional().describe('Parity bit, as in DN_ADDRESSING_URL'),
  stopbits: z
    .union([z.literal(1), z.literal(1.5), z.literal(2)], 'expected 1, 1.5 or 2')
    .optional()
    .describe('Stop bits: 1, 1.5 or 2'),
  flowcontrol: z.enum(FLOW_CONTROLS).optional().describe('Flow control, as in DN_ADDRESSING_URL'),
};

/** An end that is a port of this machine; also what `--port` and its companions make. */
export const portEndSchema = z
  .strictObject({
    port: z.string().min(1).describe('Path of a port of this machine'),
    ...settings,
    modem: modemSchema.optional(),
  })
  .describe('A serial port of this machine, with a modem on it where one is described');

/** An end named by its URL. */
export const addressEndSchema = z
  .strictObject({
    address: z.string().min(1).describe('DN_ADDRESSING_URL that names the line'),
    modem: modemSchema.optional(),
  })
  .describe('A line named by its DN_ADDRESSING_URL');

/** An end that is made here, with settings of its own. */
export const virtualEndSchema = z
  .strictObject({
    virtual: z
      .union([z.literal(true), z.literal('in-process')], { error: 'expected true or in-process' })
      .describe(
        'true: a pseudo-terminal; in-process: a line with modem lines and flow control in this process',
      ),
    ...settings,
  })
  .describe('A port made here, with settings of its own (a mismatch garbles, as on a wire)');

const end = z.union(
  [
    z.literal('virtual').describe('A pseudo-terminal made here; in-process where this system has none'),
    z.literal('in-process').describe('A port inside this process, with modem lines and flow control'),
    z.literal('simulated').describe('An end in virtual time, for `dplink simulate`'),
    z.literal('elsewhere').describe('Another machine, where `dplink host` runs'),
    portEndSchema,
    addressEndSchema,
    virtualEndSchema,
  ],
  {
    error:
      'expected virtual, in-process, simulated, elsewhere, { port: PATH, baud: ... }, { address: URL } or { virtual: true, baud: ... }',
  },
);

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, { error: `expected ${DURATION_EXPECTED}` });

const ratio = z.number().min(0).max(1);

const lineEvent = z.strictObject({
  at: duration.describe('When, counted from the start of the run'),
  carrier: z.literal('lost').describe('Nothing passes in either direction'),
  for: duration.describe('For how long'),
});

const faults = {
  latency_ms: z.number().min(0).max(60_000).optional().describe('Delay of each direction in milliseconds'),
  bit_error_ratio: ratio.optional().describe('Probability that a data bit arrives inverted'),
  byte_drop_ratio: ratio.optional().describe('Probability that a byte never arrives'),
  byte_insert_ratio: ratio.optional().describe('Probability that a stray byte arrives before a byte'),
  burst: z
    .strictObject({
      mean_gap_bytes: z.number().min(1).describe('Mean number of bytes between two bursts'),
      mean_length_bytes: z.number().min(1).describe('Mean number of bytes in a burst'),
      bit_error_ratio: ratio.describe('Probability that a data bit inside a burst arrives inverted'),
    })
    .optional()
    .describe('Bursts of errors (Gilbert-Elliott)'),
};

const direction = z.strictObject(faults);

/** What a virtual line is like. */
export const lineSchema = z
  .strictObject({
    ...settings,
    ...faults,
    near_to_far: direction.optional().describe('Where the direction from near to far differs'),
    far_to_near: direction.optional().describe('Where the direction from far to near differs'),
    uart_buffer: z
      .int()
      .min(1)
      .max(1_048_576)
      .optional()
      .describe('Bytes that a receiver holds unread; more are lost (in-process and simulated ends only)'),
    reads_late_ms: z
      .number()
      .min(0)
      .max(1_000)
      .optional()
      .describe('A host fetches what has arrived by so many milliseconds late at most (simulated ends only)'),
    events: z.array(lineEvent).max(10_000).optional().describe('What happens to the line, and when'),
  })
  .describe('A virtual line: how fast and how bad');

/** Which device GUID is which port. */
export const devicesSchema = z
  .record(z.string(), z.string())
  .describe('Device GUIDs of URLs -> ports of this machine');

/** The schema of a rig file with one line and its two ends. */
export const rigSchema = z.strictObject({
  name: z.string().min(1).describe('What people call this rig'),
  ends: z.strictObject({ near: end, far: end }).describe('The two ends of the line'),
  line: lineSchema.optional(),
  devices: devicesSchema.optional(),
});

/** A rig as its file says it. */
export type RigFile = z.infer<typeof rigSchema>;
export type RigEnd = RigFile['ends']['near'];
/** What may be said of one direction of a virtual line. */
export type RigDirection = z.infer<typeof direction>;

/** Says in time, and better than two complaints would, that a rig is of the other kind. */
const oneLineSchema = z.looseObject({
  machines: z
    .undefined({ error: 'a rig of several machines is for dplink chat: expected ends: with near and far' })
    .optional(),
});

/** Parses the text of a rig file with one line; throws UsageError (`file:line:column key: what was expected`). */
export function parseRig(file: string, text: string): RigFile {
  parseChecked(file, text, oneLineSchema);
  return parseChecked(file, text, rigSchema);
}
