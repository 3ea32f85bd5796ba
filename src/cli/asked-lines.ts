/** The lines on which sessions are asked for: the near end of a rig, and sockets for the hosts on UDP. Asks nobody. */
import { UsageError } from '../base/failure.ts';
import { Random } from '../base/random.ts';
import { monotonicClock } from '../port/clock.ts';
import type { DrivenLine } from '../port/session-driver.ts';
import { openRig } from '../rig/open-rig.ts';
import type { RigEnd, RigFile } from '../rig/rig-file.ts';
import type { Endpoint } from '../session/endpoint.ts';
import type { NetworkAddress } from '../wire/network-address.ts';
import { rigSurroundings } from './rig-surroundings.ts';
import { openAskingSockets } from './sockets.ts';

/** Open lines and whom to ask on them. */
export interface AskedLines {
  readonly lines: readonly DrivenLine[];
  readonly targets: readonly Endpoint[];
  /** What the operator should know, in words. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/** Opens what is named. Throws UsageError and PortError; nothing stays open then. */
export async function openAskedLines(
  named: { readonly file: string; readonly rig: RigFile } | undefined,
  hosts: readonly NetworkAddress[],
): Promise<AskedLines> {
  const opened: { close(): Promise<void> }[] = [];
  const lines: DrivenLine[] = [];
  const targets: Endpoint[] = [];
  const warnings: string[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.close()));
  };
  try {
    if (named !== undefined) {
      const rig = await openRig(oneEnd(named.file, named.rig), rigSurroundings(named.file), {
        random: new Random('no virtual line'),
        clock: monotonicClock,
      });
      opened.push(rig);
      const port = rig.near!;
      warnings.push(...rig.warnings);
      lines.push({ name: port.path, kind: 'serial', port });
      targets.push({ line: port.path, address: '' });
    }
    const sockets = await openAskingSockets(hosts, { opened, warnings });
    lines.push(...sockets.lines);
    targets.push(...sockets.targets);
  } catch (error) {
    await close();
    throw error;
  }
  return { lines, targets, warnings, close };
}

/** The rig with the one end of it that is asked on. Throws UsageError for lines on which nobody could answer. */
function oneEnd(file: string, rig: RigFile): RigFile {
  const { near, far } = rig.ends;
  const end: RigEnd = near === 'elsewhere' ? far : near;
  if (end === 'elsewhere' || typeof end === 'string' || 'virtual' in end) {
    throw new UsageError(
      `${file}: a line made by dplink itself has nobody at its other end who could answer`,
    );
  }
  return { ...rig, ends: { near: end, far: 'elsewhere' } };
}
