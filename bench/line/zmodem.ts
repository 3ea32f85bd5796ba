/** ZMODEM by Debian's lrzsz: `sz` to `rz`. */
import { dirname } from 'node:path';
import { bothEnds, findProgram, pause, startProgram } from './child-program.ts';
import type { Condition } from './condition.ts';
import type { Contender } from './contender.ts';

/**
 * By trial, for each error ratio up to so much: bytes of a subpacket, and of the window. An error costs everything
 * under way, so that on a bad line little should be; a window costs waits.
 */
const SIZES: readonly (readonly [upTo: number, subpacket: number, window: number])[] = [
  [1e-6, 1_024, 4_096],
  [1e-5, 512, 2_048],
  [3e-5, 256, 1_024],
  [1, 128, 512],
];
/** The least window where bytes are under way for long. */
const DISTANT_WINDOW = 2_048;

function settings({ bitErrorRatio, latencyMs }: Condition): string[] {
  if (bitErrorRatio === 0) return ['--start-8k'];
  const [, subpacket, usual] = SIZES.find(([upTo]) => bitErrorRatio <= upTo)!;
  const window = latencyMs > 0 ? Math.max(DISTANT_WINDOW, usual) : usual;
  return ['--packetlen', `${subpacket}`, '--windowsize', `${window}`];
}

export const zmodem: Contender = {
  name: 'ZMODEM',
  settings: (condition) => settings(condition).join(' '),
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
      arguments: ['--binary', '--quiet', ...settings(condition), file],
      directory,
      port: near,
    });
    return bothEnds(sender, receiver);
  },
};
