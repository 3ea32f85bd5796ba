/** A call that finds out what `+++` in the data does: sends the patterns until one ends the call. Changes no setting. */

import type { EscapeSetting } from '../modem/dialer-options.ts';
import {
  type EscapeAdvice,
  type EscapeFinding,
  escapeAdvice,
  escapePatterns,
} from '../modem/escape-safety.ts';
import type { CallPort } from '../port/call-port.ts';
import type { ModemPort } from '../port/modem-port.ts';
import { sleep } from './sleep.ts';

/** How long after a pattern the modem may still say OK, or the carrier go, in milliseconds. */
const SETTLE_MS = 2_000;

/** What was found, or why there was no call. */
type Probed =
  | { readonly findings: readonly EscapeFinding[]; readonly advice: EscapeAdvice }
  | { readonly failed: string };

/** Dials `number` for it and hangs up. Throws PortError where the port or the modem fails. */
export async function probeEscape(
  modem: ModemPort,
  number: string,
  setting: EscapeSetting,
  guardTime: number,
): Promise<Probed> {
  const findings: EscapeFinding[] = [];
  for (const pattern of escapePatterns(guardTime)) {
    const result = await modem.dial(number);
    if (result.is === 'failed') return { failed: result.event.text };
    const heard = listen(result.call);
    for (const { silence, text } of pattern.pieces) {
      await sleep(silence / 1_000);
      result.call.write(Buffer.from(text, 'latin1'));
    }
    await sleep(pattern.silence / 1_000 + SETTLE_MS);
    const effect = result.call.isOpen ? (heard().includes('\nOK\r') ? 'commandState' : 'none') : 'lost';
    findings.push({ pattern: pattern.name, effect });
    await result.call.close();
    await modem.whenReady();
    if (effect !== 'none') break;
    await sleep(SETTLE_MS);
  }
  return { findings, advice: escapeAdvice(setting, findings) };
}

/** The last of what comes over the call, as text. */
function listen(call: CallPort): () => string {
  let heard = '';
  call.onData((bytes) => {
    heard = (heard + Buffer.from(bytes).toString('latin1')).slice(-4_096);
  });
  return () => heard;
}
