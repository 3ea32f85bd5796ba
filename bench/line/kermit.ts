/** Kermit by Debian's ckermit, sliding windows. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bothEnds, findProgram, pause, startProgram } from './child-program.ts';
import { type Condition, ceiling } from './condition.ts';
import type { Contender } from './contender.ts';

/** More slots it has not. */
const WINDOW = 31;

/** Its packets have about as many bytes around the payload as ours. */
function packetLength({ bitErrorRatio }: Condition): number {
  return bitErrorRatio === 0 ? 4_000 : Math.max(40, Math.min(4_000, ceiling(bitErrorRatio).payload));
}

/**
 * By trial. With all control characters bare it delivers less than the file where bytes are damaged, and with a shorter
 * check now and then an altered one; either way it says that all went well.
 */
function tuning({ bitErrorRatio }: Condition): string[] {
  const prefixing = bitErrorRatio === 0 ? 'set control unprefixed all' : 'set prefixing minimal';
  const timeout = bitErrorRatio < 3e-5 ? [] : ['set send timeout 1 fixed'];
  return [prefixing, 'set block-check 3', ...timeout];
}

function script(condition: Condition, port: string, commands: readonly string[]): string {
  return [
    'set quiet on',
    'set transfer display none',
    'set modem type none',
    'set carrier-watch off',
    `set line ${port}`,
    `set speed ${condition.baud}`,
    'set flow-control none',
    'set parity none',
    'set streaming off',
    'set file type binary',
    'set file names literal',
    'set transfer mode manual',
    ...tuning(condition),
    `set window ${WINDOW}`,
    `set send packet-length ${packetLength(condition)}`,
    `set receive packet-length ${packetLength(condition)}`,
    'set retry 0',
    ...commands,
    'if success exit 0',
    'exit 1',
    '',
  ].join('\n');
}

export const kermit: Contender = {
  name: 'Kermit',
  settings: (condition) =>
    [`window ${WINDOW}`, `packet-length ${packetLength(condition)}`, ...tuning(condition)]
      .map((text) => text.replace('set ', ''))
      .join(', '),
  refuses: ({ baud }) => (baud === 33_600 ? 'it sets no rate of 33600' : undefined),
  isInstalled: () => findProgram('kermit') !== undefined,
  async start({ condition, near, far, directory, file, received }) {
    const run = (name: string, port: string, command: string) => {
      const path = join(directory, name);
      writeFileSync(path, script(condition, port, [command]));
      return startProgram({ program: findProgram('kermit')!, arguments: [path, '-H', '-Y'], directory });
    };
    const receiver = run('receive.ksc', far, `receive ${received}`);
    await pause(300);
    return bothEnds(run('send.ksc', near, `send ${file}`), receiver);
  },
};
