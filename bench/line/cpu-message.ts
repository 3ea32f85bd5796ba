/** What the processes of the CPU bench and the bench say to each other. Types only. */

/** The lines to make; handed over as JSON on the command line. */
export interface PumpOrder {
  readonly lines: number;
  readonly baud: number;
}

/** From the process that makes the lines. */
export type PumpAnswer =
  | { readonly type: 'open'; readonly paths: readonly string[] }
  /** Bytes taken from each port so far, in the order of the paths, and CPU time of the pump in milliseconds. */
  | { readonly type: 'taken'; readonly bytes: readonly number[]; readonly at: number; readonly cpu: number };

/** To the process that makes the lines. */
export type PumpCommand = { readonly type: 'taken' };

/** What the process that uses all the ports is to do; handed over as JSON on the command line. */
export interface LoadOrder {
  readonly kind: 'dplink' | 'bare';
  /** Ports in pairs: each with the next at the other end of its line. */
  readonly paths: readonly string[];
  readonly baud: number;
  readonly messageSize: number;
  /** Seconds until everything flows, and seconds of measurement. */
  readonly warmUp: number;
  readonly seconds: number;
}

/** From the process that uses all the ports. */
export type LoadAnswer =
  | { readonly type: 'measuring' }
  | {
      readonly type: 'measured';
      readonly seconds: number;
      /** Milliseconds of processor time, user and system, all threads. */
      readonly user: number;
      readonly system: number;
      /** Bytes of messages that arrived at each port meanwhile. */
      readonly arrived: readonly number[];
    };
