/** What a process that is one end of a dplink transfer and the bench say to each other. Types only. */

/** What the end is to do; handed over as JSON on the command line. */
export interface EndOrder {
  readonly path: string;
  readonly baud: number;
  /** The end that connects, or the one that listens. */
  readonly role: 'connect' | 'listen';
  /** Path of a file to send. */
  readonly send?: string;
  /** Path of a file to write what arrives to. */
  readonly receive?: string;
  /** Bytes per message; the file is cut into them. */
  readonly messageSize: number;
  readonly seed: string;
}

/** From the end. */
export type EndAnswer =
  | { readonly type: 'ready' }
  | {
      readonly type: 'done';
      /** What went wrong, in words. */
      readonly fault?: string;
      readonly retries: number;
      readonly framesSent: number;
      /** When each message arrived: milliseconds of the machine's monotonic clock. */
      readonly arrivals: readonly number[];
      /** Which frame was sent again when, on the same clock. */
      readonly repeats: readonly { readonly sequence: number; readonly at: number }[];
    };

/** To the end. */
export type EndCommand = { readonly type: 'go' };
