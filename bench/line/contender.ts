/** What a program of the race is. Types only. */
import type { Condition } from './condition.ts';

/** Where one transfer takes place. */
export interface Place {
  readonly condition: Condition;
  /** The port of the sender and of the receiver. */
  readonly near: string;
  readonly far: string;
  /** An empty directory of its own. */
  readonly directory: string;
  /** What to send: path of an existing file. */
  readonly file: string;
  /** Where it is to arrive: path of a file that does not exist yet. */
  readonly received: string;
}

/** A transfer under way. */
export interface Running {
  /** Resolves when both ends have ended, with what went wrong in words, or `undefined`. */
  readonly finished: Promise<string | undefined>;
  /** What it has to say of itself once finished, if anything. */
  readonly note?: Promise<string>;
  /** Kills whatever still runs. */
  stop(): void;
}

/** One program that moves files over a line. */
export interface Contender {
  readonly name: string;
  /** How it is set for this line, in its own words. */
  settings(condition: Condition): string;
  /** Whether it can run here. */
  isInstalled(): boolean;
  /** Why it cannot run on this line, if so. */
  refuses?(condition: Condition): string | undefined;
  start(place: Place): Promise<Running>;
}
