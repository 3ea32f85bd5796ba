/** How each end of a rig is to be opened: path and settings, from the rig's own words or from a DN_ADDRESSING_URL. Opens nothing. */
import { UsageError } from '../base/failure.ts';
import { DEFAULT_LINE_SETTINGS, type LineSettings } from '../base/line-settings.ts';
import type { ModemEndPlan } from './modem-end.ts';
import { modemPlan } from './modem-settings.ts';
import type { RigEnd, RigFile } from './rig-file.ts';

/** Settings that were named, in the words of a rig. */
type Named = { readonly [K in keyof LineSettings]?: LineSettings[K] | undefined };

/** A DN_ADDRESSING_URL as far as opening a port needs it. */
export interface ResolvedAddress {
  /** Canonical device GUID, or `undefined` when the URL names none. */
  readonly device: string | undefined;
  readonly settings: LineSettings;
  /** What a modem link dials: `undefined` on a serial link, empty on a modem link without a number (it answers). */
  readonly phoneNumber?: string | undefined;
}

/** What stands outside a rig file and is needed to understand it. */
export interface RigSurroundings {
  /** Where the rig is written, for messages. */
  readonly file: string;
  /** Reads a DN_ADDRESSING_URL; throws UsageError when it is no serial address. */
  readonly resolveAddress: (text: string) => ResolvedAddress;
  /** The path of the port with this device GUID on this machine; `undefined` when there is none. */
  readonly findDevice: (guid: string) => Promise<string | undefined>;
}

/** One end, ready to be opened. */
export type EndPlan =
  | { readonly kind: 'port'; readonly path: string; readonly settings: LineSettings }
  | ({ readonly kind: 'modem' } & ModemEndPlan)
  | { readonly kind: 'virtual' | 'in-process'; readonly settings: LineSettings }
  | { readonly kind: 'elsewhere'; readonly settings: LineSettings };

/** `named` over the defaults; later ones win. */
function over(...named: readonly (Named | undefined)[]): LineSettings {
  const settings: Record<string, unknown> = { ...DEFAULT_LINE_SETTINGS };
  for (const one of named) {
    for (const key of ['baud', 'parity', 'stopbits', 'flowcontrol'] as const) {
      if (one?.[key] !== undefined) settings[key] = one[key];
    }
  }
  return settings as unknown as LineSettings;
}

/** The settings of the line itself: those of `line:`, else the defaults. */
export function lineSettings(rig: RigFile): LineSettings {
  return over(rig.line);
}

/** How the two ends of a line in virtual time are set. Throws UsageError where one is a real port, or elsewhere. */
export function simulatedSettings(rig: RigFile, file: string): readonly [LineSettings, LineSettings] {
  const settings = (name: 'near' | 'far'): LineSettings => {
    const end = rig.ends[name];
    if (typeof end === 'string' && end !== 'elsewhere') return over(rig.line);
    if (typeof end === 'object' && 'virtual' in end) return over(rig.line, end);
    throw new UsageError(
      `${file}: ends.${name}: virtual time knows no real port: expected simulated, virtual or in-process`,
    );
  };
  return [settings('near'), settings('far')];
}

/** How `end` of the rig is to be opened. Throws UsageError for what cannot be understood. */
export async function planEnd(rig: RigFile, end: RigEnd, around: RigSurroundings): Promise<EndPlan> {
  if (end === 'simulated') {
    throw new UsageError(`${around.file}: ends: simulated ends are for virtual time: use dplink simulate`);
  }
  if (typeof end === 'string') return { kind: end, settings: over(rig.line) };
  if ('virtual' in end) {
    return { kind: end.virtual === true ? 'virtual' : 'in-process', settings: over(rig.line, end) };
  }
  if ('port' in end) {
    const { port: path, modem } = end;
    const port = { path, settings: over(end) };
    return modem
      ? { kind: 'modem', ...port, modem: modemPlan(around.file, modem) }
      : { kind: 'port', ...port };
  }
  const address = around.resolveAddress(end.address);
  if (address.device === undefined) {
    throw new UsageError(
      `${around.file}: the address names no device: expected device=%7BGUID%7D (dplink ports lists them)`,
    );
  }
  const path = deviceFromRig(rig, address.device) ?? (await around.findDevice(address.device));
  if (path === undefined) {
    throw new UsageError(
      `${around.file}: no port of this machine has the device GUID {${address.device}}: ` +
        'name it under devices: in a rig file, or see dplink ports',
    );
  }
  const { settings, phoneNumber } = address;
  if (phoneNumber === undefined && end.modem === undefined) return { kind: 'port', path, settings };
  const modem = modemPlan(around.file, end.modem ?? {}, phoneNumber || undefined);
  return { kind: 'modem', path, settings, modem };
}

/** The path that the rig's `devices` give a GUID, whatever its case and braces. */
function deviceFromRig(rig: RigFile, guid: string): string | undefined {
  const bare = (text: string): string => text.replace(/[{}]/g, '').toUpperCase();
  return Object.entries(rig.devices ?? {}).find(([key]) => bare(key) === bare(guid))?.[1];
}
