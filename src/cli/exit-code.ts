/** Which exit code a run of `dplink` ends with. Scripts rely on these numbers. */
import { PortError, UsageError } from '../base/failure.ts';

/** Every exit code, by what it says. */
export const EXIT = {
  /** The link passed; the command did what was asked. */
  passed: 0,
  /** The link failed the profile's limits. */
  failed: 1,
  /** A flag, a file or a URL is wrong. */
  usage: 2,
  /** A port is absent, busy, lost or cannot do what was asked. */
  port: 3,
  /** dplink itself is at fault. */
  internal: 70,
  /** Interrupted (SIGINT), with a complete partial result. */
  interrupted: 130,
  /** Terminated (SIGTERM), with a complete partial result. */
  terminated: 143,
} as const;

/** The exit code for something thrown. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof PortError) return EXIT.port;
  return EXIT.internal;
}
