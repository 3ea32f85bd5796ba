/** What a rig needs to know of this machine: how addresses are read and which port has which device GUID. */
import { listPorts } from '../port/port-list.ts';
import type { RigSurroundings } from '../rig/end-settings.ts';
import { parseGuid } from '../wire/guid.ts';
import { resolveSerialAddress } from './serial-address.ts';

/** The surroundings of a rig that is written in `file`. */
export function rigSurroundings(file: string): RigSurroundings {
  return {
    file,
    resolveAddress: (text) => resolveSerialAddress(file, text),
    findDevice: async (guid) => {
      const ports = await listPorts();
      return ports.find((port) => parseGuid(port.deviceGuid) === guid)?.path;
    },
  };
}
