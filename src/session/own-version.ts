/** Which DirectPlay we are. [MS-DPDX] 2.2.26, 6 */

/** dwDNETVersion of ours: DirectX 9.0 (VER-7). [MS-DPDX] 2.2.26 */
export const OWN_DNET_VERSION = 7;
