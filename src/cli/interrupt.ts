/** Ctrl-C and its like: the first asks for an orderly end, further ones ask again; none ends the process by itself. */

/** A watch over the signals that ask a process to end. */
export interface Interrupt {
  /** The first signal that came; `undefined` when none has. */
  signal(): NodeJS.Signals | undefined;
  /** Gives the signals back their usual meaning. */
  release(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `ask` for every signal until {@link Interrupt.release}. */
export function onInterrupt(ask: () => void): Interrupt {
  let first: NodeJS.Signals | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    first ??= signal;
    ask();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    signal: () => first,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
