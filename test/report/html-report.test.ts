import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countText, millisecondsText, percentText, scaledText } from '../../src/base/quantity.ts';
import { htmlReport } from '../../src/report/html-report.ts';
import { readRun } from '../../src/report/kept-run.ts';
import type { Result } from '../../src/soak/result.ts';
import { Chromium, chromiumPath } from './chromium.ts';
import { HOSTILE_NAME, type KeptFixture, keptFixture } from './kept-fixture.ts';

let run: KeptFixture;
let result: Result;
beforeAll(async () => {
  run = await keptFixture('40s', '7');
  result = JSON.parse(readFileSync(join(run.path, 'result.json'), 'utf8')) as Result;
}, 60_000);
afterAll(() => run.remove());

describe('a page', () => {
  it('is the same whether the run wrote it or the report makes it, and asks for nothing from anywhere', () => {
    const text = htmlReport([readRun(run.path)!]);
    expect(readFileSync(run.html, 'utf8')).toBe(text);
    expect(text).not.toMatch(/\b(?:src|href)\s*=|url\(|@import|\bfetch\(|^import /m);
    expect(text).not.toContain('<script>document');
    expect(text.length).toBeLessThan(400_000);
  });

  it('of several runs compares them, with the differences from the first', () => {
    const one = readRun(run.path)!;
    const other = { ...one, result: { ...result, durationSeconds: result.durationSeconds + 1.5 } };
    const text = htmlReport([one, other]);
    expect(text).toContain('2 runs compared');
    expect(text).toMatch(/duration<\/th>.*?\+1\.5/s);
    expect(text).toContain('"name":"B: near to far"');
    expect(text).toContain('"ceiling":{"name":"the line","value":11520}');
  });

  it('of runs over lines of different rates draws no ceiling: it would be that of one of them', () => {
    const one = readRun(run.path)!;
    const ends = result.ends.map((end) => ({ ...end, line: { ...end.line, baud: 9600 } }));
    const text = htmlReport([one, { ...one, result: { ...result, ends } }]);
    expect(text).not.toContain('"ceiling":{');
  });

  it('of several runs says why one of them did not pass, and what it was warned of', () => {
    const one = readRun(run.path)!;
    const failed = {
      ...result,
      verdict: 'fail' as const,
      reasons: ['no traffic'],
      warnings: ['set differently'],
    };
    const text = htmlReport([one, { ...one, result: failed }]);
    expect(text).toContain('<li>no traffic</li><li>Note: set differently</li>');
  });
});

const program = chromiumPath();

/** Needs Chromium (Debian package chromium); without it no machine has looked at the page. */
describe.skipIf(program === undefined)('in Chromium, a page', () => {
  let browser: Chromium;
  beforeAll(async () => {
    browser = await Chromium.start(program!);
  }, 60_000);
  afterAll(() => browser.close());

  const cells = (table: string): Promise<string[][]> =>
    browser.evaluate(
      `[...document.querySelectorAll('#${table} tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent.trim()))`,
    );
  const text = (selector: string): Promise<string> =>
    browser.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent.trim()`);
  const middleOf = (selector: string, share: number): Promise<{ x: number; y: number }> =>
    browser.evaluate(
      `(() => { const element = document.querySelector('${selector}'); element.scrollIntoView({ block: 'center' });
        const { x, y, width, height } = element.getBoundingClientRect(); return { x: x + width * ${share}, y: y + height / 2 }; })()`,
    );

  it('shows the figures of result.json', async () => {
    await browser.open(run.html);
    expect(await text('#verdict')).toBe(result.verdict.toUpperCase());
    expect(await text('#seed')).toBe(result.seed);
    expect(await text('h1 span:nth-child(2)')).toContain(HOSTILE_NAME);
    expect(await cells('streams')).toEqual(
      result.streams.map((stream) => [
        `${stream.from} to ${stream.to}`,
        stream.category,
        ...[stream.sent, stream.delivered, stream.lost, stream.duplicated, stream.misordered].map(countText),
        ...[stream.corrupted, stream.truncated].map(countText),
        scaledText(stream.goodputBytesPerSecond, 'B/s'),
        percentText(stream.lineUtilisation),
        ...[stream.latencyMs.p50, stream.latencyMs.p99, stream.latencyMs.max].map(millisecondsText),
      ]),
    );
    const limits = await cells('limits');
    expect(limits.map(([kept, name]) => [kept, name])).toEqual(
      result.limits.map(({ name, pass }) => [pass ? '✓ kept' : '✗ broken', name]),
    );
    const row = (path: string): Promise<string[]> =>
      browser.evaluate(
        `[...document.querySelectorAll('#ends tr[data-path="${path}"] td')].map((cell) => cell.textContent)`,
      );
    for (const [path, read] of [
      ['frames.headerCrcErrors', (end) => end.frames.headerCrcErrors],
      ['frames.messageCrcErrors', (end) => end.frames.messageCrcErrors],
      ['bytes.skipped', (end) => end.bytes.skipped],
      ['connection.retries', (end) => end.connection.retries],
    ] satisfies [string, (end: Result['ends'][number]) => number][]) {
      expect(await row(path)).toEqual(result.ends.map((end) => countText(read(end))));
    }
    const damage = (await cells('damage'))
      .flatMap((row) => row.slice(1))
      .map((cell) => Number(cell.replace(',', '')));
    const damaged = result.ends.map(
      ({ frames }) => frames.headerCrcErrors + frames.messageCrcErrors + frames.truncated,
    );
    expect(damage.reduce((a, b) => a + b)).toBe(damaged.reduce((a, b) => a + b));
  });

  it('is broken out of by no name, asks for nothing, and its program throws nothing', async () => {
    await browser.open(run.html);
    expect(await browser.evaluate('document.title')).not.toBe('broken out');
    expect(browser.requests).toEqual([`file://${run.html}`]);
    expect(browser.complaints).toEqual([]);
  });

  it('draws every chart with the ceiling and the outage in it', async () => {
    await browser.open(run.html);
    const drawn = await browser.evaluate<Record<string, number>>(
      `Object.fromEntries([...document.querySelectorAll('figure')].map((figure) => [figure.id, figure.querySelectorAll('polyline').length]))`,
    );
    expect(drawn).toEqual({
      'chart-throughput': 2,
      'chart-errors': expect.toSatisfy((count: number) => count >= 4),
      'chart-delay': 2,
      'chart-latency': expect.toSatisfy((count: number) => count >= 4),
      'chart-window': 4,
      'chart-retries': 4,
    });
    expect(await text('#chart-throughput .ceiling + text')).toBe('the line: 11.52 kB/s');
    expect(await browser.evaluate(`document.querySelectorAll('#chart-throughput .silence').length`)).toBe(2);
    expect(await text('#outages')).toMatch(/0:\d\d to 0:\d\d: near had frames under way and heard nothing/);
  });

  it('reads out under the mouse in all charts at once, zooms where it is dragged, and back', async () => {
    await browser.open(run.html);
    const place = await middleOf('#chart-throughput .plot', 0.8);
    await browser.mouse('mouseMoved', place.x, place.y);
    expect(await text('#chart-throughput .legend b')).toMatch(/^\d+(\.\d+)? kB\/s$/);
    expect(await text('#chart-window .legend b')).toMatch(/^\d+(\.\d+)? frames$/);
    const whole = await text('#span');
    await browser.mouse('mousePressed', place.x, place.y);
    await browser.mouse('mouseMoved', place.x - 200, place.y);
    await browser.mouse('mouseReleased', place.x - 200, place.y);
    const zoomed = await text('#span');
    expect(zoomed).not.toBe(whole);
    expect(zoomed).toMatch(/^0:\d\d(\.\d)? to 0:\d\d(\.\d)?$/);
    await browser.evaluate(`document.querySelector('[data-zoom=back]').click()`);
    expect(await text('#span')).toBe(whole);
  });

  it('shows delays in powers of ten where it is asked to, and as they are again', async () => {
    await browser.open(run.html);
    const ticks = (id: string): Promise<string[]> =>
      browser.evaluate(
        `[...document.querySelectorAll('#chart-${id} .tick[text-anchor=end]')].map((tick) => tick.textContent)`,
      );
    const [delays, window] = [await ticks('latency'), await ticks('window')];
    const press = (): Promise<unknown> => browser.evaluate(`document.getElementById('log-scale').click()`);
    await press();
    const powers = await ticks('latency');
    expect(powers.length).toBeGreaterThan(1);
    for (const text of powers) expect(text).toMatch(/^10*( s| ms)$|^0\.0*1 ms$/);
    expect(await ticks('window')).toEqual(window);
    expect(
      await browser.evaluate(`document.querySelector('#chart-latency svg').outerHTML.includes('NaN')`),
    ).toBe(false);
    await press();
    expect(await ticks('latency')).toEqual(delays);
    expect(browser.complaints).toEqual([]);
  });

  it('lists the events that hold a text and matter enough', async () => {
    await browser.open(run.html);
    const shown = (): Promise<number> =>
      browser.evaluate(`document.querySelectorAll('#events tbody tr:not([hidden])').length`);
    const notes = await shown();
    await browser.evaluate(
      `(() => { const least = document.getElementById('event-weight'); least.value = '0'; least.dispatchEvent(new Event('input')); })()`,
    );
    const all = await shown();
    expect(all).toBeGreaterThan(notes);
    await browser.evaluate(
      `(() => { const text = document.getElementById('event-text'); text.value = 'DAMAGE'; text.dispatchEvent(new Event('input')); })()`,
    );
    expect(await shown()).toBeLessThan(all);
    expect(await text('#event-count')).toMatch(/^\d+ of \d+ shown$/);
  });

  it('fits a phone, a dark screen and a sheet of paper', async () => {
    await browser.open(run.html, 390, 800);
    expect(await browser.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    const colours = (): Promise<string> =>
      browser.evaluate(
        'getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color',
      );
    const scheme = (value: string): Promise<unknown> =>
      browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
    await scheme('light');
    const light = await colours();
    await scheme('dark');
    expect(await colours()).not.toBe(light);
    await browser.send('Emulation.setEmulatedMedia', { media: 'print', features: [] });
    expect(await browser.evaluate(`getComputedStyle(document.querySelector('.controls')).display`)).toBe(
      'none',
    );
    await browser.send('Emulation.setEmulatedMedia', { media: '', features: [] });
  });

  it('of runs compared shows every measure of each', async () => {
    const one = readRun(run.path)!;
    const other = { ...one, result: { ...result, durationSeconds: result.durationSeconds + 1.5 } };
    const file = join(run.root, 'compared.html');
    writeFileSync(file, htmlReport([one, other]));
    await browser.open(file);
    expect(await browser.evaluate(`document.querySelectorAll('#runs tbody tr').length`)).toBe(2);
    const row = await browser.evaluate<string[]>(
      `[...document.querySelectorAll('#comparison tr[data-path="durationSeconds"] td')].map((cell) => cell.textContent)`,
    );
    expect(row[0]).toBe(`${result.durationSeconds.toFixed(1)} s`);
    expect(row[1]).toContain('+1.5');
    expect(await browser.evaluate(`document.querySelectorAll('#chart-throughput polyline').length`)).toBe(4);
    expect(browser.complaints).toEqual([]);
  });
});
