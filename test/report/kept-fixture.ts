/** A run directory as a real run leaves it, made in virtual time by the command itself: noise, a cut, two streams. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dplink } from '../cli/dplink.ts';

/** A rig whose name tries to break out of a page, with a line that is noisy and cut for 8 seconds. */
export const HOSTILE_NAME = `cut <script>document.title='broken out'</script> & "quoted"`;

/** A kept run. */
export interface KeptFixture {
  readonly root: string;
  /** The run directory. */
  readonly path: string;
  /** The page that the run wrote itself. */
  readonly html: string;
  readonly code: number | null;
  remove(): void;
}

/** Runs a simulation of `duration` and keeps what it leaves. */
export async function keptFixture(duration: string, seed: string): Promise<KeptFixture> {
  const root = mkdtempSync(join(tmpdir(), 'dplink-kept-'));
  const rig = join(root, 'rig.yaml');
  const html = join(root, 'own.html');
  writeFileSync(
    rig,
    [
      `name: ${JSON.stringify(HOSTILE_NAME)}`,
      'ends: { near: simulated, far: simulated }',
      'line:',
      '  baud: 115200',
      '  bit_error_ratio: 2.0e-5',
      '  events:',
      '    - { at: 10s, carrier: lost, for: 8s }',
      '',
    ].join('\n'),
  );
  const runs = join(root, 'runs');
  const flags = ['--rig', rig, '--runs', runs, '--duration', duration, '--seed', seed, '--html', html];
  const { code, stderr } = await dplink(['simulate', ...flags, '--ui', 'none']);
  const [name] = readdirSync(runs);
  if (name === undefined) throw new Error(stderr);
  return {
    ...{ root, html, code },
    path: join(runs, name),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
