/** A call that finds out what `+++` in the data does. The patterns and what they mean are the modem floor's; changes no setting. */

import type { EscapeSetting } from '../modem/dialer-options.ts';
import { EscapeProbe } from '../modem/escape-probe.ts';
import { type EscapeAdvice, type EscapeFinding, escapeAdvice } from '../modem/escape-safety.ts';
import type { CallPort } from '../port/call-port.ts';
import { monotonicClock } from '../port/clock.ts';
import { Driver } from '../port/driver.ts';
import type { ModemPort } from '../port/modem-port.ts';

/** What was found, or why there was no call. */
type Probed =
  | { readonly findings: readonly EscapeFinding[]; readonly advice: EscapeAdvice }
  | { readonly failed: string };

/**
 * Dials `number` for it and hangs up; `guardTime` in fiftieths of a second. Throws PortError where the port or the
 * modem fails.
 */
export async function probeEscape(
  modem: ModemPort,
  number: string,
  setting: EscapeSetting,
  guardTime: number,
): Promise<Probed> {
  const result = await modem.dial(number);
  if (result.is === 'failed') return { failed: result.event.text };
  const findings = await findingsOn(result.call, guardTime);
  await result.call.close();
  await modem.whenReady();
  return { findings, advice: escapeAdvice(setting, findings) };
}

/** Tries all patterns over `call`, or as many as it bears. */
function findingsOn(call: CallPort, guardTime: number): Promise<EscapeFinding[]> {
  const probe = new EscapeProbe(monotonicClock.now(), guardTime);
  const findings: EscapeFinding[] = [];
  return new Promise((resolve, reject) => {
    const driver = new Driver(probe, call, monotonicClock, {
      onEvent: (_now, finding) => {
        findings.push(finding);
        if (probe.isOver) void driver.stop().then(() => resolve(findings));
      },
      onLost: (now) => {
        probe.lost(now);
        for (let finding = probe.next(); finding; finding = probe.next()) findings.push(finding);
        resolve(findings);
      },
      onFailure: reject,
    });
    driver.start();
  });
}
