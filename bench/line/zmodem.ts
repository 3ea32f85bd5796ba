/** ZMODEM by Debian's lrzsz: `sz` to `rz`. */
import { dirname } from 'node:path';
import { bothEnds, findProgram, pause, startProgram } from './child-program.ts';
import { type Condition, ceiling } from './condition.ts';
import type { Contender } from './contender.ts';

/** Subpackets are 32 to 1024 bytes, or 8 KiB where nothing is damaged. */
function arguments_({ bitErrorRatio }: Condition): string[] {
  if (bitErrorRatio === 0) return ['--start-8k'];
  const { payload } = ceiling(bitErrorRatio);
  return ['--packetlen', `${Math.max(32, Math.min(1_024, payload))}`];
}

export const zmodem: Contender = {
  name: 'ZMODEM',
  settings: (condition) => `sz ${arguments_(condition).join(' ')}`,
  isInstalled: () => findProgram('sz') !== undefined && findProgram('rz') !== undefined,
  async start({ condition, near, far, directory, file, received }) {
    // rz takes the name from the sender: both files are called alike, in different directories.
    const receiver = startProgram({
      program: findProgram('rz')!,
      arguments: ['--binary', '--quiet', '--overwrite'],
      directory: dirname(received),
      port: far,
    });
    await pause(200);
    const sender = startProgram({
      program: findProgram('sz')!,
      arguments: ['--binary', '--quiet', ...arguments_(condition), file],
      directory,
      port: near,
    });
    return bothEnds(sender, receiver);
  },
};
