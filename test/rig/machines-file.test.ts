import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  cablesOf,
  isOfMachines,
  machinesHere,
  machinesOfLine,
  networkAddressIn,
  parseMachines,
} from '../../src/rig/machines-file.ts';
import { parseRig } from '../../src/rig/rig-file.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** A rig whose machines are written like this. */
const rig = (machines: string): string => `name: x\nmachines:\n${machines}`;

/** The complaint about such a rig. */
function complaint(machines: string): string {
  try {
    parseMachines('x.yaml', rig(machines));
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('rigs of several machines', () => {
  test.each([
    ['triangle', ['ann', 'bob', 'cid']],
    ['star', ['hub']],
  ])('the provided rig %s is valid, and %j have lines here', (name, here) => {
    const file = `rigs/${name}.yaml`;
    const text = readFileSync(join(ROOT, file), 'utf8');
    expect(isOfMachines(file, text)).toBe(true);
    expect(machinesHere(parseMachines(file, text))).toEqual(here);
  });

  test('are told from rigs with one line, and refused where one line is wanted', () => {
    expect(isOfMachines('x.yaml', 'name: x\nends: { near: virtual, far: virtual }\n')).toBe(false);
    expect(() => parseRig('x.yaml', rig('  a: { b: virtual }\n  b: { a: virtual }\n'))).toThrow(
      'x.yaml:3:3 machines: a rig of several machines is for dplink chat: expected ends: with near and far',
    );
  });

  test('name every line once, by what both machines have of it', () => {
    const text = rig(
      '  a: { b: { port: /dev/x, baud: 9600 }, c: virtual }\n  b: { a: elsewhere }\n  c: { a: virtual }\n',
    );
    const parsed = parseMachines('x.yaml', text);
    expect(cablesOf(parsed)).toEqual([
      { machines: ['a', 'b'], ways: [{ port: '/dev/x', baud: 9600 }, 'elsewhere'] },
      { machines: ['a', 'c'], ways: ['virtual', 'virtual'] },
    ]);
    expect(machinesHere(parsed)).toEqual(['a', 'c']);
  });

  test('know where a machine is on UDP by what the others say of it', () => {
    const text = rig("  a: { b: { udp: '127.0.0.1:2302' } }\n  b: { a: { udp: '[::1]:2303' } }\n");
    const parsed = parseMachines('x.yaml', text);
    expect(networkAddressIn(parsed, 'a')).toBe('[::1]:2303');
    expect(networkAddressIn(parsed, 'b')).toBe('127.0.0.1:2302');
  });

  test('are also what a rig with two ends is, whose machines are called near and far', () => {
    const line = parseRig('x.yaml', 'name: x\nends: { near: { port: /dev/x }, far: elsewhere }\n');
    const machines = machinesOfLine(line);
    expect(machines.machines).toEqual({ near: { far: { port: '/dev/x' } }, far: { near: 'elsewhere' } });
    expect(machinesHere(machines)).toEqual(['near']);
  });

  test.each([
    [
      'a line with one end',
      '  a: { b: virtual }\n  b: {}\n',
      '3:11 machines.a.b: a line has two ends: expected machines.b.a',
    ],
    [
      'a machine that is not there',
      '  a: { c: virtual }\n  b: {}\n',
      '3:11 machines.a.c: there is no machine c',
    ],
    ['a line to itself', '  a: { a: virtual }\n  b: {}\n', '3:11 machines.a.a: expected another machine'],
    [
      'ends of two kinds',
      '  a: { b: virtual }\n  b: { a: { port: /dev/x } }\n',
      '3:11 machines.a.b: does not fit the other end, machines.b.a',
    ],
    ['two ends elsewhere', '  a: { b: elsewhere }\n  b: { a: elsewhere }\n', 'machines.a.b: does not fit'],
    ['one machine', '  a: {}\n', '3:3 machines: expected 2 to 16 machines, got 1'],
    [
      'an end of no kind',
      '  a: { b: 3 }\n  b: { a: virtual }\n',
      '3:11 machines.a.b: expected virtual, in-process, elsewhere',
    ],
    ['a simulated end', '  a: { b: simulated }\n  b: { a: simulated }\n', 'machines.a.b: expected virtual'],
    ['a name of signs', "  a: { '*': virtual }\n  b: {}\n", 'machines.a.*: '],
    [
      'an address without a port',
      "  a: { b: { udp: 'localhost' } }\n  b: { a: { udp: '127.0.0.1:1' } }\n",
      'expected an address and a port',
    ],
    [
      'two addresses of one machine',
      "  a: { b: { udp: '127.0.0.1:2302' }, c: { udp: '127.0.0.1:5' } }\n  b: { a: { udp: '127.0.0.1:1' }, c: { udp: '127.0.0.1:6' } }\n  c: { a: { udp: '127.0.0.1:1' }, b: { udp: '127.0.0.1:2302' } }\n",
      'machines.c: has several addresses: 127.0.0.1:5, 127.0.0.1:6',
    ],
  ])('refuse %s, at its place', (_what, machines, expected) => {
    expect(complaint(machines)).toContain(expected);
  });
});
