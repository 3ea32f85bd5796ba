/** The rules of the house hold: names, sizes, first lines, doc comments, no way round a check, exact pins, links that lead somewhere. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  docComplaints,
  LINES_MAX,
  linkComplaints,
  machineComplaints,
  nameComplaints,
  pinComplaints,
  shapeComplaints,
  shortcutComplaints,
  skipComplaints,
} from './house-rules.ts';
import { filesUnder, mask, ROOT, read, sourcesUnder } from './masked-source.ts';

const src = sourcesUnder('src');
const tests = sourcesUnder('test');
const bench = sourcesUnder('bench');
const all = [...src, ...tests, ...bench];
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...filesUnder('docs', ['.md'])];

describe('the checkout', () => {
  test('a file is named for the one thing it holds', () => {
    expect(all.flatMap((source) => nameComplaints(source.path))).toEqual([]);
  });

  test('every file says in its first line what it is, and no room is overfull', () => {
    expect(all.flatMap((source) => shapeComplaints(source))).toEqual([]);
  });

  test('nobody walks round a check', () => {
    expect(all.flatMap((source) => shortcutComplaints(source))).toEqual([]);
  });

  test('every exported declaration has a sentence', () => {
    expect(src.flatMap((source) => docComplaints(source))).toEqual([]);
  });

  test('a skipped test says why', () => {
    expect(tests.flatMap((source) => skipComplaints(source))).toEqual([]);
  });

  test('no path of one machine stands anywhere', () => {
    const strict = ['/work/', '/root/', '/home/', '/tmp/'];
    const lenient = ['/work/', '/root/'];
    expect(src.flatMap((source) => machineComplaints(source.path, source.original, strict))).toEqual([]);
    const rest = [
      ...pages,
      '.ci/run',
      ...filesUnder('rigs', ['.yaml']),
      ...filesUnder('profiles', ['.yaml']),
    ];
    expect(rest.flatMap((path) => machineComplaints(path, read(path), lenient))).toEqual([]);
  });

  test('every package is pinned to one exact version', () => {
    expect(pinComplaints(JSON.parse(read('package.json')) as Record<string, unknown>)).toEqual([]);
  });

  test('every link in README and docs leads to a file and a heading that exist', () => {
    const page = (path: string): string | undefined => {
      const place = join(ROOT, path);
      if (!existsSync(place)) return undefined;
      return statSync(place).isDirectory() ? '' : readFileSync(place, 'utf8');
    };
    expect(pages.flatMap((path) => linkComplaints(path, read(path), page))).toEqual([]);
  });
});

describe('the checks themselves', () => {
  const source = (text: string) => mask('src/base/x.ts', text);

  test('empty names, capitals and underscores are found', () => {
    expect(
      ['src/a/utils.ts', 'src/a/index.ts', 'src/a/Crc.ts', 'test/a/my_crc.test.ts'].map(nameComplaints),
    ).toEqual([[expect.any(String)], [expect.any(String)], [expect.any(String)], [expect.any(String)]]);
    expect(nameComplaints('test/base/crc16.test.ts')).toEqual([]);
    expect(nameComplaints('test/base/crc16.property.test.ts')).toEqual([]);
  });

  test('a long file and a missing first line are found', () => {
    expect(shapeComplaints(source(`/** x */\n${'a;\n'.repeat(LINES_MAX - 1)}`))).toEqual([]);
    expect(shapeComplaints(source(`/** x */\n${'a;\n'.repeat(LINES_MAX)}`))).toHaveLength(1);
    expect(shapeComplaints(source('import a;\n'))).toHaveLength(1);
    expect(shapeComplaints(source('#!/usr/bin/env node\n/** x */\n'))).toEqual([]);
  });

  test('every way round a check is found, and talk of one is not', () => {
    for (const text of [
      'const a = b as any;',
      ['// @ts', 'ignore'].join('-'),
      ['/* v8', 'ignore next */'].join(' '),
      'test.only(f);',
      'describe.each([1]).only(f);',
      "export * from './a.ts';",
      ['// TO', 'DO later'].join(''),
    ]) {
      expect(shortcutComplaints(source(text)), text).toHaveLength(1);
    }
    expect(shortcutComplaints(source("const a = 'as any .only( @ts-ignore';"))).toEqual([]);
  });

  test('an export without a sentence is found; an overload shares its first one', () => {
    expect(docComplaints(source('/** file */\n\nexport const a = 1;\nexport const b = 2;'))).toHaveLength(2);
    expect(
      docComplaints(
        source('/** file */\n\n/** a */\nexport function a(): void;\nexport function a(x?: 1) {}'),
      ),
    ).toEqual([]);
    const group = '/** file */\n\n/** both */\nexport const a = 1;\nexport const b = 2;\n';
    expect(docComplaints(source(group))).toEqual([]);
    expect(docComplaints(source(`${group}\nexport const c = 2;`))).toHaveLength(1);
    expect(docComplaints(source('/** file */\nconst c = 1;\nexport interface A {}'))).toHaveLength(1);
    expect(docComplaints(source('/** what the one thing is */\nexport const a = 1;'))).toEqual([]);
  });

  test('a skipped test without a reason is found', () => {
    const skips = (text: string) => skipComplaints(mask('test/x.test.ts', text));
    expect(skips("test.skip('a port', () => {});")).toHaveLength(1);
    expect(skips("describe.todo(\n  'a port',\n)")).toHaveLength(1);
    expect(skips("test.skip('a port (needs hardware)', () => {});")).toEqual([]);
    expect(skips("test.skipIf(x)('a port', () => {});")).toEqual([]);
  });

  test('paths of one machine, loose pins and dead links are found', () => {
    expect(machineComplaints('x.md', 'a\n/root/x /work/y', ['/root/', '/work/'])).toEqual([
      'x.md:2: /root/ exists on one machine',
      'x.md:2: /work/ exists on one machine',
    ]);
    expect(
      pinComplaints({ dependencies: { a: '^1.0.0', b: '1.0.0' }, devDependencies: { c: 'latest' } }),
    ).toHaveLength(2);
    const page = (path: string) => (path === 'docs/a.md' ? '# One two: three\n' : undefined);
    const links = (text: string) => linkComplaints('README.md', text, page);
    expect(links('[a](docs/a.md) [b](docs/a.md#one-two-three) [c](https://example.org)')).toEqual([]);
    expect(links('[a](docs/b.md)')).toHaveLength(1);
    expect(links('[a](docs/a.md#four)')).toHaveLength(1);
    expect(links('![a](docs/b.png)')).toHaveLength(1);
    expect(links('<!-- [a](docs/b.md) -->\n```\n[a](docs/b.md)\n```\n`[a](docs/b.md)`')).toEqual([]);
  });
});
