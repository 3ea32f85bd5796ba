import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lineText, UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { readRun } from '../../src/report/kept-run.ts';
import { summaryLines } from '../../src/report/summary.ts';
import type { Result } from '../../src/soak/result.ts';
import { madeUpResult } from '../view/made-up-run.ts';

const root = mkdtempSync(join(tmpdir(), 'dplink-outages-'));
afterAll(() => rmSync(root, { recursive: true }));

const OUTAGES = {
  count: 3,
  list: [
    { lostAt: 4, backAt: 5.25, firstFrameAt: 5.5, cause: 'the port vanished <b>' },
    { lostAt: 12, backAt: null, firstFrameAt: null, cause: 'unplugged' },
  ],
};

const PASSAGE = { frames: 640, bytes: 172_430, framesLost: 28, bytesLost: 1432, bytesInserted: 7 };

function troubled(): Result {
  const result = madeUpResult();
  const [stream] = result.streams;
  const { from, to, delivered, bytesDelivered, goodputBytesPerSecond, lineUtilisation } = stream!;
  const figures = { delivered, bytesDelivered, goodputBytesPerSecond, lineUtilisation };
  return {
    ...result,
    warnings: ['the ends are set differently'],
    ends: result.ends.map((end) => (end.name === 'near' ? { ...end, outages: OUTAGES } : end)),
    directions: [{ from, to, measured: true, saturated: true, ...figures, passage: PASSAGE }],
  };
}

function pageOf(result: Result): string {
  writeFileSync(join(root, 'result.json'), JSON.stringify(result));
  return htmlReport([readRun(root)!]);
}

describe('a page', () => {
  it('lists when a port was away, how long until it was back, and until the first good frame', () => {
    const page = pageOf(troubled());
    const table = page.split('id="port-outages"')[1]!.split('</table>')[0]!;
    const rows = [...table.matchAll(/<tr><th scope="row">.*?<\/tr>/gs)].map(([row]) =>
      row
        .replace(/<[^>]+>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim(),
    );
    expect(rows).toEqual([
      'near 0:04 1.25 s 1.50 s the port vanished &lt;b&gt;',
      'near 0:12 never never unplugged',
    ]);
    expect(page).toContain('and 1 more in the journal');
    expect(page).toContain('"text":"the port of near was away: unplugged, 0:12 to 0:15"');
  });

  it('says what the line swallowed and what it added, direction by direction', () => {
    const table = pageOf(troubled()).split('id="passage"')[1]!.split('</table>')[0]!;
    expect(table).toMatch(/near to far.*640.*28.*172,430.*1,432.*7/s);
    expect(pageOf(madeUpResult())).not.toContain('id="passage"');
  });

  it('shows the warnings of a run, and the snapshots that were kept of its dashboard', () => {
    writeFileSync(join(root, 'snapshot-10.txt'), 'the later one');
    writeFileSync(join(root, 'snapshot-2.txt'), 'frames <script> ⣿⣀');
    const page = pageOf(troubled());
    expect(page).toContain('Note: the ends are set differently');
    expect(page).toContain('<pre>frames &lt;script&gt; ⣿⣀</pre>');
    expect(page.indexOf('snapshot-2.txt')).toBeLessThan(page.indexOf('snapshot-10.txt'));
  });
});

describe('the summary', () => {
  it('tells of the line, of ports that were away and of warnings where there is something to tell', () => {
    const text = (result: Result): string =>
      summaryLines(result, { width: 80, glyphs: UNICODE_GLYPHS }).map(lineText).join('\n');
    const told = text(troubled());
    expect(told).toContain('the line: 28 of 640 frames lost, 1,432 bytes lost, 7 inserted');
    expect(told).toMatch(/times port was away +3 +0/);
    expect(told).toContain('note: the ends are set differently');
    expect(text(madeUpResult())).not.toMatch(/times port was away|the line:|note:/);
  });
});
