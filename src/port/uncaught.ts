/** The way of an error that nobody listens for. */

/** Throws `error` where the process sees it as uncaught: outside every caller. */
export function throwUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
