/** What a simulated world is judged by: what was found wrong in it, and figures that show what it went through. Types only. */

/** The outcome of one world. */
export interface Finding {
  /** What is wrong, in words; empty for a world that passed. */
  readonly complaints: readonly string[];
  /** Everything that arrived anywhere, when and where; equal for two runs of one seed. */
  readonly digest: number;
  /** Seconds of virtual time. */
  readonly seconds: number;
  /** Messages and bytes delivered, connections made. */
  readonly delivered: number;
  readonly bytes: number;
  readonly connections: number;
  /** Damaged frames that passed both CRCs: whoever receives one is excused. */
  readonly forged: number;
  /** Causes of the ends of connections, and other things that happened, counted. */
  readonly happened: Readonly<Record<string, number>>;
}
