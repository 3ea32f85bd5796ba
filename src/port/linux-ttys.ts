/** The serial ports that Linux knows of, from sysfs and the links below /dev/serial. Opens none of them. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A serial port as the kernel describes it; `undefined` for what it does not say. */
export interface LinuxTty {
  readonly path: string;
  readonly driver: string | undefined;
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
  readonly serialNumber: string | undefined;
  /** Four hexadecimal digits, lower case. */
  readonly vendorId: string | undefined;
  /** Four hexadecimal digits, lower case. */
  readonly productId: string | undefined;
  /** The link below /dev/serial/by-id: named for make and serial number. */
  readonly byId: string | undefined;
  /** The link below /dev/serial/by-path: named for the socket it is plugged into. */
  readonly byPath: string | undefined;
  /** Whether the kernel talks to its operator over this port. */
  readonly isConsole: boolean;
}

/** How many folders above a tty its USB device is looked for: interface, device, hubs. */
const USB_DEPTH_MAX = 6;

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function resolved(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The folder of the USB device that a tty belongs to, if it belongs to one. */
function usbFolder(device: string): string | undefined {
  let folder = device;
  for (let depth = 0; depth < USB_DEPTH_MAX; depth++, folder = dirname(folder)) {
    if (existsSync(join(folder, 'idVendor'))) return folder;
  }
  return undefined;
}

/** Device nodes by the links that lead to them. */
function links(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of entries(folder).sort()) {
    const target = resolved(join(folder, name));
    if (target !== undefined) found.set(basename(target), join(folder, name));
  }
  return found;
}

/**
 * All ttys with hardware behind them, sorted by path; without virtual terminals, ptys and the empty slots that the
 * 8250 driver reserves. `root` is where sys and dev are found, `/` but in tests. Never throws.
 */
export function linuxTtys(root = '/'): LinuxTty[] {
  const consoles = new Set(text(join(root, 'sys/class/tty/console/active'))?.split(/\s+/) ?? []);
  const byId = links(join(root, 'dev/serial/by-id'));
  const byPath = links(join(root, 'dev/serial/by-path'));
  const ttys: LinuxTty[] = [];
  for (const name of entries(join(root, 'sys/class/tty'))) {
    const folder = join(root, 'sys/class/tty', name);
    const device = resolved(join(folder, 'device'));
    // The type of an 8250 slot without a UART is 0 (PORT_UNKNOWN).
    if (device === undefined || text(join(folder, 'type')) === '0') continue;
    const driver = resolved(join(device, 'driver'));
    const usb = usbFolder(device);
    const usbText = (file: string) => (usb === undefined ? undefined : text(join(usb, file)));
    ttys.push({
      path: `/dev/${name}`,
      driver: driver === undefined ? undefined : basename(driver),
      manufacturer: usbText('manufacturer'),
      product: usbText('product'),
      serialNumber: usbText('serial'),
      vendorId: usbText('idVendor'),
      productId: usbText('idProduct'),
      byId: byId.get(name),
      byPath: byPath.get(name),
      isConsole: consoles.has(name),
    });
  }
  return ttys.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}
