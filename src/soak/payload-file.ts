/** A user's file as payload: shipped within the plan, because a far end could not regenerate what it does not have. Reads no disk. */
import { z } from 'zod';
import { fingerprint } from './fingerprint.ts';

/** The largest file in bytes: a plan with it still crosses a slow line, and nobody can fill a stranger's memory. */
export const FILE_SIZE_MAX = 16_384;

/** A file as it stands in a plan. */
export const payloadFile = z.strictObject({
  /** As its owner named it; nothing is opened by it. */
  name: z.string().min(1).max(256),
  size: z.int().min(1).max(FILE_SIZE_MAX),
  /** Of the content; the far end takes the plan only when it comes to the same. */
  fingerprint: z.int().min(0).max(0xffffffff),
  /** Base64. */
  content: z.string().max(Math.ceil(FILE_SIZE_MAX / 3) * 4),
});
export type PayloadFile = z.infer<typeof payloadFile>;

/** A file as a plan holds it; `undefined` when it is empty or larger than {@link FILE_SIZE_MAX}. */
export function payloadFileOf(name: string, content: Uint8Array): PayloadFile | undefined {
  if (content.length < 1 || content.length > FILE_SIZE_MAX) return undefined;
  const { length } = content;
  const text = Buffer.from(content.buffer, content.byteOffset, length).toString('base64');
  return { name: name.slice(-256), size: length, fingerprint: fingerprint(content), content: text };
}

/** The bytes of the file, or in words why they are not those that its owner meant. */
export function fileContent(file: PayloadFile): Uint8Array | string {
  const content = new Uint8Array(Buffer.from(file.content, 'base64'));
  const same = content.length === file.size && fingerprint(content) === file.fingerprint;
  return same ? content : `the payload file ${JSON.stringify(file.name)} is not what its fingerprint says`;
}
