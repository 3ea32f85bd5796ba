/** `npx tsx test/modem/write-command-set.ts`: brings the tables in docs/modem-emulator.md up to date. Checks nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGE, withCommandSet } from './command-set.ts';

const file = join(import.meta.dirname, '..', '..', PAGE);
writeFileSync(file, withCommandSet(readFileSync(file, 'utf8')));
