/** The bench of files over noisy lines: dplink and what else one can install, over the same virtual lines in one run. */
import type { Bench } from '../bench.ts';
import { table } from '../table.ts';
import { showFeats } from './feats.ts';
import { readOptions } from './options.ts';
import { markdownTable, writePage } from './page.ts';
import { raceFiles } from './race-files.ts';

const DEFAULTS = { seeds: 1, seconds: 12.5, together: 1, heat: 0, write: false };

export const lineBench: Bench = {
  name: 'line',
  about:
    'files over noisy lines, against uucp, ZMODEM and Kermit; takes minutes: --seeds=5 --together=2 --write',
  isLong: true,
  async run(print, texts) {
    const options = readOptions(texts, DEFAULTS);
    const race = await raceFiles(options, print);
    print(table('Share of the line: median [worst]', race.head, race.rows));
    if (race.skipped.length > 0) print(`not installed: ${race.skipped.join(', ')}`);
    print(table('Settings', race.settings.head, race.settings.rows));
    // One line of the race alone is a quick look.
    if (options.heat !== 0) return [...race.missed];
    const feats = await showFeats(options);
    print(table('dplink alone', feats.head, feats.rows));
    if (options.write) {
      writePage('line', markdownTable(race.head, race.rows));
      writePage('settings', markdownTable(race.settings.head, race.settings.rows));
      writePage('alone', markdownTable(feats.head, feats.rows));
    }
    return [...race.missed, ...feats.missed];
  },
};
