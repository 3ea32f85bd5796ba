/** What a connection reports to the floor above, and the categories of a message. Types only. */

/** How a message is to be delivered: the four categories are the combinations. [MS-DPDX] 1.3 */
export interface Delivery {
  /** Repeated until acknowledged. PACKET_COMMAND_RELIABLE. */
  readonly reliable: boolean;
  /** Handed over in the order of sending. PACKET_COMMAND_SEQUENTIAL. */
  readonly sequential: boolean;
  /** A session message; absent means no. PACKET_COMMAND_USER_1. */
  readonly session?: boolean;
}

/** What `send` is told about a message. */
export interface SendOptions extends Delivery {
  /** A number of the caller's choosing that comes back in `acknowledged` or `lost`, exactly once. */
  readonly receipt?: number;
  /** The partner is to acknowledge at once (CHT-6); absent: where the transport sees fit. */
  readonly poll?: boolean;
}

/**
 * Why a connection ended: `local` by our own `close` or `abort`, `partner` by its END_OF_STREAM, `retries`
 * because it no longer answers, `hardDisconnect` by its HARD_DISCONNECT or because it broke a limit,
 * `handshake` because it never came about.
 */
export type CloseCause = 'local' | 'partner' | 'retries' | 'hardDisconnect' | 'handshake';

/**
 * Why a frame was sent again: its timer ran out, a SACK mask showed it missing, the end of a burst was probed, or the
 * line was idle while everything waited for this frame, lost before.
 */
export type RetryCause = 'timer' | 'gap' | 'probe' | 'spare';

/** What a connection reports. */
export type ConnectionEvent =
  | {
      readonly type: 'connected';
      /** The lower of the two announced versions: it decides the formats (VER-3). */
      readonly version: number;
      readonly sessionId: number;
    }
  | {
      readonly type: 'message';
      /** The receiver's own copy. */
      readonly payload: Uint8Array;
      readonly reliable: boolean;
      readonly sequential: boolean;
      readonly session: boolean;
    }
  /** The partner has everything of the message with this receipt. */
  | { readonly type: 'acknowledged'; readonly receipt: number }
  /** The message with this receipt will not be repeated any more, and whether it arrived is not known. */
  | { readonly type: 'lost'; readonly receipt: number }
  | {
      readonly type: 'closed';
      readonly cause: CloseCause;
      /** Messages accepted by `send` that were neither acknowledged nor given up before. */
      readonly undelivered: number;
    }
  /** The partner broke a rule; what it sent had no effect beyond what the rule allows. */
  | { readonly type: 'violation'; readonly section: string; readonly text: string }
  /** A frame was sent again; `attempt` counts its transmissions beyond the first. */
  | {
      readonly type: 'retried';
      readonly sequence: number;
      readonly attempt: number;
      readonly cause: RetryCause;
    };
