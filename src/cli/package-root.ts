/** Where this package lies on disk: its rigs, profiles and package.json. */
import { join } from 'node:path';

/** The folder of package.json; the same depth from `src/cli` and from `dist/cli`. */
export const PACKAGE_ROOT: string = join(import.meta.dirname, '..', '..');
