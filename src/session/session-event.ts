/** What a session reports to the floor above. Types only. */
import type { RetryCause } from '../transport/connection-event.ts';
import type { Endpoint } from './endpoint.ts';
import type { FoundSession } from './enumerator.ts';
import type { Player } from './player.ts';

/** Where a session stands. */
export type SessionState =
  /** Neither hosts nor joins; nobody can connect. */
  | 'idle'
  /** Hosts a session. */
  | 'hosting'
  /** On the way into a session: enumerates, connects, introduces itself, waits for the others. */
  | 'joining'
  /** A player of a session that another hosts. */
  | 'joined'
  /** Ends its connections one after the other; `ended` follows, then `idle`. */
  | 'leaving';

/** Why a player is gone: it left, its connection broke, the host removed it, or an existing player could not reach it. */
export type PartingReason = 'left' | 'lost' | 'removed' | 'unreachable';

/** Why we are no longer in the session, or never came in. */
export type EndCause =
  /** `leave` was called. */
  | 'left'
  /** The host removed us; `removed` came before. */
  | 'removed'
  /** The host refused us; `refused` came before. */
  | 'refused'
  /** Nobody answered where we wanted to join. */
  | 'unanswered'
  /** A step of the join took too long (TIM-6). */
  | 'stalled'
  /** Another player and we could not reach each other; `unreachable` came before. [MS-DPDX] 2.2.12 */
  | 'unreachable'
  /** The connection to the host broke, or the host left, and nobody takes over. */
  | 'hostLost'
  /** The host did what no host does. */
  | 'violation';

/** What a session reports. */
export type SessionEvent =
  /** We host; joiners may come. */
  | { readonly type: 'hosting'; readonly self: Player }
  /** We are in, and connected to all others. */
  | { readonly type: 'joined'; readonly self: Player; readonly host: Player }
  /** Who we want to join said which session it hosts; we connect to it. [MS-DPDX] 2.2.5 */
  | { readonly type: 'found'; readonly session: FoundSession }
  /** The host refused us. [MS-DPDX] 2.2.13 */
  | {
      readonly type: 'refused';
      /** One of DPNERR. */
      readonly code: number;
      /** Bytes of the host's application, possibly none. */
      readonly reply: Uint8Array;
    }
  /** The host says that this player, if we know it, and we cannot reach each other. [MS-DPDX] 2.2.12 */
  | { readonly type: 'unreachable'; readonly player: Player | undefined }
  /** The state is `idle` again. */
  | { readonly type: 'ended'; readonly cause: EndCause }
  /** Another player is in, and messages to it find their way. */
  | { readonly type: 'playerJoined'; readonly player: Player }
  /** A player is no longer in the name table. */
  | { readonly type: 'playerLeft'; readonly player: Player; readonly reason: PartingReason }
  /** The host removed us, and this is what it says why. [MS-DPDX] 2.2.14 */
  | { readonly type: 'removed'; readonly data: Uint8Array }
  /** Another player, or we ourselves, took over from the host. [MS-DPDX] 3.1.5.4 */
  | { readonly type: 'hostMigrated'; readonly from: Player | undefined; readonly to: Player }
  /** As the host: somebody was not let in. [MS-DPDX] 2.2.13 */
  | {
      readonly type: 'turnedAway';
      readonly endpoint: Endpoint;
      readonly name: string | undefined;
      readonly code: number;
      /** What was wrong with it, for people; absent where nothing was. */
      readonly text: string | undefined;
    }
  /** A line of chat. [MS-DPDX] 2.2.31 */
  | { readonly type: 'chat'; readonly from: Player; readonly text: string }
  /** A message of the application that is no chat. */
  | {
      readonly type: 'message';
      readonly from: number;
      /** The receiver's own copy. */
      readonly payload: Uint8Array;
      readonly reliable: boolean;
      readonly sequential: boolean;
    }
  /** The player has everything of the message with this receipt. */
  | { readonly type: 'acknowledged'; readonly to: number; readonly receipt: number }
  /** The message with this receipt will not be repeated to that player, and whether it arrived is not known. */
  | { readonly type: 'lost'; readonly to: number; readonly receipt: number }
  /** A connection stands (`open`), or is over. */
  | {
      readonly type: 'connection';
      readonly endpoint: Endpoint;
      readonly dpnid: number | undefined;
      readonly open: boolean;
    }
  /** A frame was sent again; see the transport's event of this name. */
  | {
      readonly type: 'retried';
      readonly endpoint: Endpoint;
      readonly sequence: number;
      readonly attempt: number;
      readonly cause: RetryCause;
    }
  /** Somebody broke a rule; what it sent had no effect beyond what the rule allows. */
  | {
      readonly type: 'violation';
      readonly endpoint: Endpoint;
      /** Whose connection it was, if that is known. */
      readonly from: number | undefined;
      /** The section of [MS-DPDX], or an ambiguity. */
      readonly section: string;
      readonly text: string;
    };
