/** A process with an open dashboard that ends in the way its argument says; started by screen.test.ts. */
import { PassThrough } from 'node:stream';
import { UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { Dashboard } from '../../src/view/screen.ts';
import { stateAfter } from './folded.ts';

const [way] = process.argv.slice(2);
// A pipe that passes for a terminal: what is written to it can be read by the test.
Object.assign(process.stdout, { isTTY: true, columns: 80, rows: 24 });
new Dashboard({
  input: new PassThrough() as unknown as NodeJS.ReadStream,
  output: process.stdout,
  env: { TERM: 'xterm-256color' },
  glyphs: UNICODE_GLYPHS,
  colouring: 'colour',
  state: stateAfter(30),
  onQuit: () => {},
  onSnapshot: () => '',
  onLine: () => {},
});

setInterval(() => {}, 1000);
setTimeout(() => {
  if (way === 'throw') throw new Error('our own fault');
  if (way === 'exit') process.exit(7);
  process.kill(process.pid, way);
}, 100);
