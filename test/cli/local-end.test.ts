/** An end of a line in this process, over a line without a port of the machine. */
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { LocalEnd } from '../../src/cli/local-end.ts';
import { CallPort } from '../../src/port/call-port.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { InProcessLine } from '../../src/port/in-process-binding.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { planOf } from '../../src/soak/plan.ts';
import { parseProfile } from '../../src/soak/profile.ts';
import type { JournalEntry } from '../../src/soak/sample.ts';

const clock = monotonicClock;
const until = { timeout: 20_000, interval: 5 };
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

test('what a call brought before its end began is answered: a modem may pass a first question on only once', async () => {
  const line = new InProcessLine();
  closing.push(() => line.close());
  const open = (path: string) =>
    openSerialPort({ path, settings: DEFAULT_LINE_SETTINGS, binding: line.binding });
  const near = await open(line.paths[0]);
  const far = await open(line.paths[1]);
  closing.push(() => far.close());

  const call = new CallPort(far, { text: 'CONNECT' }, 'port', async () => {});
  let arrived = 0;
  const forget = far.onData((bytes) => {
    arrived += bytes.length;
    call.deliver(bytes);
  });

  const plan = planOf(
    parseProfile(
      'p.yaml',
      'name: p\nduration: 1s\nstreams: [{ from: both, category: reliable-sequential, size: 100 }]\n',
    ),
    'seed',
    {
      near: 'near',
      far: 'far',
    },
  );
  const heard: JournalEntry[] = [];
  const quiet = {
    onEntry: () => {},
    onLost: () => {},
    onFailure: (error: unknown) => expect.fail(String(error)),
  };
  const asking = new LocalEnd(
    { name: 'near', role: 'join', port: near, clock, random: new Random('near'), plan },
    { ...quiet, onEntry: (entry) => heard.push(entry) },
  );
  closing.push(() => asking.close());
  asking.start();
  await expect.poll(() => arrived, until).toBeGreaterThan(0);
  // The first question alone arrives, and nobody listens to the call yet.
  forget();

  const answering = new LocalEnd(
    { name: 'far', role: 'host', port: call, clock, random: new Random('far') },
    quiet,
  );
  closing.push(() => answering.close());
  answering.start();
  await expect.poll(() => heard.map(({ event }) => event), until).toContain('firstFrame');
});
