/** The program that a report carries, as one text: the modules of `page/` joined, since a page by itself can import nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the order in which they need each other; their top-level names differ. */
const MODULES = ['scales.js', 'charts.js', 'page.js'];

/** The program, for a script element of type `module`. */
export function pageScript(): string {
  const text = MODULES.map((name) =>
    readFileSync(join(import.meta.dirname, 'page', name), 'utf8')
      .replaceAll(/^import [\s\S]*? from '.*';$/gm, '')
      .replaceAll(/^export (?=function|class|const)/gm, ''),
  );
  return text.join('\n');
}
