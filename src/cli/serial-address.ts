/** DN_ADDRESSING_URLs of serial ports and modems: read for opening a port, made for naming one. [MS-DPDX] 2.2.34 */
import { UsageError } from '../base/failure.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { ResolvedAddress } from '../rig/end-settings.ts';
import { lineSettingsOf, parseAddress, printAddress } from '../wire/addressing-url.ts';
import { PROVIDER_TITLES } from '../wire/addressing-url-keys.ts';
import { PROVIDER_GUIDS, parseGuid } from '../wire/guid.ts';

/** The URL of a serial port, settings included. `device` is a GUID, with or without braces. */
export function serialAddress(device: string, settings: LineSettings): string {
  return printAddress({
    values: { provider: PROVIDER_GUIDS.serial, device: parseGuid(device), ...settings },
  });
}

/** Where an address stands: a file's `address:` key, or the flag, which says so itself. */
function placeOf(file: string): string {
  return file === '--address' ? file : `${file}: address`;
}

/** What opening a port needs of a URL. Throws UsageError when it is none, or of a link that is neither serial nor modem. */
export function resolveSerialAddress(file: string, text: string): ResolvedAddress {
  const address = parseAddress(text);
  if (address.name === 'problem') {
    throw new UsageError(address.problems.map((problem) => `${placeOf(file)}: ${problem.text}`).join('\n'));
  }
  if (address.provider === undefined) {
    throw new UsageError(`${placeOf(file)}: expected provider=%7B${PROVIDER_GUIDS.serial}%7D, a serial link`);
  }
  if (address.provider !== 'serial' && address.provider !== 'modem') {
    throw new UsageError(
      `${placeOf(file)}: expected a serial or modem link, got ${PROVIDER_TITLES[address.provider]}: this version opens no other`,
    );
  }
  const { device, phonenumber } = address.values;
  const phoneNumber = address.provider === 'modem' ? (phonenumber ?? '') : undefined;
  return { device, settings: lineSettingsOf(address), phoneNumber };
}
