/** The floor map holds: imports go down only, nothing runs in circles, and below `port` nothing asks for time, chance or I/O. */
import { describe, expect, test } from 'vitest';
import {
  banComplaints,
  cryptoComplaints,
  cyclesIn,
  exitComplaints,
  floorOf,
  importComplaints,
  importGraph,
  importsOf,
  oneFileComplaints,
} from './floor-rules.ts';
import { FLOORS, floorsTable } from './floors.ts';
import { mask, read, sourcesUnder } from './masked-source.ts';

const sources = sourcesUnder('src');
const pure = sources.filter((source) => floorOf(source.path)?.pure);

describe('the sources', () => {
  test('every file lies on a floor and imports only what the map allows', () => {
    expect(sources.flatMap((source) => importComplaints(source))).toEqual([]);
  });

  test('no file imports itself round a circle', () => {
    expect(cyclesIn(importGraph(sources))).toEqual([]);
  });

  test('below port nothing asks for the time, for chance, for I/O or for patience', () => {
    expect(pure.flatMap((source) => banComplaints(source))).toEqual([]);
    expect(pure.flatMap((source) => cryptoComplaints(source))).toEqual([]);
  });

  test('only cli prints and ends the process', () => {
    const others = sources.filter((source) => floorOf(source.path)?.name !== 'cli');
    expect(others.flatMap((source) => exitComplaints(source))).toEqual([]);
  });

  test('blessed and yargs are each known to one file', () => {
    expect(oneFileComplaints(sources)).toEqual([]);
  });
});

describe('the map', () => {
  test('a floor imports only floors that stand before it, so floors cannot run in circles', () => {
    FLOORS.forEach((floor, index) => {
      const before = FLOORS.slice(0, index).map((other) => other.name);
      expect(
        floor.imports.filter((name) => !before.includes(name)),
        floor.name,
      ).toEqual([]);
    });
  });

  test('a pure floor imports only pure floors, and nothing imports cli', () => {
    const impure = FLOORS.filter((floor) => !floor.pure).map((floor) => floor.name);
    for (const floor of FLOORS.filter((candidate) => candidate.pure)) {
      expect(
        floor.imports.filter((name) => impure.includes(name)),
        floor.name,
      ).toEqual([]);
    }
    expect(FLOORS.filter((floor) => floor.imports.includes('cli'))).toEqual([]);
  });

  test('a floor that is marked as coming later has no file yet', () => {
    const started = new Set(sources.map((source) => floorOf(source.path)?.name));
    expect(FLOORS.filter((floor) => floor.later && started.has(floor.name))).toEqual([]);
  });

  test('docs/architecture.md shows the map as it is', () => {
    expect(read('docs/architecture.md')).toContain(floorsTable());
  });
});

describe('the checks themselves', () => {
  const bad = (path: string, text: string) => mask(path, text);

  test('an import up the house is found in every spelling', () => {
    for (const line of [
      "import { Port } from '../port/port.ts';",
      "import type { Port } from '../port/port.ts';",
      "import {\n  Port,\n} from '../port/port.ts';",
      "export { Port } from '../port/port.ts';",
      "export * from '../port/port.ts';",
      "import '../port/port.ts';",
      "const port = import('../port/port.ts');",
      'import { Port } from "../port/port.ts";',
    ]) {
      expect(importComplaints(bad('src/wire/x.ts', line)), line).toHaveLength(1);
    }
    expect(importComplaints(bad('src/cli/x.ts', "import { Port } from '../port/port.ts';"))).toEqual([]);
    expect(importComplaints(bad('src/wire/x.ts', "import { crc16 } from '../base/crc16.ts';"))).toEqual([]);
  });

  test('an import in a comment or a text is none', () => {
    const text =
      "// import '../port/a.ts';\nconst a = \"import '../port/b.ts'\";\nconst c = `import('../port/b.ts')`;";
    expect(importsOf(bad('src/wire/x.ts', text))).toEqual([]);
  });

  test('a package or a module of Node on the wrong floor is found', () => {
    expect(importComplaints(bad('src/soak/x.ts', "import koffi from 'koffi';"))).toHaveLength(1);
    expect(
      importComplaints(bad('src/transport/x.ts', "import { readFileSync } from 'node:fs';")),
    ).toHaveLength(1);
    expect(importComplaints(bad('src/port/x.ts', "import koffi from 'koffi';"))).toEqual([]);
    expect(importComplaints(bad('src/attic/x.ts', 'export {};'))).toHaveLength(1);
    expect(importComplaints(bad('src/cli/x.ts', "import { a } from '../../test/a.ts';"))).toHaveLength(1);
  });

  test('every ban bites', () => {
    for (const code of [
      'const now = Date.now();',
      'const now = performance.now();',
      'setTimeout(tick, 5);',
      'queueMicrotask(tick);',
      'const x = Math.random();',
      'const id = crypto.randomUUID();',
      'const x = Math.log(2);',
      'const x = Math.pow(2, 3);',
      'const x = 10 ** n;',
      'const x = y ** 2;',
      'async function f() {}',
      'const x = await f();',
      'function f(): Promise<void> {}',
      'process.hrtime();',
      'console.log(1);',
      'globalThis.Date;',
      'const b = Buffer.allocUnsafe(1);',
      'const b = new WeakRef(a);',
      'a.localeCompare(b);',
      "const f = new Function('x');",
      `const text = \`\${Date.now()}\`;`,
    ]) {
      expect(banComplaints(bad('src/wire/x.ts', code)), code).not.toEqual([]);
    }
  });

  test('what only looks like a banned name passes', () => {
    for (const code of [
      '// Date.now() and setTimeout are banned',
      "const text = 'await the Date';",
      'const x = 2 ** 32 + 1024 ** 2;',
      'const x = Math.floor(y) * Math.sqrt(2) + Math.LN2;',
      'const when = this.performance;',
      'const update = upDate(candidate);',
      'const x = { process: 1, console: 2 };',
      'const x = /await Date/.test(y);',
    ]) {
      expect(banComplaints(bad('src/wire/x.ts', code)), code).toEqual([]);
    }
  });

  test('of node:crypto only createHash passes', () => {
    expect(cryptoComplaints(bad('src/wire/x.ts', "import { createHash } from 'node:crypto';"))).toEqual([]);
    expect(cryptoComplaints(bad('src/wire/x.ts', "import { randomBytes } from 'node:crypto';"))).toHaveLength(
      1,
    );
    expect(cryptoComplaints(bad('src/wire/x.ts', "import * as c from 'node:crypto';"))).toHaveLength(1);
  });

  test('printing, leaving, and a second user of blessed are found', () => {
    expect(exitComplaints(bad('src/port/x.ts', 'process.exit(1);'))).toHaveLength(1);
    expect(exitComplaints(bad('src/port/x.ts', "console.error('x');"))).toHaveLength(1);
    expect(exitComplaints(bad('src/port/x.ts', "io.console.write('x');"))).toEqual([]);
    const user = (name: string) => bad(`src/view/${name}.ts`, "import blessed from 'blessed';");
    expect(oneFileComplaints([user('a')])).toEqual([]);
    expect(oneFileComplaints([user('a'), user('b')])).toHaveLength(1);
  });

  test('an import of types alone draws no line in the graph', () => {
    const a = bad('src/wire/a.ts', "import type { B } from './b.ts';\nimport { c } from './c.ts';");
    expect(importGraph([a])).toEqual(new Map([['src/wire/a.ts', ['src/wire/c.ts']]]));
  });

  test('circles are found, roads that meet again are not circles', () => {
    expect(
      cyclesIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a']],
        ]),
      ),
    ).toEqual(['a -> b -> c -> a']);
    expect(
      cyclesIn(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['d']],
          ['c', ['d']],
        ]),
      ),
    ).toEqual([]);
    expect(cyclesIn(new Map([['a', ['a']]]))).toEqual(['a -> a']);
  });
});
