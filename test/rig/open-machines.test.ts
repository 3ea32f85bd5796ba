import { afterEach, describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { libcSupported } from '../../src/port/libc.ts';
import { parseMachines } from '../../src/rig/machines-file.ts';
import { type OpenMachines, openMachines } from '../../src/rig/open-machines.ts';
import { BarePty } from '../port/bare-pty.ts';

const around = {
  file: 'x.yaml',
  resolveAddress: (): never => {
    throw new Error('no address here');
  },
  findDevice: async () => undefined,
};
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of cleanup.splice(0).reverse()) await each();
});

async function opened(machines: string, as?: string): Promise<OpenMachines> {
  const rig = parseMachines('x.yaml', `name: x\nmachines:\n${machines}`);
  const options = { random: new Random('machines'), clock: monotonicClock };
  const found = await openMachines(rig, as, around, options);
  cleanup.push(() => found.close());
  return found;
}

const TRIANGLE =
  '  a: { b: in-process, c: in-process }\n  b: { a: in-process, c: in-process }\n  c: { a: in-process, b: in-process }\n';

describe('opening a rig of several machines', () => {
  test('gives each machine its end of each of its lines, and a way to whom it leads', async () => {
    const { machines } = await opened(TRIANGLE);
    expect(machines.map(({ name, ways }) => [name, ...ways.keys()])).toEqual([
      ['a', 'b', 'c'],
      ['b', 'a', 'c'],
      ['c', 'a', 'b'],
    ]);
    const port = (from: string, to: string) => {
      const machine = machines.find(({ name }) => name === from)!;
      const line = machine.lines.find(({ name }) => name === machine.ways.get(to)!.line)!;
      if (line.kind !== 'serial') throw new Error('a cable is serial');
      return line.port;
    };
    for (const [from, to] of [
      ['a', 'b'],
      ['c', 'a'],
      ['b', 'c'],
    ] as const) {
      const heard: Uint8Array[] = [];
      port(to, from).onData((bytes) => heard.push(bytes.slice()));
      port(from, to).write(Uint8Array.of(1, 2, 3));
      await expect.poll(() => [...Buffer.concat(heard)], { timeout: 10_000 }).toEqual([1, 2, 3]);
    }
  });

  test('opens the lines of one machine only, where one is named', async () => {
    const machines =
      "  a: { b: { udp: '127.0.61.2:2302' }, c: elsewhere }\n  b: { a: { udp: '127.0.61.1:2302' } }\n  c: { a: { port: /dev/does-not-exist } }\n";
    const { machines: found } = await opened(machines, 'a');
    expect(found).toHaveLength(1);
    const [line] = found[0]!.lines;
    expect(line?.kind === 'udp' && line.port.local).toMatchObject({ host: '127.0.61.1', port: 2302 });
    expect([...found[0]!.ways]).toEqual([['b', { line: 'UDP', address: '127.0.61.2:2302' }]]);
  });

  test.skipIf(!libcSupported)('closes everything when a port cannot be opened', async () => {
    const pty = new BarePty();
    cleanup.push(() => pty.unplug());
    const machines = (other: string) =>
      `  a: { b: { port: ${pty.path} }, c: { port: ${other} } }\n  b: { a: elsewhere }\n  c: { a: elsewhere }\n`;
    await expect(opened(machines('/dev/does-not-exist'))).rejects.toThrow('does not exist');
    const again = new BarePty();
    cleanup.push(() => again.unplug());
    await expect(opened(machines(again.path))).resolves.toBeDefined();
  });

  test('refuses to be a machine that is not here, and half of a virtual cable', async () => {
    await expect(opened(TRIANGLE, 'd')).rejects.toThrow(
      '--as d: x.yaml has no such machine: expected a, b, c',
    );
    await expect(opened(TRIANGLE, 'a')).rejects.toThrow(
      'x.yaml: machines.a.b: a virtual cable does not lead out of the process that makes it',
    );
    const star = '  hub: { rim: { port: /dev/x } }\n  rim: { hub: elsewhere }\n';
    await expect(opened(star, 'rim')).rejects.toThrow(
      '--as rim: x.yaml names no port of this machine for it',
    );
  });
});
