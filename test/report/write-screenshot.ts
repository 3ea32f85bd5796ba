/** Renews docs/images/report.png and report-dark.png from a simulated run, report-calls.png from made-up calls: `tsx test/report/write-screenshot.ts`. Not shipped. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { htmlReport } from '../../src/report/html-report.ts';
import { readRun } from '../../src/report/kept-run.ts';
import { dplink } from '../cli/dplink.ts';
import { Chromium, chromiumPath } from './chromium.ts';
import { madeUpCallResult } from './made-up-calls.ts';

const IMAGES = join(import.meta.dirname, '..', '..', 'docs', 'images');
const SIZE = { width: 1240, height: 1180 };

const RIG = `name: noisy line, cut once
ends: { near: simulated, far: simulated }
line:
  baud: 115200
  bit_error_ratio: 1.0e-5
  events:
    - { at: 30s, carrier: lost, for: 8s }
`;

const program = chromiumPath();
if (program === undefined) throw new Error('needs Chromium');
const root = mkdtempSync(join(tmpdir(), 'dplink-picture-'));
const rig = join(root, 'rig.yaml');
const page = join(root, 'report.html');
writeFileSync(rig, RIG);
const runs = join(root, 'runs');
await dplink(['simulate', '--rig', rig, '--duration', '90s', '--seed', '7', '--ui', 'none', '--runs', runs]);
const run = readRun(join(runs, readdirSync(runs)[0]!))!;
// The picture names no place of this machine.
writeFileSync(page, htmlReport([{ ...run, path: `runs/${run.name}` }]));
const browser = await Chromium.start(program);
for (const [scheme, file] of [
  ['light', 'report.png'],
  ['dark', 'report-dark.png'],
] as const) {
  const features = [{ name: 'prefers-color-scheme', value: scheme }];
  await browser.send('Emulation.setEmulatedMedia', { features });
  await browser.send('Emulation.setScrollbarsHidden', { hidden: true });
  await browser.open(page, SIZE.width, SIZE.height);
  await browser.mouse('mouseMoved', 700, 640);
  await browser.settle();
  writeFileSync(join(IMAGES, file), await browser.picture());
}
writeFileSync(join(root, 'result.json'), JSON.stringify(madeUpCallResult(500, 150)));
const calls = readRun(root)!;
writeFileSync(page, htmlReport([{ ...calls, path: 'runs/20261105T142300Z-modem-calls' }]));
await browser.send('Emulation.setEmulatedMedia', {
  features: [{ name: 'prefers-color-scheme', value: 'light' }],
});
await browser.open(page, SIZE.width, 1560);
writeFileSync(join(IMAGES, 'report-calls.png'), await browser.picture());
await browser.close();
rmSync(root, { recursive: true });
