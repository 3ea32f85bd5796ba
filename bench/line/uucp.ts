/** The `i` protocol of Debian's Taylor UUCP: two uucico with configurations of their own. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bothEnds, findProgram, pause, startProgram } from './child-program.ts';
import { bytesPerSecond, type Condition, ceiling } from './condition.ts';
import type { Contender } from './contender.ts';

/** More packets it does not leave unacknowledged. */
const WINDOW = 16;
/** Its largest packet. */
const PACKET_MAX = 4_095;

/** Started by root these programs become the user `uucp`, who must get at everything. */
const OPEN_TO_ALL = 0o777;

function parameters(condition: Condition): string[] {
  const { bitErrorRatio, latencyMs } = condition;
  const best = bitErrorRatio === 0 ? PACKET_MAX : ceiling(bitErrorRatio).payload;
  // A window must cover the round trip, or the line waits for acknowledgments.
  const least = Math.ceil((1.5 * bytesPerSecond(condition) * 2 * latencyMs) / 1_000 / WINDOW);
  const size = Math.min(PACKET_MAX, Math.max(best, least));
  const seconds = (WINDOW * size) / bytesPerSecond(condition) + (2 * latencyMs) / 1_000;
  return [`window ${WINDOW}`, `packet-size ${size}`, `timeout ${Math.ceil(seconds)}`, 'errors 100000000'];
}

/** Writes the configuration of one side; returns its path. */
function configure(directory: string, condition: Condition, partner: string): string {
  for (const name of ['', 'spool', 'pub', 'lock']) {
    mkdirSync(join(directory, name), { recursive: true });
    chmodSync(join(directory, name), OPEN_TO_ALL);
  }
  const at = (name: string): string => join(directory, name);
  writeFileSync(
    at('config'),
    [
      `nodename ${partner === 'far' ? 'near' : 'far'}`,
      ...['spool', 'lock'].map((name) => `${name === 'lock' ? 'lockdir' : name} ${at(name)}`),
      `pubdir ${at('pub')}`,
      ...['log', 'stat', 'debug'].map((name) => `${name}file ${at(name)}`),
      `sysfile ${at('sys')}`,
      `portfile ${at('port')}`,
      '',
    ].join('\n'),
  );
  writeFileSync(
    at('sys'),
    [
      `system ${partner}`,
      'time any',
      'port line',
      'chat ""',
      'protocol i',
      ...parameters(condition).map((text) => `protocol-parameter i ${text}`),
      'local-send /',
      'local-receive /',
      'remote-send /',
      'remote-receive /',
      '',
    ].join('\n'),
  );
  // Standard input: it refuses to set the rates that it does not know, such as 33600.
  writeFileSync(at('port'), 'port line\ntype stdin\n');
  return at('config');
}

export const uucp: Contender = {
  name: 'uucp i',
  settings: (condition) => parameters(condition).slice(0, 3).join(', '),
  isInstalled: () => findProgram('uucico') !== undefined && findProgram('uucp') !== undefined,
  async start({ condition, near, far, directory, file, received }) {
    const uucico = findProgram('uucico')!;
    const sides = [join(directory, 'near'), join(directory, 'far')] as const;
    for (const path of [directory, dirname(received)]) chmodSync(path, OPEN_TO_ALL);
    const nearConfig = configure(sides[0], condition, 'far');
    const farConfig = configure(sides[1], condition, 'near');
    execFileSync(findProgram('uucp')!, ['-I', nearConfig, '-r', file, `far!${received}`]);
    const sender = startProgram({
      program: uucico,
      arguments: ['-I', nearConfig, '-r1', '-D', '-f', '-s', 'far', '-p', 'line'],
      directory: sides[0],
      port: near,
    });
    // The side that is called speaks first, and should not before somebody listens.
    await pause(500);
    const receiver = startProgram({
      program: uucico,
      arguments: ['-I', farConfig, '-r0', '-D'],
      directory: sides[1],
      port: far,
    });
    return bothEnds(sender, receiver);
  },
};
