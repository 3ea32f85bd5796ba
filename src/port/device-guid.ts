/** A device GUID for a port of this machine, derived from what stays the same when it is plugged in again. */
import { createHash } from 'node:crypto';

/** The namespace of our names (RFC 9562, section 6.6): any constant would do, this one was drawn once. */
const NAMESPACE = Buffer.from('9c8e1f0b6d2a4e57a1c30f64d7b2e985', 'hex');

/**
 * The GUID of a device that is known as `identity` (a text that names it on this machine): a name-based UUID of
 * version 5 (SHA-1, RFC 9562 section 5.5), upper case in braces. Equal identities give equal GUIDs, for ever.
 */
export function deviceGuid(identity: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(identity, 'utf8').digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex').toUpperCase();
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `{${parts.join('-')}}`;
}
