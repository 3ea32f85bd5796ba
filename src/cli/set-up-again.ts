/** Sets a modem up again that did not do as told, as after a hang-up in vain. Makes no calls. */
import { PortError } from '../base/failure.ts';
import type { ModemPort } from '../port/modem-port.ts';
import { sleep } from './sleep.ts';

/** How often it is tried, and the time between, in milliseconds: the far end may end a call that we could not. */
const TRIES = 3;
const PAUSE_MS = 2_000;

/**
 * Resolves to whether the modem is ready; false only where `stopping` was aborted before. Throws {@link PortError}
 * where it does not come back, or its port is gone.
 */
export async function setUpAgain(modem: ModemPort, stopping: AbortSignal): Promise<boolean> {
  for (let time = 1; !stopping.aborted; time++) {
    try {
      await modem.initialise();
      return true;
    } catch (error) {
      if (!(error instanceof PortError) || error.fault !== 'failed' || time >= TRIES) throw error;
    }
    await sleep(PAUSE_MS, stopping);
  }
  return false;
}
