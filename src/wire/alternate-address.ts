/** DN_ALTERNATE_ADDRESS in its two forms: declarations only. Further addresses of a client beside its URL. [MS-DPDX] 2.2.35, 2.2.36 */
import { constant, ipv4, ipv6, networkPort, span } from './field.ts';
import { namedStructure } from './packet.ts';

/** An IPv4 address and port; wPort as in the worked example, high byte first (ADR-1). [MS-DPDX] 2.2.35 */
export const DN_ALTERNATE_ADDRESS_IPV4 = namedStructure('DN_ALTERNATE_ADDRESS (IPv4)', '2.2.35', {
  bSize: span(),
  bFamily: constant(1, 0x02),
  wPort: networkPort(),
  dwAddrIn: ipv4(),
});

/** An IPv6 address and port. The family is 0x17 everywhere, never the local system's number (ADR-2). [MS-DPDX] 2.2.36 */
export const DN_ALTERNATE_ADDRESS_IPV6 = namedStructure('DN_ALTERNATE_ADDRESS (IPv6)', '2.2.36', {
  bSize: span(),
  bFamily: constant(1, 0x17),
  wPort: networkPort(),
  dwAddrIn: ipv6(),
});

/** How many alternate addresses of one client are looked at (ADR-3). */
export const ALTERNATE_ADDRESS_COUNT_MAX = 12;
