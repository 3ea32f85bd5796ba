/** Rigs, profiles and exchange files that pages, help texts and other such files name: each is there. Follows no links. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** A file of the folders that hold them, by its path. */
const PATH = /\b(rigs|profiles|exchanges)\/[\w.-]+\.(?:ya?ml|json)\b/g;
/** A file that a command is given without its folder. */
const BARE = /--(rig|profile|script) ([\w.-]+\.ya?ml)\b/g;
const FOLDERS: Readonly<Record<string, string>> = {
  rig: 'rigs',
  profile: 'profiles',
  script: 'exchanges',
};

/** A file of the reader's own: `mine.yaml`, `my-modem.yaml`. */
function isReaders(path: string): boolean {
  return /(^|\/)(mine|my-[\w-]+)\.ya?ml$/.test(path);
}

/** What a page names and nobody has; a bare name may also be that of a file whose text the page shows. */
function absent(text: string, exists: (path: string) => boolean): string[] {
  const paths = [...text.matchAll(PATH)].map(([path]) => path);
  const bare = [...text.matchAll(BARE)].flatMap(([, flag, name]) => {
    const isShown = /^```yaml\nname: /m.test(text);
    return isShown ? [] : [`${FOLDERS[flag!]}/${name}`];
  });
  return [...paths, ...bare].filter((path) => !isReaders(path) && !exists(path));
}

describe('files that are named', () => {
  const tracked = execFileSync('git', ['ls-files', '*.md', 'src/cli/*.ts', 'rigs', 'profiles', 'exchanges'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => /\.(md|ts|ya?ml)$/.test(path) && existsSync(join(ROOT, path)));

  test.each(tracked)('%s names no rig, profile or exchange file that is not there', (path) => {
    expect(absent(readFileSync(join(ROOT, path), 'utf8'), (file) => existsSync(join(ROOT, file)))).toEqual(
      [],
    );
  });

  test('what is not there is found, with its folder and without', () => {
    const has = (path: string) => path === 'rigs/star.yaml';
    expect(absent('`rigs/star.yaml` --rig star.yaml --rig my-rig.yaml profiles/mine.yaml', has)).toEqual([]);
    expect(absent('```\ndplink dial --rig rigs/near.yaml\n```', has)).toEqual(['rigs/near.yaml']);
    expect(absent('dplink soak --profile star.yaml', has)).toEqual(['profiles/star.yaml']);
    expect(absent('```yaml\nname: a plug\n```\ndplink soak --rig plug.yaml', has)).toEqual([]);
  });
});
