/** One connection of a session and what is known of who is at its other end. Decides nothing. */
import type { Instant } from '../base/instant.ts';
import type { Connection } from '../transport/connection.ts';
import type { Endpoint } from './endpoint.ts';

/** How far a partner and we know each other. */
export type PartnerStage =
  /** We asked it for a connection because the host told us to; it is the player `dpnid`. */
  | 'calling'
  /** We asked it for a connection in order to join its session. */
  | 'asking'
  /** It asked us for a connection, and has not said who it is. */
  | 'unknown'
  /** As the host: it is in the name table and was sent the session information, which it has not acknowledged. */
  | 'offered'
  /** It is the player `dpnid`, and messages go both ways. */
  | 'bound'
  /** It is no longer in the name table and is expected to leave (DIS-9, JOI-3). */
  | 'expelled'
  /** One of us has ended its stream. */
  | 'parting'
  /** The connection is over; repeats of the last frames are still answered for a while (DIS-2). */
  | 'over';

/** See the head of the file. */
export class Partner {
  /** Where its packets come from and go to; a path test may move it. */
  endpoint: Endpoint;
  readonly connection: Connection;
  readonly since: Instant;
  stage: PartnerStage;
  /** Which player it is, once that is known; 0 before. */
  dpnid: number;
  /** When the present stage has taken too long. */
  deadline: Instant | undefined;
  /** dwSessID of the connection; 0 before it stands. */
  sessionId = 0;
  /** dwSessID of the CONNECT that it began with; 0 when we did. */
  askedWith = 0;
  /** Before then it is not asked again whether it is alive. */
  probeAgain: Instant = 0;

  constructor(now: Instant, endpoint: Endpoint, connection: Connection, stage: PartnerStage, dpnid = 0) {
    this.since = now;
    this.endpoint = endpoint;
    this.connection = connection;
    this.stage = stage;
    this.dpnid = dpnid;
  }

  /** Whether the handshake is done. */
  get isOpen(): boolean {
    return this.sessionId !== 0;
  }

  /** Whether messages to it find their way. */
  get isBound(): boolean {
    return this.stage === 'bound';
  }
}
