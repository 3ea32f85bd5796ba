/** The phases of a run and which may follow which. The one function that enters a phase stands in `run.ts`. */
import type { Phase } from './sample.ts';

/** Every phase with those that may follow it. */
export const PHASES = {
  /** Near: the handshake is under way. Far: waiting for one. */
  connecting: ['planning', 'closing', 'ended'],
  /** The plan is proposed and answered, the clocks are compared. */
  planning: ['running', 'closing', 'ended'],
  /** Probe messages flow. */
  running: ['draining', 'closing', 'ended'],
  /** This end sends no more probe messages; what is queued gets through, the partner's mark is waited for. */
  draining: ['reporting', 'closing', 'ended'],
  /** Both marks are known; each end tells the other what it saw. */
  reporting: ['closing', 'ended'],
  /** The connection is being closed. */
  closing: ['ended'],
  /** The run is over and its outcome stands; a host goes on with a new run. */
  ended: [],
} as const satisfies Record<Phase, readonly Phase[]>;

/** Whether `next` may follow `phase`. */
export function mayFollow(phase: Phase, next: Phase): boolean {
  return (PHASES[phase] as readonly Phase[]).includes(next);
}
