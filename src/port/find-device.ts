/** Finds a serial device again after it was unplugged: by what names the device, then by its path. Opens nothing. */
import { existsSync } from 'node:fs';
import { type ListedPort, listPorts } from './port-list.ts';

/** What names a USB device for good. */
interface Identity {
  readonly vendorId: string | null;
  readonly productId: string | null;
  readonly serialNumber: string;
}

/** A device that may come back elsewhere. */
export interface KnownDevice {
  /** Where it was when it was first opened. */
  readonly path: string;
  /** `undefined` for what has no serial number: it is known by its path only. */
  readonly identity: Identity | undefined;
}

/** What is known of the device at `path` now, while it is there. Never rejects. */
export async function knowDevice(
  path: string,
  list: () => Promise<readonly ListedPort[]> = listPorts,
): Promise<KnownDevice> {
  const port = (await list()).find((each) => each.path === path || each.stablePath === path);
  const serialNumber = port?.serialNumber ?? null;
  if (port === undefined || serialNumber === null) return { path, identity: undefined };
  return { path, identity: { vendorId: port.vendorId, productId: port.productId, serialNumber } };
}

/**
 * Where the device is now; `undefined` while it is away. A device with a serial number is found at any path, and
 * another device that took its path is not taken for it.
 */
export async function findDevice(
  device: KnownDevice,
  list: () => Promise<readonly ListedPort[]> = listPorts,
): Promise<string | undefined> {
  const { path, identity } = device;
  if (identity === undefined) return existsSync(path) || process.platform === 'win32' ? path : undefined;
  const found = (await list()).filter(
    (each) =>
      each.serialNumber === identity.serialNumber &&
      each.vendorId === identity.vendorId &&
      each.productId === identity.productId,
  );
  // Adapters with several ports have one serial number: then the path decides.
  return (found.find((each) => each.path === path || each.stablePath === path) ?? found[0])?.path;
}
