/** What a rig says of a modem: checked, and in the dialer's words. Opens and dials nothing. */
import { z } from 'zod';
import { UsageError } from '../base/failure.ts';
import {
  DEFAULT_DIALER_OPTIONS,
  type DialerOptions,
  HANG_UP_METHODS,
  type InitCommand,
} from '../modem/dialer-options.ts';
import { DIALLING, dialString, NUMBER_EXPECTED } from '../modem/phone-number.ts';
import { readResult } from '../modem/result-code.ts';
import { MAKERS } from '../modem/result-table.ts';

const command = z
  .string()
  .regex(/^AT[\x20-\x7e]{0,120}$/i, { error: 'expected a command that begins with AT, e.g. AT&F1' });

const initCommand = z.union(
  [
    command,
    z.strictObject({
      send: command.describe('The command'),
      optional: z.boolean().describe('Whether the call goes on when the modem refuses it'),
    }),
  ],
  { error: 'expected a command that begins with AT, or { send: ATX4, optional: true }' },
);

const number = z
  .string({ error: `expected ${NUMBER_EXPECTED}, in quotes` })
  .refine((text) => dialString(text) !== undefined, { error: `expected ${NUMBER_EXPECTED}` });

const meaning = z
  .string()
  .refine((text) => readResult(text, { maker: 'hayes', extra: {} }, false).kind !== 'text', {
    error: 'expected the usual text of a result code, e.g. BUSY or NO CARRIER',
  });

/** The schema of `modem:` of an end. */
export const modemSchema = z
  .strictObject({
    init: z
      .array(initCommand)
      .max(32)
      .optional()
      .describe('Commands that set the modem up, in order, in place of ATZ, ATE0V1Q0, ATX4, ATW1, AT&C1&D2'),
    number: number.optional().describe('Whom to dial; an end without a number answers'),
    dial: z.enum(DIALLING).optional().describe('ATDT, ATDP or ATD'),
    answer: z
      .strictObject({
        rings: z.int().min(1).max(255).optional().describe('Answer at this ring'),
        by: z
          .enum(['command', 'modem'])
          .optional()
          .describe('command: ATA is sent; modem: the modem answers by itself (S0)'),
      })
      .optional()
      .describe('How calls are answered'),
    carrier_wait: z.int().min(1).max(255).optional().describe('Seconds to wait for carrier (S7)'),
    escape: z
      .enum(['guarded', 'off', 'as-is'])
      .optional()
      .describe('+++ with silence around it (S2, S12), not at all (S2=255), or as the init strings leave it'),
    guard_time: z
      .int()
      .min(20)
      .max(255)
      .optional()
      .describe('Silence around +++ in fiftieths of a second (S12)'),
    hang_up: z
      .array(z.enum(HANG_UP_METHODS))
      .min(1)
      .max(2)
      .optional()
      .describe('Ways to end a call, in the order in which they are tried'),
    rate: z
      .enum(['auto', 'dte', 'dce'])
      .optional()
      .describe("Whose rate CONNECT tells: the port's (dte), the telephone line's (dce), or by the number"),
    pace: z
      .enum(['line', 'port'])
      .optional()
      .describe("What is sent at: the telephone line's rate, or the port's (for measuring compression)"),
    results: z
      .strictObject({
        maker: z.enum(MAKERS).optional().describe('Whose numeric result codes these are'),
        numeric: z.boolean().optional().describe('Whether the modem is left with numeric codes (V0)'),
        extra: z
          .record(z.string(), meaning)
          .optional()
          .describe('Codes of this modem alone: text or number -> the usual text'),
      })
      .optional()
      .describe('How its result codes are read'),
    diagnostics: z.array(command).max(16).optional().describe('Asked after each call, e.g. ATI6'),
    pause_ms: z.int().min(0).max(10_000).optional().describe('Pause between a result and the next command'),
  })
  .describe('A modem on this port');

/** What a rig says of a modem. */
export type RigModem = z.infer<typeof modemSchema>;

/** How a modem is to be used. */
export interface ModemPlan {
  readonly dialer: Partial<DialerOptions>;
  readonly pace: 'line' | 'port';
  /** Whom to dial; `undefined` answers. */
  readonly number: string | undefined;
}

function initOf(init: RigModem['init']): readonly InitCommand[] | undefined {
  return init?.map((each) =>
    typeof each === 'string'
      ? { command: each, optional: false }
      : { command: each.send, optional: each.optional },
  );
}

/** `options` without the members that were not said. */
function said<T extends object>(options: { [Key in keyof T]?: T[Key] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** The plan for a modem; `number` (from a URL or a flag) stands in for one that the rig does not say. */
export function modemPlan(file: string, modem: RigModem, phoneNumber?: string): ModemPlan {
  const { answer, results, escape: escaping } = modem;
  if (modem.number !== undefined && phoneNumber !== undefined && modem.number !== phoneNumber) {
    throw new UsageError(`${file}: modem.number and phonenumber name two numbers: give one`);
  }
  const wanted = modem.number ?? phoneNumber;
  if (wanted !== undefined && dialString(wanted) === undefined) {
    throw new UsageError(`${file}: phonenumber: expected ${NUMBER_EXPECTED}`);
  }
  const dialer = said<DialerOptions>({
    init: initOf(modem.init),
    dial: modem.dial,
    answer: answer && {
      rings: answer.rings ?? DEFAULT_DIALER_OPTIONS.answer.rings,
      by: answer.by ?? DEFAULT_DIALER_OPTIONS.answer.by,
    },
    carrierWait: modem.carrier_wait,
    escape: escaping === 'as-is' ? 'asIs' : escaping,
    guardTime: modem.guard_time,
    hangUp: modem.hang_up,
    rate: modem.rate,
    maker: results?.maker,
    numeric: results?.numeric,
    extraResults: results?.extra,
    diagnostics: modem.diagnostics,
    commandPause: modem.pause_ms,
  });
  return { dialer, pace: modem.pace ?? 'line', number: wanted };
}
