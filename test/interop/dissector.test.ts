/** tshark with the generated dissector against our own codec: a foreign eye on every packet kind. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaptureWriter, LINKTYPE_USER0 } from '../../src/port/capture.ts';
import { PACKETS } from '../../src/wire/declarations.ts';
import { dissectorText, filterName } from '../../src/wire/dissector.ts';
import { type Listed, listSerialFrame } from '../../src/wire/listing.ts';
import { damagedSpecimens, goodSpecimens, lyingSpecimens, type Specimen } from './specimens.ts';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const seed = 20_261_121;

/** What one reader of a frame says: each field with its place and bytes, and what is wrong. */
interface Reading {
  readonly fields: readonly string[];
  readonly problems: readonly string[];
}

function ours(bytes: Uint8Array): Reading {
  const fields: string[] = [];
  const problems: string[] = [];
  const visit = (listed: Listed): void => {
    for (const { packet, field, offset } of listed.problems) problems.push(`${packet} ${field} @${offset}`);
    for (const item of listed.items) {
      if ('items' in item) visit(item);
      else if (item.size > 0) {
        const raw = Buffer.from(bytes.subarray(item.offset, item.offset + item.size)).toString('hex');
        const said = typeof item.value === 'number' ? item.value : '';
        fields.push(`${filterName(item.of ?? listed.packet, item.field)} @${item.offset} ${raw} ${said}`);
      }
    }
  };
  visit(listSerialFrame(bytes));
  return { fields, problems };
}

/** Reads tshark's PDML, one reading per packet. */
function theirs(pdml: string): Reading[] {
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
          const said = /^0x[0-9a-f]+$/.test(get('show')) && isInteger(name) ? Number(get('show')) : '';
          fields.push(`${name} @${get('pos')} ${get('value')} ${said}`);
        }
      }
      return { fields, problems };
    });
}

const integers = new Set<string>();

function isInteger(name: string): boolean {
  return integers.has(name);
}

function learnIntegers(dissector: string): void {
  for (const [, filter] of dissector.matchAll(/show = \d, filter = "([^"]*)"/g)) integers.add(filter!);
}

describe.skipIf(!hasTshark)(
  `the generated dissector in tshark${hasTshark ? '' : ' (skipped: no tshark here)'}`,
  () => {
    let folder = '';
    let script = '';

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'dplink-dissector-'));
      script = join(folder, 'dpdx.lua');
      const text = dissectorText();
      learnIntegers(text);
      writeFileSync(script, text);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function dissect(specimens: readonly Specimen[]): { readings: Reading[]; complaints: string } {
      const path = join(folder, 'frames.pcapng');
      const writer = new CaptureWriter(path, [{ name: 'near', linkType: LINKTYPE_USER0 }], (error) => {
        throw error;
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
      const run = spawnSync('tshark', ['-X', `lua_script:${script}`, '-r', path, '-T', 'pdml'], {
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
      });
      return { readings: theirs(run.stdout), complaints: run.stderr.replace(/Running as user.*\n/g, '') };
    }

    function agree(specimens: readonly Specimen[]): void {
      const { readings, complaints } = dissect(specimens);
      expect(complaints).not.toMatch(/lua/i);
      expect(readings.length).toBe(specimens.length);
      for (const [i, { bytes, what }] of specimens.entries()) expect(readings[i], what).toEqual(ours(bytes));
    }

    it('agrees field by field on good frames of every packet kind', { timeout: 120_000 }, () => {
      const specimens = goodSpecimens(seed, 6);
      for (const { bytes, what } of specimens) expect(ours(bytes).problems, what).toEqual([]);
      const kinds = new Set(specimens.map(({ what }) => what));
      const onSerial = PACKETS.filter(({ name }) => name !== '_MESSAGE_HEADER' && name !== 'SESS_PATH_TEST');
      for (const { name } of onSerial) expect(kinds).toContain(name);
      agree(specimens);
    });

    it('agrees on which field lies in frames whose CRCs are right', { timeout: 240_000 }, () => {
      const specimens = lyingSpecimens(seed);
      expect(specimens.filter(({ bytes }) => ours(bytes).problems.length > 0).length).toBeGreaterThan(500);
      agree(specimens);
    });

    it('flags every damaged header and body by its CRC, size or type', { timeout: 120_000 }, () => {
      const specimens = damagedSpecimens(seed);
      for (const { bytes, what } of specimens) expect(ours(bytes).problems, what).not.toEqual([]);
      agree(specimens);
    });

    it('finds frames by filter, direction and malformed mark', () => {
      const good = goodSpecimens(seed, 1);
      const { length } = dissect([...good, ...damagedSpecimens(seed).slice(0, 10)]).readings;
      const count = (filter: string): number => {
        const args = ['-X', `lua_script:${script}`, '-r', join(folder, 'frames.pcapng'), '-Y', filter];
        return execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
          .split('\n')
          .filter((line) => line !== '').length;
      };
      expect(count('dpdx')).toBe(length);
      expect(count('dpdx.malformed')).toBe(10);
      expect(count('dpdx.trans_command_sack.bextopcode == 6 && !dpdx.malformed')).toBe(1);
    });
  },
);
