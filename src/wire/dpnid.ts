/** DPNIDs: made from a name table entry's index and version, and taken apart again. Keeps no name table. [MS-DPDX] 2.2.1 */
import { invariant } from '../base/failure.ts';
import { encodeGuid } from './guid.ts';

/** Names nobody: no player ever has it (NAM-4). */
export const NO_DPNID = 0;

/** The largest index that a DPNID can hold. [MS-DPDX] 2.2.1 */
export const INDEX_MAX = 0xf_ffff;

/** What a DPNID says of its name table entry. */
export interface DpnidParts {
  /** The entry's index, 0..0xFFFFF: all that finding the entry takes. */
  readonly index: number;
  /** The low 12 bits of the name table's version when the entry was made (NAM-2). */
  readonly version: number;
}

/** The first 32 bits of an instance GUID: its first field as a number (NAM-3). */
function guidWord(instance: string): number {
  return new DataView(encodeGuid(instance).buffer).getUint32(0, true);
}

/**
 * The DPNID of the entry `index` (0..0xFFFFF) made at name table version `version` (any; its low 12 bits are kept) in the
 * session whose instance GUID is `instance`. {@link NO_DPNID} where the two happen to equal the GUID's word: use the next
 * index then (NAM-4).
 */
export function makeDpnid(index: number, version: number, instance: string): number {
  invariant(Number.isInteger(index) && index >= 0 && index <= INDEX_MAX, `a name table index of ${index}`);
  return ((((version & 0xfff) << 20) | index) ^ guidWord(instance)) >>> 0;
}

/** Undoes {@link makeDpnid}. */
export function splitDpnid(id: number, instance: string): DpnidParts {
  const plain = (id ^ guidWord(instance)) >>> 0;
  return { index: plain & INDEX_MAX, version: plain >>> 20 };
}
