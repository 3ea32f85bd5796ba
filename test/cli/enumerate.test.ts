/** `dplink enumerate` as a user runs it, against sessions hosted in this process. */
import { afterEach, describe, expect, test } from 'vitest';
import { monotonicClock } from '../../src/port/clock.ts';
import { libcSupported } from '../../src/port/libc.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { BarePty, join } from '../port/bare-pty.ts';
import { type BenchPlayer, seat, udpLine } from '../port/bench-of-sessions.ts';
import { dplink, start } from './dplink.ts';

/** A loopback address of its own, so that port 6073 is not shared with other tests. */
const HERE = '127.0.60.76';
const SETTINGS = { baud: 9_600, parity: 'NONE', stopbits: 1, flowcontrol: 'NONE' } as const;

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of cleanup.splice(0).reverse()) await each();
});

function hosting(player: BenchPlayer): BenchPlayer {
  cleanup.push(() => player.close());
  player.session.host(monotonicClock.now(), { name: 'Ann', sessionName: 'Kitchen table', playersMax: 8 });
  return player;
}

describe.skipIf(!libcSupported)('dplink enumerate over a cable', () => {
  /** A pair of ptys with a cable between them; the end at `path` is for the command. */
  function cable(): { near: BarePty; far: BarePty } {
    const [near, far] = [new BarePty(), new BarePty()];
    const cut = join(near, far);
    cleanup.push(() => {
      cut();
      for (const pty of [near, far]) pty.unplug();
    });
    return { near, far };
  }

  test('finds the session at the other end: exit 0, a table, or one JSON document', {
    timeout: 60_000,
  }, async () => {
    const { near, far } = cable();
    const port = await openSerialPort({ path: far.path, settings: SETTINGS });
    hosting(seat('host', [{ name: 'com', kind: 'serial', port }]));
    const line = ['--port', near.path, '--baud', '9600'];
    const table = await dplink(['enumerate', ...line, '--duration', '2s']);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^SESSION {8}PLAYERS {2}ROUND TRIP .*ANSWERS {2}REMARKS {2}WHERE\n/);
    expect(table.stdout).toMatch(new RegExp(`\\nKitchen table {2}1 of 8 .* 2 {8}- {8}${near.path}\\n$`));
    const json = await dplink(['enumerate', ...line, '--first', '--json']);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 'dplink/enumeration/1',
      asked: [near.path],
      queries: 1,
      sessions: [{ name: 'Kitchen table', players: 1, playersMax: 8, where: near.path, answers: 1 }],
    });
  });

  test('without an answer exits with 1, and says what else was on the line', {
    timeout: 60_000,
  }, async () => {
    const near = new BarePty();
    cleanup.push(() => near.unplug());
    near.load(3);
    const line = ['--port', near.path, '--baud', '9600'];
    const silent = await dplink(['enumerate', ...line, '--duration', '500ms', '--interval', '200ms']);
    expect([silent.code, silent.stdout]).toEqual([1, 'no session answered (3 queries)\n']);
    expect(silent.stderr).toMatch(
      /\d+ bytes arrived, 0 intact frames among them: have both ends the same settings\?/,
    );
  });

  test('interrupted, it tells what it has found so far and exits with 130', { timeout: 60_000 }, async () => {
    const { near, far } = cable();
    const port = await openSerialPort({ path: far.path, settings: SETTINGS });
    hosting(seat('host', [{ name: 'com', kind: 'serial', port }]));
    const running = start(['enumerate', '--port', near.path, '--baud', '9600', '--duration', '1h']);
    await running.printed(/asking/);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    running.process.kill('SIGINT');
    const { code, stdout } = await running.finished;
    expect(code).toBe(130);
    expect(stdout).toMatch(/\nKitchen table /);
  });
});

describe.skipIf(process.platform !== 'linux')('dplink enumerate over UDP', () => {
  test('asks port 6073 and tells where the session is to be joined', { timeout: 60_000 }, async () => {
    const host = hosting(seat('host', [await udpLine('lan', HERE, true)]));
    const { code, stdout } = await dplink(['enumerate', '--hostname', HERE, '--first', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      asked: [`${HERE}:6073`],
      sessions: [{ name: 'Kitchen table', where: host.addresses[0] }],
    });
    const url = `x-directplay:/provider=%7BEBFE7BA0-628D-11D2-AE0F-006097B01411%7D;hostname=${HERE};port=6073`;
    const named = await dplink(['enumerate', '--address', url, '--first']);
    expect([named.code, named.stdout]).toEqual([0, expect.stringContaining(host.addresses[0]!)]);
  });
});

describe('dplink enumerate refuses', () => {
  const refusal = async (...args: string[]): Promise<[number | null, string]> => {
    const { code, stderr } = await dplink(['enumerate', ...args]);
    return [code, stderr.split('\n').find((line) => line.startsWith('dplink: ')) ?? ''];
  };

  test('what names no line, no host or no time, with 2; a port that is not there, with 3', {
    timeout: 60_000,
  }, async () => {
    const needed = 'dplink: a line is needed: --port PATH, --address URL, --rig FILE or --hostname HOST';
    expect(await refusal()).toEqual([2, needed]);
    expect(await refusal('--hostname', 'a b')).toEqual([
      2,
      'dplink: --hostname: expected HOST or HOST:PORT, got "a b"',
    ]);
    expect(await refusal('--hostname', '127.0.0.1', '--duration', '1ms')).toEqual([
      2,
      expect.stringContaining('500ms to 72h'),
    ]);
    expect(await refusal('--rig', 'rigs/virtual-null-modem.yaml')).toEqual([
      2,
      expect.stringContaining('nobody at its other end'),
    ]);
    expect(await refusal('--port', '/dev/does-not-exist')).toEqual([
      3,
      expect.stringContaining('does not exist'),
    ]);
  });
});
