/** `npx tsx test/tidy/write-map.ts`: brings the floor map in docs/architecture.md up to date with floors.ts. Checks nothing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { floorsTable } from './floors.ts';
import { ROOT, read } from './masked-source.ts';

const PAGE = 'docs/architecture.md';
const TABLE = /\| floor \|[^\n]*(?:\n\|[^\n]*)*/;

writeFileSync(
  join(ROOT, PAGE),
  read(PAGE).replace(TABLE, () => floorsTable()),
);
