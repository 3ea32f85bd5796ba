/** By which UDP line a player of the name table is reached: the one whose family its URL's address has. Knows no cables. */
import { networkAddressOfUrl, networkAddressText } from '../wire/network-address.ts';
import type { Endpoint } from './endpoint.ts';
import type { PlayerAddress, SessionOptions } from './session-options.ts';

/** A UDP line and the family of the addresses that it reaches. */
export interface NetworkLine {
  readonly name: string;
  readonly family: 4 | 6;
}

/** A `reach` for sessions over UDP: where the URL says, `undefined` where it names no address or there is no such line. [MS-DPDX] 2.2.34 */
export function networkReach(lines: readonly NetworkLine[]): NonNullable<SessionOptions['reach']> {
  return ({ url }: PlayerAddress): Endpoint | undefined => {
    const address = url === undefined ? undefined : networkAddressOfUrl(url);
    const line = lines.find(({ family }) => family === address?.family);
    if (address === undefined || line === undefined || address.port === 0) return undefined;
    return { line: line.name, address: networkAddressText(address) };
  };
}
