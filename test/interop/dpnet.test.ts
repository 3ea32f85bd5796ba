/** A session recorded between two dplink ends on UDP, read by tshark's own DirectPlay 8 dissector: another eye on what we send. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CaptureWriter } from '../../src/port/capture.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { ENUMERATION_PORT } from '../../src/port/udp-port.ts';
import { encodeDatagram } from '../../src/wire/datagram.ts';
import { parseNetworkAddress } from '../../src/wire/network-address.ts';
import { type Sent, seat, udpLine } from '../port/bench-of-sessions.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
/** Raw IP packets. */
const LINKTYPE_RAW = 101;
/** A loopback address of its own, so that port 6073 is not shared with other tests. */
const HERE = '127.0.60.75';

/** The datagram of a message with the IPv4 and UDP headers that it had on its way, without checksums. */
function onTheWay({ from, endpoint, message }: Sent): Uint8Array {
  const payload = encodeDatagram(message);
  const [source, target] = [parseNetworkAddress(from)!, parseNetworkAddress(endpoint.address)!];
  const bytes = new Uint8Array(28 + payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0]);
  bytes.set(source.host.split('.').map(Number), 12);
  bytes.set(target.host.split('.').map(Number), 16);
  view.setUint16(2, bytes.length);
  view.setUint16(20, source.port);
  view.setUint16(22, target.port);
  view.setUint16(24, 8 + payload.length);
  bytes.set(payload, 28);
  return bytes;
}

describe.skipIf(!hasTshark || process.platform !== 'linux')(
  `the dpnet dissector of tshark${hasTshark ? '' : ' (skipped: no tshark here)'}`,
  () => {
    let folder = '';
    let file = '';
    let hostPort = 0;
    const sent: Sent[] = [];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'dplink-dpnet-'));
      file = join(folder, 'session.pcapng');
      const record = (message: Sent) => sent.push(message);
      const host = seat('host', [await udpLine('lan', HERE, true)], record);
      const guest = seat('guest', [await udpLine('lan', HERE)], record);
      hostPort = parseNetworkAddress(host.addresses[0]!)!.port;
      const now = (): number => monotonicClock.now();
      host.session.host(now(), { name: 'Hostess', sessionName: 'Kitchen table', playersMax: 8 });
      const asked = { line: 'lan', address: `${HERE}:${ENUMERATION_PORT}` };
      guest.session.join(now(), asked, { name: 'Guest' });
      guest.driver.wake();
      const until = (is: () => boolean) => vi.waitUntil(is, { timeout: 10_000 });
      const hears = (type: string) => until(() => host.events.some((event) => event.type === type));
      await until(() => guest.session.state === 'joined');
      await hears('playerJoined');
      guest.session.chat(now(), 'hello');
      guest.driver.wake();
      await hears('chat');
      guest.session.leave(now());
      guest.driver.wake();
      await until(() => guest.session.state === 'idle');
      await Promise.all([host.close(), guest.close()]);
      const writer = new CaptureWriter(file, [{ name: 'lan', linkType: LINKTYPE_RAW }], {
        onFailure: (error) => {
          throw error;
        },
      });
      sent.forEach((each, i) => {
        writer.add({ port: 0, time: 1_000_000 + i, direction: 'sent', bytes: onTheWay(each) });
      });
      writer.close();
    }, 60_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function tshark(...args: string[]): string[] {
      const all = [
        '-r',
        file,
        '-d',
        `udp.port==${hostPort},dpnet`,
        '-d',
        `udp.port==${ENUMERATION_PORT},dpnet`,
      ];
      return execFileSync('tshark', [...all, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .split('\n')
        .filter((line) => line !== '');
    }
    const fields = (filter: string, ...names: string[]): string[][] =>
      tshark('-Y', filter, '-T', 'fields', ...names.flatMap((name) => ['-e', name])).map((line) =>
        line.split('\t'),
      );

    it('knows every datagram of the session and finds none malformed', () => {
      expect(tshark('-Y', 'dpnet')).toHaveLength(sent.length);
      expect(tshark('-Y', '_ws.malformed')).toEqual([]);
      expect(sent.length).toBeGreaterThan(20);
    });

    it('reads the query and the answer as we meant them', () => {
      const [query] = fields(
        'dpnet.command == 2',
        'udp.dstport',
        'dpnet.payload',
        'dpnet.type',
        'dpnet.application',
      );
      expect(query).toEqual([
        String(ENUMERATION_PORT),
        expect.any(String),
        expect.stringMatching(/^(0x0*)?1$/),
        // tshark reads the GUID of a query with its words the wrong way round, and that of an answer the right way.
        expect.stringMatching(/^(da80ef61-1b69-4742|61ef80da-691b-4247)-9add-1c7bed2bc13e$/),
      ]);
      const [answer] = fields(
        'dpnet.command == 3',
        'udp.srcport',
        'dpnet.payload',
        'dpnet.reply_offset',
        'dpnet.desc_size',
        'dpnet.max_players',
        'dpnet.current_players',
        'dpnet.session_name',
        'dpnet.session.migrate',
        'dpnet.session.password',
      );
      expect(answer!.slice(0, 2)).toEqual([String(hostPort), query![1]]);
      expect(answer!.slice(2, 6).map(Number)).toEqual([0, 80, 8, 1]);
      expect(answer![6]).toBe('Kitchen table');
      expect(answer!.slice(7)).toEqual([
        expect.stringMatching(/^(1|True)$/),
        expect.stringMatching(/^(0|False)$/),
      ]);
    });

    it('reads CONNECT, CONNECT_ACCEPT and SACK, with one session number and the protocol version', () => {
      const commands = sent.filter(
        ({ message: { kind, body } }) => kind === 'transport' && (body[0]! & 0x01) === 0,
      ).length;
      const frames = fields(
        'dpnet.control.cframe == 1',
        'dpnet.cframe.control',
        'dpnet.cframe.session',
        'dpnet.cframe.protocol',
      );
      expect(frames).toHaveLength(commands);
      const handshake = frames.filter(([, session]) => session !== '');
      expect(handshake.map(([opcode]) => Number(opcode)).slice(0, 3)).toEqual([1, 2, 2]);
      expect(new Set(handshake.map(([, session]) => session)).size).toBe(1);
      for (const [, , version] of handshake) expect(Number(version)).toBe(0x0001_0000);
      expect(frames.some(([opcode]) => Number(opcode) === 6)).toBe(true);
    });

    it('reads the flags of every data frame as we set them', () => {
      const flags = ['reliable', 'sequential', 'poll', 'new_msg', 'end_msg', 'user1'];
      const names = flags.map((flag) => `dpnet.control.${flag}`);
      const bits = fields('dpnet.control.data == 1', ...names).map((row) =>
        row.reduce((all, value, i) => all | (/^(1|True)$/.test(value) ? 2 << i : 0), 1),
      );
      const ours = sent.flatMap(({ message: { kind, body } }) =>
        kind === 'transport' && (body[0]! & 0x01) !== 0 ? [body[0]! & 0x7f] : [],
      );
      expect(bits).toEqual(ours);
    });
  },
);
