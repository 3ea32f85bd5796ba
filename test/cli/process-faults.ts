/** What can happen to the two processes of a soak, one script for each: signals, stalls, clocks, disks, readers that go away. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { tinyDisk } from '../report/tiny-disk.ts';
import { dplink } from './dplink.ts';
import type { FaultBench, Kept } from './fault-bench.ts';
import { endOf, type FaultScript, underWay } from './fault-script.ts';
import { checkResult } from './result-check.ts';

/** Sends a signal to the near end or the host, `times` times, once traffic flows. */
function signal(end: 'soak' | 'host', name: NodeJS.Signals, times = 1) {
  return async (bench: FaultBench): Promise<void> => {
    await underWay(bench);
    for (let count = 0; count < times; count++) {
      if (count > 0) await bench.wait(30);
      bench[end].process.kill(name);
    }
  };
}

/** Stops a process for two seconds, as a laptop that goes to sleep. */
function freeze(end: 'soak' | 'host') {
  return async (bench: FaultBench): Promise<void> => {
    await underWay(bench);
    bench[end].process.kill('SIGSTOP');
    await bench.wait(2_000);
    bench[end].process.kill('SIGCONT');
  };
}

/** Throws unless the stall of an end's host was measured, and told. */
function sawStall(name: string, ms: number) {
  return (kept: Kept): void => {
    expect(endOf(kept, name).host?.lagMs.max).toBeGreaterThan(ms);
    expect(kept.result?.warnings?.join('; ')).toMatch(new RegExp(`the host at ${name} was late`));
  };
}

/** A trick on the near end's process, played when it gets SIGUSR2. */
function onUsr2(source: string): string {
  return `process.on('SIGUSR2', () => { ${source} });`;
}

const BUSY_LOOP = onUsr2('for (const end = performance.now() + 1000; performance.now() < end; );');

/** Moves the clock on the wall, and no other. */
function clockStep(hours: number): string {
  return `let shift = 0;
    const Real = Date;
    const now = Date.now;
    globalThis.Date = class extends Real {
      constructor(...told) { if (told.length > 0) super(...told); else super(now() + shift); }
      static now() { return now() + shift; }
    };
    ${onUsr2(`shift = ${hours} * 3600000;`)}`;
}

const DISK_BYTES = 256 * 1024;

/** Whether disks can be mounted here. */
const canMount = ((): boolean => {
  const disk = tinyDisk(DISK_BYTES);
  disk?.remove();
  return disk !== undefined;
})();

/** A small disk for `use`; it is full once traffic flows. */
function fullDisk(
  use: (bench: FaultBench, path: string) => void,
): Pick<FaultScript, 'needsMount' | 'prepare' | 'strike'> {
  const disks = new Map<FaultBench, NonNullable<ReturnType<typeof tinyDisk>>>();
  return {
    needsMount: canMount ? 'given' : 'lacking',
    prepare: (bench) => {
      const disk = tinyDisk(DISK_BYTES)!;
      disks.set(bench, disk);
      bench.later(() => disk.remove());
      use(bench, disk.path);
    },
    strike: async (bench) => {
      await bench.reached('running');
      disks.get(bench)!.fill();
    },
  };
}

/** See the head of the file. */
export const PROCESS_FAULTS: readonly FaultScript[] = [
  {
    name: 'kill -9 of the host',
    isSlow: true,
    output: 'json',
    duration: '60s',
    strike: signal('host', 'SIGKILL'),
    code: 1,
    verdict: 'fail',
    reasons: /no longer answered|fell silent/,
    host: { verdict: 'none', code: null },
  },
  {
    name: 'kill -9 of the near end',
    isSlow: true,
    duration: '4s',
    strike: async (bench) => {
      await bench.reached('running');
      await bench.wait(3_000);
      bench.soak.process.kill('SIGKILL');
    },
    code: null,
    verdict: 'none',
    isSilenced: true,
    also: async ({ path }, bench) => {
      const recovered = await bench.report(path);
      checkResult(recovered);
      expect(recovered.verdict).toBe('incomplete');
      expect(recovered.reasons.join('; ')).toMatch(/^cut short/);
      expect(endOf({ result: recovered }, 'near').bytes.sent).toBeGreaterThan(0);
      // The host is no longer waiting for the dead one by the time that the next one asks.
      bench.startSoak();
      expect((await bench.soak.finished).code).toBe(0);
      const next = bench.kept('near').at(-1);
      expect(next?.result?.verdict).toBe('pass');
      const ran = next?.journal.find((entry) => entry.event === 'phase' && entry.phase === 'running');
      expect(ran?.at).toBeLessThan(15);
    },
    host: { verdict: 'fail' },
  },
  {
    name: 'SIGINT to the near end',
    output: 'json',
    strike: signal('soak', 'SIGINT'),
    code: 130,
    verdict: 'incomplete',
    reasons: /^stopped at near by its operator$/,
  },
  {
    name: 'SIGINT to the near end, twice',
    strike: signal('soak', 'SIGINT', 2),
    code: 130,
    verdict: 'incomplete',
    reasons: /^stopped at near by its operator/,
    // Whether the first one had got through before the second is chance.
    host: { verdict: 'noPass', freeWithinMs: 5_000 },
  },
  {
    name: 'SIGTERM to the near end while it runs',
    output: 'json',
    strike: signal('soak', 'SIGTERM'),
    code: 143,
    verdict: 'incomplete',
    reasons: /^stopped at near by its operator$/,
  },
  {
    name: 'SIGTERM to the near end while it connects',
    far: 'nobody',
    strike: async (bench) => {
      await bench.wait(300);
      bench.soak.process.kill('SIGTERM');
    },
    code: 143,
    verdict: 'incomplete',
    reasons: /^stopped at near by its operator/,
  },
  {
    name: 'SIGINT to the host',
    strike: signal('host', 'SIGINT'),
    code: 1,
    verdict: 'incomplete',
    reasons: /^stopped at the other end by its operator$/,
  },
  {
    name: 'SIGINT to the host, twice',
    strike: signal('host', 'SIGINT', 2),
    code: 1,
    // Whether the first one had got through before the second is chance.
    verdict: 'noPass',
    reasons: /^(stopped at the other end|the partner cut the connection off|the far end ended its session)/,
    host: { verdict: 'incomplete' },
  },
  {
    name: 'SIGHUP to the host',
    strike: signal('host', 'SIGHUP'),
    code: 1,
    verdict: 'incomplete',
    reasons: /^stopped at the other end by its operator$/,
    host: { code: 143 },
  },
  {
    name: 'the near end frozen for two seconds',
    strike: freeze('soak'),
    code: 0,
    verdict: 'pass',
    also: sawStall('near', 1_500),
  },
  {
    name: 'the host frozen for two seconds',
    strike: freeze('host'),
    code: 0,
    verdict: 'pass',
    also: sawStall('far', 1_500),
  },
  {
    name: 'the event loop of the near end busy for a second',
    preload: BUSY_LOOP,
    strike: signal('soak', 'SIGUSR2'),
    code: 0,
    verdict: 'pass',
    also: sawStall('near', 900),
  },
  ...[-1, 1].map(
    (hours): FaultScript => ({
      name: `the clock of the near end set ${hours > 0 ? 'forward' : 'back'} by an hour`,
      preload: clockStep(hours),
      strike: signal('soak', 'SIGUSR2'),
      code: 0,
      verdict: 'pass',
      also: ({ result, samples }) => {
        expect(result?.durationSeconds).toBeLessThan(120);
        const times = samples.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        const began = Date.parse(result?.startedAt ?? '');
        expect(Math.abs(Date.now() - began)).toBeLessThan(600_000);
      },
    }),
  ),
  {
    name: 'kill -9 of the host behind the traffic',
    isSlow: true,
    strike: async (bench) => {
      await bench.reached('draining');
      bench.host.process.kill('SIGKILL');
    },
    code: 1,
    verdict: 'fail',
    reasons: /no longer answered|fell silent|not heard for|did not come/,
    host: { verdict: 'none', code: null },
  },
  {
    name: 'a second soak on the same port',
    duration: '8s',
    strike: async (bench) => {
      await underWay(bench);
      const second = await dplink(bench.soakArguments);
      expect(second).toMatchObject({ code: 3, stdout: '' });
      expect(second.stderr).toMatch(/^dplink: \S+ is in use[^\n]*\n$/);
    },
    code: 0,
    verdict: 'pass',
  },
  {
    name: 'the reader of standard output gone',
    strike: async (bench) => {
      await underWay(bench);
      bench.soak.process.stdout.destroy();
    },
    code: 143,
    verdict: 'incomplete',
    reasons: /^stopped at near by its operator$/,
    isSilenced: true,
  },
  {
    name: 'the disk of the near end full',
    output: 'json',
    ...fullDisk((bench, path) => {
      bench.runs.near = path;
    }),
    code: 2,
    verdict: 'pass',
    also: ({ result }) => {
      expect(JSON.stringify(result)).toMatch(/"missingLines":[1-9].*ENOSPC/);
    },
  },
  {
    name: 'the disk of the capture full',
    ...fullDisk((bench, path) => {
      bench.soakFlags.push('--capture', join(path, 'capture.pcapng'));
    }),
    code: 2,
    verdict: 'pass',
    also: ({ result }) => {
      expect(JSON.stringify(result)).toMatch(/capture\.pcapng: .*ENOSPC/);
    },
  },
  {
    name: 'the disk of the host full',
    ...fullDisk((bench, path) => {
      bench.runs.far = path;
    }),
    code: 0,
    verdict: 'pass',
  },
];
