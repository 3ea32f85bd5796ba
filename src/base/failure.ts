/** The errors that are thrown, by whose fault they are. What the peer or the wire does is never thrown. */

/** Our own fault: something that cannot happen has happened. Exit code 70. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** The operator's mistake: a flag, a file, a URL. The message says where, what, and what was expected. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What is wrong with a port of this machine. */
export type PortFault = 'absent' | 'busy' | 'denied' | 'lost' | 'unsupported' | 'failed';

/** The bench's fault: a port that is absent, busy, lost or cannot do what was asked. Exit code 3. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly fault: PortFault;
  readonly port: string;

  constructor(fault: PortFault, port: string, message: string) {
    super(message);
    this.fault = fault;
    this.port = port;
  }
}

/** Throws an {@link InvariantError} unless `condition` holds. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
