/** What is reported when somebody asks or answers against the rules, and how much of it may wait. Judges nothing. */
import type { Endpoint } from './endpoint.ts';

/** Violations waiting to be read at most; beyond, they are only counted where they are made. */
const VIOLATIONS_WAITING_MAX = 64;

/** Somebody broke a rule of enumeration; what it sent had no effect. */
export interface EnumerationViolation {
  readonly type: 'violation';
  readonly endpoint: Endpoint;
  /** The section of [MS-DPDX], or an ambiguity. */
  readonly section: string;
  readonly text: string;
}

/** Violations waiting to be read: a flood of them takes no memory. */
export class ViolationQueue {
  #waiting: EnumerationViolation[] = [];

  add(violation: EnumerationViolation): void {
    if (this.#waiting.length < VIOLATIONS_WAITING_MAX) this.#waiting.push(violation);
  }

  next(): EnumerationViolation | undefined {
    return this.#waiting.shift();
  }
}
