/** The options of the long benches: `--name=number` and `--name` on the command line. Knows no bench. */

/** Reads options; `defaults` names those that there are. Throws on others and on what is no number. */
export function readOptions<T extends Record<string, number | boolean>>(
  texts: readonly string[],
  defaults: T,
): T {
  const options: Record<string, number | boolean> = { ...defaults };
  for (const text of texts) {
    const [, name, value] = /^--([a-z]+)(?:=(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
    const usual = name === undefined ? undefined : options[name];
    if (name === undefined || usual === undefined || (typeof usual === 'number') !== (value !== undefined)) {
      const known = Object.entries(defaults).map(([key, usually]) =>
        typeof usually === 'number' ? `--${key}=${usually}` : `--${key}`,
      );
      throw new Error(`${text}: expected one of ${known.join(', ')}`);
    }
    options[name] = typeof usual === 'number' ? Number(value) : true;
  }
  return options as T;
}
