/** dplink in the race: its transport over its framing, each end in a process of its own, as every user gets them. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Contender, Place, Running } from './contender.ts';
import type { EndAnswer, EndCommand, EndOrder } from './end-message.ts';

const PROGRAM = fileURLToPath(new URL('dplink-end.ts', import.meta.url));
/** Large enough that their seams cost nothing, small enough that a user would choose it. */
const MESSAGE_SIZE = 32_768;

/** What an end says when it has finished. */
export type Done = Extract<EndAnswer, { type: 'done' }>;

/** Both ends of a dplink transfer, with what they report. */
export interface DplinkRunning extends Running {
  readonly done: readonly [Promise<Done>, Promise<Done>];
}

/** Starts one end; resolves when its runtime is up and its port open. */
async function startEnd(order: EndOrder): Promise<{ process: ChildProcess; done: Promise<Done> }> {
  const process = fork(PROGRAM, [JSON.stringify(order)]);
  const done = new Promise<Done>((resolve) => {
    process.on('message', (answer: EndAnswer) => {
      if (answer.type === 'done') resolve(answer);
    });
    process.on('exit', (code, signal) => {
      const fault = `${order.role}ing end ended with ${code ?? signal}`;
      resolve({ type: 'done', fault, retries: 0, framesSent: 0, arrivals: [], repeats: [] });
    });
  });
  await new Promise<void>((resolve) => {
    process.once('message', () => resolve());
    process.once('exit', () => resolve());
  });
  return { process, done };
}

/** What a transfer may do differently. */
export interface DplinkOptions {
  /** Paths of a second file that goes the other way at the same time, and of where it is to arrive. */
  readonly back?: { readonly file: string; readonly received: string };
  readonly messageSize?: number;
}

/** Starts both ends, then lets them go at once. */
export async function startDplink(place: Place, options: DplinkOptions = {}): Promise<DplinkRunning> {
  const { back, messageSize = MESSAGE_SIZE } = options;
  const { baud } = place.condition;
  const [near, far] = await Promise.all([
    startEnd({
      path: place.near,
      baud,
      role: 'connect',
      send: place.file,
      ...(back && { receive: back.received }),
      messageSize,
      seed: 'near',
    }),
    startEnd({
      path: place.far,
      baud,
      role: 'listen',
      receive: place.received,
      ...(back && { send: back.file }),
      messageSize,
      seed: 'far',
    }),
  ]);
  for (const { process } of [far, near])
    if (process.connected) process.send({ type: 'go' } satisfies EndCommand);
  return {
    done: [near.done, far.done],
    note: near.done.then(({ framesSent, retries }) => `${framesSent} frames, ${retries} again`),
    finished: Promise.all([near.done, far.done]).then(
      (ends) => ends.flatMap(({ fault }) => fault ?? []).join(', ') || undefined,
    ),
    stop: () => {
      for (const { process } of [near, far]) process.kill('SIGKILL');
    },
  };
}

export const dplink: Contender = {
  name: 'dplink',
  settings: () => 'as it is',
  isInstalled: () => true,
  start: (place) => startDplink(place),
};
