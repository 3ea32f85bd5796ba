/** The serial ports of this machine, each with the GUID that DN_ADDRESSING_URL knows it by. Opens none of them. */
import { autoDetect } from '@serialport/bindings-cpp';
import { deviceGuid } from './device-guid.ts';
import { type LinuxTty, linuxTtys } from './linux-ttys.ts';

/** A port of this machine; `null` for what nobody says. */
export interface ListedPort {
  /** What to open: `/dev/ttyUSB0`, `COM3`. */
  readonly path: string;
  /** For people: product, driver or the system's own words. */
  readonly description: string;
  readonly manufacturer: string | null;
  readonly serialNumber: string | null;
  /** USB vendor, four hexadecimal digits. */
  readonly vendorId: string | null;
  /** USB product, four hexadecimal digits. */
  readonly productId: string | null;
  /** A path that survives plugging in again (Linux /dev/serial), else `null`. */
  readonly stablePath: string | null;
  /** The `device` of a DN_ADDRESSING_URL, in braces. [MS-DPDX] 2.2.34 */
  readonly deviceGuid: string;
}

/** What serialport lists, as far as we read it. */
interface SystemPort {
  readonly path: string;
  readonly manufacturer?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly pnpId?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly friendlyName?: string | undefined;
}

/** Where the list comes from; a test gives its own. */
export interface PortSources {
  readonly system: () => Promise<readonly SystemPort[]>;
  readonly linux: () => readonly LinuxTty[];
}

const SOURCES: PortSources = {
  system: () => autoDetect().list(),
  linux: () => (process.platform === 'linux' ? linuxTtys() : []),
};

/**
 * All serial ports, sorted by path. Ptys are never among them. On Linux sysfs says what is real (serialport also
 * lists empty 8250 slots, and nothing at all without udevadm) and serialport only adds words. Never rejects.
 */
export async function listPorts(sources: PortSources = SOURCES): Promise<ListedPort[]> {
  const system = await sources.system().catch(() => []);
  const byPath = new Map(system.map((port) => [port.path, port]));
  const ttys = sources.linux();
  const ports =
    ttys.length > 0 || process.platform === 'linux'
      ? [
          ...ttys.map((tty) => fromTty(tty, byPath.get(tty.path))),
          // Bluetooth's serial ports have no device in sysfs.
          ...system.filter((port) => port.path.startsWith('/dev/rfcomm')).map(fromSystem),
        ]
      : system.map(fromSystem);
  return ports.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/**
 * What names a device for good: make and serial number together; without a serial number two of a kind cannot be
 * told apart, so the socket it is plugged into; else its path.
 */
function identityOf(tty: LinuxTty): string {
  if (tty.serialNumber !== undefined && tty.byId !== undefined) return nameOf(tty.byId);
  return tty.byPath === undefined ? tty.path : nameOf(tty.byPath);
}

function nameOf(link: string): string {
  return link.slice(link.lastIndexOf('/') + 1);
}

function fromTty(tty: LinuxTty, words: SystemPort | undefined): ListedPort {
  // Plain UARTs hang on a driver that the kernel calls just "port".
  const driver = tty.driver === undefined || tty.driver === 'port' ? 'UART' : `${tty.driver} port`;
  const name = tty.product ?? driver;
  return {
    path: tty.path,
    description: tty.isConsole ? `${name}, the console of this system` : name,
    manufacturer: tty.manufacturer ?? words?.manufacturer ?? null,
    serialNumber: tty.serialNumber ?? words?.serialNumber ?? null,
    vendorId: tty.vendorId ?? words?.vendorId ?? null,
    productId: tty.productId ?? words?.productId ?? null,
    stablePath: (tty.serialNumber === undefined ? tty.byPath : tty.byId) ?? null,
    deviceGuid: deviceGuid(identityOf(tty)),
  };
}

function fromSystem(port: SystemPort): ListedPort {
  return {
    path: port.path,
    description: port.friendlyName ?? port.pnpId ?? 'serial port',
    manufacturer: port.manufacturer ?? null,
    serialNumber: port.serialNumber ?? null,
    vendorId: port.vendorId?.toLowerCase() ?? null,
    productId: port.productId?.toLowerCase() ?? null,
    stablePath: null,
    deviceGuid: deviceGuid(port.pnpId ?? port.path),
  };
}
