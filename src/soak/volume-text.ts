/** Amounts of data as people write them: `4096`, `500kB`, `64MiB`. */

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KiB: 1024,
  MB: 1e6,
  MiB: 1024 ** 2,
  GB: 1e9,
  GiB: 1024 ** 3,
};

/** What is accepted, for messages. */
export const VOLUME_EXPECTED = 'an amount of data such as 500kB, 64MiB or 2GB';

/** Bytes (a whole number) of `text`, or `undefined` when it is not {@link VOLUME_EXPECTED}. */
export function parseVolume(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text.trim());
  const unit = parts ? UNITS[parts[2]!] : undefined;
  return parts && unit !== undefined ? Math.round(Number(parts[1]) * unit) : undefined;
}
