import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRig } from '../../src/rig/rig-file.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The complaint about `text`. */
function complaint(text: string): string {
  try {
    parseRig('rigs/x.yaml', text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('rig files', () => {
  test.each(['virtual-null-modem', 'noisy', 'two-ports', 'two-machines', 'in-process', 'modem-pair'])(
    'the provided rig %s is valid',
    (name) => {
      const file = `rigs/${name}.yaml`;
      expect(parseRig(file, readFileSync(join(ROOT, file), 'utf8')).name).not.toBe('');
    },
  );

  test('the rig that docs/modems.md shows is valid, and so is every init list in its table', () => {
    const page = readFileSync(join(ROOT, 'docs', 'modems.md'), 'utf8');
    const shown = /```yaml\n(name:[\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(parseRig('docs/modems.md', shown).ends.near).toMatchObject({ modem: { number: '555-0002' } });
    const lists = [...page.matchAll(/\| `(\[.*?\])` \|/g)].map(([, list]) => list);
    expect(lists.length).toBeGreaterThan(5);
    for (const list of lists) {
      const text = `name: x\nends: { near: { port: /dev/a, modem: { init: ${list} } }, far: elsewhere }\n`;
      expect(complaint(text)).toBe('accepted');
    }
  });

  test('a wrong value is named with file, line, column and what was expected', () => {
    const text = 'name: x\nends:\n  near: { port: /dev/a, parity: none }\n  far: elsewhere\n';
    expect(complaint(text)).toBe(
      'rigs/x.yaml:3:33 ends.near.parity: expected NONE, EVEN, ODD, MARK or SPACE, got "none"; did you mean NONE?',
    );
  });

  test('an unknown key is refused where it stands, inside an end as well', () => {
    expect(complaint('name: x\nends:\n  near: virtual\n  far: virtual\nline:\n  boud: 3\n')).toBe(
      'rigs/x.yaml:6:3 line.boud: unknown key; did you mean baud?',
    );
    expect(complaint('name: x\nends:\n  near: { port: /dev/a, boud: 3 }\n  far: elsewhere\n')).toBe(
      'rigs/x.yaml:3:25 ends.near.boud: unknown key; did you mean baud?',
    );
  });

  test('an end that is none of the kinds is told which kinds there are', () => {
    expect(complaint('name: x\nends:\n  near: 3\n  far: virtual\n')).toMatch(
      /^rigs\/x\.yaml:3:9 ends\.near: expected virtual, in-process, simulated, elsewhere, \{ port: PATH/,
    );
  });

  test('every complaint has its own line', () => {
    expect(complaint('ends:\n  near: virtual\n  far: virtual\nextra: 1\n').split('\n')).toEqual([
      expect.stringMatching(/^rigs\/x\.yaml:1:1 name: /),
      'rigs/x.yaml:4:1 extra: unknown key',
    ]);
  });

  test('a syntax error is named with file, line and column', () => {
    expect(complaint('name: [\n')).toMatch(/^rigs\/x\.yaml:2:1 /);
  });

  test('a length of time must be written as one', () => {
    const text =
      'name: x\nends: { near: virtual, far: virtual }\nline:\n  events:\n    - { at: 3, carrier: lost, for: 1x }\n';
    expect(complaint(text)).toContain(
      'rigs/x.yaml:5:36 line.events.0.for: expected a length of time such as',
    );
  });
});
