/** tshark with the generated dissector against our own codec: a foreign eye on every packet kind. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureWriter } from '../../src/port/capture.ts';
import { LINKTYPE_USER0 } from '../../src/port/capture-block.ts';
import { PACKETS, SESSION_PACKETS } from '../../src/wire/declarations.ts';
import { dissectorText, filterName } from '../../src/wire/dissector.ts';
import { encoder } from '../../src/wire/encode.ts';
import { type Listed, listDatagram, listSerialFrame } from '../../src/wire/listing.ts';
import { COMMAND_FRAMES } from '../../src/wire/transport-packet.ts';
import { arbitraryOf } from '../wire/arbitraries.ts';
import { damagedSpecimens, goodSpecimens, lyingSpecimens, type Specimen } from './specimens.ts';

const TSHARK = 'tshark';
const hasTshark = spawnSync(TSHARK, ['--version']).status === 0;
const seed = 20_261_121;

/** Raw IP packets, for datagrams. */
const LINKTYPE_RAW = 101;

function fail(error: Error): never {
  throw error;
}

/** A datagram from port 2302 to port 2302 of this machine, in IPv4 without checksums. */
function overUdp(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(28 + payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
  view.setUint16(2, bytes.length);
  view.setUint16(20, 2302);
  view.setUint16(22, 2302);
  view.setUint16(24, 8 + payload.length);
  bytes.set(payload, 28);
  return bytes;
}

/** What one reader of a frame says: each field with its place and bytes, and what is wrong. */
interface Reading {
  readonly fields: readonly string[];
  readonly problems: readonly string[];
}

function ours(listed: Listed, bytes: Uint8Array): Reading {
  const fields: string[] = [];
  const problems: string[] = [];
  const visit = (listed: Listed): void => {
    for (const { packet, field, offset } of listed.problems) problems.push(`${packet} ${field} @${offset}`);
    for (const item of listed.items) {
      if ('items' in item) visit(item);
      else if (item.size > 0) {
        const raw = Buffer.from(bytes.subarray(item.offset, item.offset + item.size)).toString('hex');
        const name = filterName(item.of ?? listed.packet, item.field);
        fields.push(`${name} @${item.offset} ${raw} ${said(name, String(item.value))}`);
      }
    }
  };
  visit(listed);
  return { fields, problems };
}

const PACKET_NAMES = new Set(PACKETS.map(({ name }) => name));

/** The packets in a frame, one inside the other; its own header and the structures of packets left out. */
function packetsOf({ packet, items }: Listed): string[] {
  const inner = items.flatMap((item) => ('items' in item ? packetsOf(item) : []));
  return PACKET_NAMES.has(packet) && packet !== '_MESSAGE_HEADER' ? [packet, ...inner] : inner;
}

/** Reads tshark's PDML, one reading per packet; what we dissect begins `from` bytes into it. */
function theirs(pdml: string, from = 0): Reading[] {
  return pdml
    .split('<packet>')
    .slice(1)
    .map((packet) => {
      const fields: string[] = [];
      const problems: string[] = [];
      for (const [, attributes] of packet.matchAll(/<field ([^>]*)>/g)) {
        const get = (name: string): string =>
          new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes!)?.[1] ?? '';
        const name = get('name');
        if (name === '_ws.expert.message') {
          const problem = /^(.* @\d+): /.exec(get('show'));
          if (problem) problems.push(problem[1]!);
        } else if (name.startsWith('dpdx.') && name !== 'dpdx.malformed') {
          fields.push(`${name} @${Number(get('pos')) - from} ${get('value')} ${said(name, get('show'))}`);
        }
      }
      return { fields, problems };
    });
}

/** How the dissector shows each field, by its filter name. */
const shownAs = new Map<string, string>();
for (const [, show, filter] of dissectorText().matchAll(/show = "?(\w+)"?, filter = "([^"]*)"/g)) {
  shownAs.set(filter!, show!);
}

/** A value in a form that both readers share; bytes and IPv6 text are compared as bytes only. */
function said(name: string, value: string): string {
  const show = shownAs.get(name)!;
  if (/^\d$/.test(show)) return String(Number(value));
  if (show === 'guid' || show === 'ipv4') return value.toUpperCase();
  return show === 'text' && /^\w*$/.test(value) ? value : '';
}

describe.skipIf(!hasTshark)(
  `the generated dissector in tshark${hasTshark ? '' : ' (skipped: no tshark here)'}`,
  () => {
    let folder = '';
    let script = '';

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'dplink-dissector-'));
      script = join(folder, 'dpdx.lua');
      writeFileSync(script, dissectorText());
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function dissect(specimens: readonly Specimen[]): { readings: Reading[]; complaints: string } {
      const path = join(folder, 'frames.pcapng');
      const writer = new CaptureWriter(path, [{ name: 'near', linkType: LINKTYPE_USER0 }], {
        onFailure: fail,
      });
      specimens.forEach(({ bytes, what }, i) => {
        writer.add({
          port: 0,
          time: 1_000_000 + i,
          direction: i % 2 ? 'sent' : 'received',
          bytes,
          comment: what,
        });
      });
      writer.close();
      const run = spawnSync(TSHARK, ['-X', `lua_script:${script}`, '-r', path, '-T', 'pdml'], {
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
      });
      return { readings: theirs(run.stdout), complaints: run.stderr.replace(/Running as user.*\n/g, '') };
    }

    function agree(specimens: readonly Specimen[]): void {
      const { readings, complaints } = dissect(specimens);
      expect(complaints).not.toMatch(/lua/i);
      expect(readings.length).toBe(specimens.length);
      for (const [i, { bytes, what }] of specimens.entries())
        expect(readings[i], what).toEqual(ours(listSerialFrame(bytes), bytes));
    }

    it('agrees field by field on good frames of every packet kind', { timeout: 120_000 }, () => {
      const specimens = goodSpecimens(seed, 6);
      for (const { bytes, what } of specimens)
        expect(ours(listSerialFrame(bytes), bytes).problems, what).toEqual([]);
      const kinds = new Set(specimens.map(({ what }) => what));
      const onSerial = PACKETS.filter(({ name }) => name !== '_MESSAGE_HEADER' && name !== 'SESS_PATH_TEST');
      for (const { name } of onSerial) expect(kinds).toContain(name);
      agree(specimens);
    });

    it('agrees on which field lies in frames whose CRCs are right', { timeout: 240_000 }, () => {
      const specimens = lyingSpecimens(seed);
      expect(
        specimens.filter(({ bytes }) => ours(listSerialFrame(bytes), bytes).problems.length > 0).length,
      ).toBeGreaterThan(500);
      agree(specimens);
    });

    it('flags every damaged header and body by its CRC, size or type', { timeout: 120_000 }, () => {
      const specimens = damagedSpecimens(seed);
      for (const { bytes, what } of specimens)
        expect(ours(listSerialFrame(bytes), bytes).problems, what).not.toEqual([]);
      agree(specimens);
    });

    it('reads datagrams over UDP, path tests included', () => {
      const packets = [...SESSION_PACKETS, ...COMMAND_FRAMES];
      const datagrams = packets.flatMap((packet) =>
        fc
          .sample(arbitraryOf(packet, true), { seed, numRuns: 4 })
          .map((record) => encoder(packet)(record as never)),
      );
      const path = join(folder, 'datagrams.pcapng');
      const writer = new CaptureWriter(path, [{ name: 'udp', linkType: LINKTYPE_RAW }], { onFailure: fail });
      for (const bytes of datagrams)
        writer.add({ port: 0, time: 0, direction: 'sent', bytes: overUdp(bytes) });
      writer.close();
      const args = ['-X', `lua_script:${script}`, '-r', path, '-d', 'udp.port==2302,dpdx_udp', '-T', 'pdml'];
      const readings = theirs(spawnSync(TSHARK, args, { encoding: 'utf8', maxBuffer: 2 ** 30 }).stdout, 28);
      expect(readings).toEqual(datagrams.map((bytes) => ours(listDatagram(bytes), bytes)));
    });

    it('names each packet in the list, and what is wrong with it', () => {
      const good = goodSpecimens(seed, 1);
      const damaged = damagedSpecimens(seed).slice(0, 10);
      dissect([...good, ...damaged]);
      const args = ['-X', `lua_script:${script}`, '-r', join(folder, 'frames.pcapng')];
      const listed = execFileSync(TSHARK, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        .trimEnd()
        .split('\n');
      expect(listed).toHaveLength(good.length + damaged.length);
      good.forEach(({ bytes }, i) => {
        for (const name of packetsOf(listSerialFrame(bytes)).slice(0, 2)) expect(listed[i]).toContain(name);
      });
      for (const line of listed.slice(good.length)) expect(line).toMatch(/DPDX .*\[\w+ .+\]/);
    });

    it('finds frames by filter, direction and malformed mark', () => {
      const good = goodSpecimens(seed, 1);
      const { length } = dissect([...good, ...damagedSpecimens(seed).slice(0, 10)]).readings;
      const count = (filter: string): number => {
        const args = ['-X', `lua_script:${script}`, '-r', join(folder, 'frames.pcapng'), '-Y', filter];
        return execFileSync(TSHARK, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
          .split('\n')
          .filter((line) => line !== '').length;
      };
      expect(count('dpdx')).toBe(length);
      expect(count('dpdx.malformed')).toBe(10);
      expect(count('dpdx.trans_command_sack.bextopcode == 6 && !dpdx.malformed')).toBe(1);
    });
  },
);
