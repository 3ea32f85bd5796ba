/** DN_ADDRESSING_URLs of serial ports: read for opening a port, made for naming one. [MS-DPDX] 2.2.34 */
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

/** What opening a port needs of a URL. Throws UsageError when it is none, or of a link that is not serial. */
export function resolveSerialAddress(file: string, text: string): ResolvedAddress {
  const address = parseAddress(text);
  if (address.name === 'problem') {
    throw new UsageError(address.problems.map((problem) => `${file}: address: ${problem.text}`).join('\n'));
  }
  if (address.provider === undefined) {
    throw new UsageError(`${file}: address: expected provider=%7B${PROVIDER_GUIDS.serial}%7D, a serial link`);
  }
  if (address.provider !== 'serial') {
    throw new UsageError(
      `${file}: address: a ${PROVIDER_TITLES[address.provider]} is not supported by this version: expected a serial link`,
    );
  }
  return { device: address.values.device, settings: lineSettingsOf(address) };
}
