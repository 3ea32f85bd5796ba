/** Runs the `dplink` command as a user would, from the sources. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** What a finished command left. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly finished: Promise<Finished>;
  /** Resolves with the match once what was printed so far (either stream) matches `pattern`. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts `dplink` with these arguments. */
export function start(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src/cli/main.ts'), ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
  });
  child.stdin.on('error', () => {});
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    for (const watcher of watchers) watcher();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    for (const watcher of watchers) watcher();
  });
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(stdout) ?? pattern.exec(stderr);
        if (match === null) return;
        watchers.delete(look);
        resolve(match);
      };
      watchers.add(look);
      void finished.then(() => {
        look();
        reject(new Error(`ended before it printed ${pattern}:\n${stdout}\n${stderr}`));
      });
      look();
    });
  return { process: child, finished, printed };
}

/** Runs `dplink` to its end. */
export function dplink(
  args: readonly string[],
  options: { cwd?: string; stdin?: string } = {},
): Promise<Finished> {
  const running = start(args, options);
  running.process.stdin.end(options.stdin ?? '');
  return running.finished;
}
