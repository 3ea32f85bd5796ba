/** What a session can be told when it is made, when it hosts and when it joins, with the defaults. */
import { type Duration, SECOND } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { ConnectionOptions } from '../transport/connection-options.ts';
import type { AlternateAddress } from '../wire/network-address.ts';
import type { Endpoint } from './endpoint.ts';
import { ENUMERATION_INTERVAL } from './enumerator.ts';

/** A line of this machine over which the session may talk. */
export interface SessionLine {
  /** Its name, unique among the lines of a session. */
  readonly name: string;
  /** `serial` joins two: one endpoint, whose address is empty. `udp` reaches many. */
  readonly kind: 'serial' | 'udp';
  /** The DN_ADDRESSING_URL of this end of the line: what others are told of who is seen through it (JOI-1). */
  readonly url: string;
  /** How long a packet of so many bytes occupies the line, framing included; see `ConnectionOptions`. */
  readonly lineTime?: (bytes: number) => Duration;
}

/** What is known of a player whose endpoint is asked for. */
export interface PlayerAddress {
  readonly name: string;
  /** As the host saw it; absent where the host told none. */
  readonly url: string | undefined;
}

/** The waiting times and bounds of a session. */
export interface SessionTiming {
  /** Between two queries; on a slow line no shorter than a query and its answer take. [MS-DPDX] 3.1.2.2 */
  readonly enumeration: Duration;
  /** How long each step of a join may take, and an instructed connection (TIM-6). */
  readonly joinStep: Duration;
  /** How long a player whom the host removed may take to leave before it is cut off (DIS-9). */
  readonly removal: Duration;
  /** How long a connection has to prove that it is alive when its partner asks for a new one, line time not counted. */
  readonly probe: Duration;
  /** How long a connection that has proved it is not asked again. */
  readonly probePause: Duration;
}

/**
 * How much longer than an instructed connection may take the word of its failure may be under way, as a multiple of
 * `joinStep`: so long the host believes it, and the new player waits for it. [MS-DPDX] 2.2.21
 */
export const INSTRUCTION_GRACE = 1.5;

/** The values that are used unless others are given. */
export const DEFAULT_SESSION_TIMING: SessionTiming = {
  enumeration: ENUMERATION_INTERVAL,
  joinStep: 30 * SECOND,
  removal: 5 * SECOND,
  probe: 2.5 * SECOND,
  probePause: 10 * SECOND,
};

/** How a session is made. */
export interface SessionOptions {
  /** Draws instance GUIDs and connection numbers; forked, never drawn from. */
  readonly random: Random;
  readonly lines: readonly SessionLine[];
  /**
   * By which endpoint a player of the name table is reached: on serial as the rig's cables lead, on UDP from its URL.
   * `undefined`, or absent: by none, which is ordinary on serial (SER-13).
   */
  readonly reach?: (player: PlayerAddress) => Endpoint | undefined;
  /** For all connections; the line time comes from the line. */
  readonly connection?: Omit<ConnectionOptions, 'random' | 'lineTime' | 'sessionId'>;
  readonly timing?: Partial<SessionTiming>;
}

/** Who asks to join; what the application's own admission decides by. */
export interface Candidate {
  readonly name: string;
  readonly data: Uint8Array | undefined;
  readonly connectData: Uint8Array | undefined;
  readonly endpoint: Endpoint;
}

/** How a session is hosted. */
export interface HostOptions {
  /** Our own name as a player. */
  readonly name: string;
  readonly sessionName: string;
  /** What we tell of ourselves to all players. */
  readonly data?: Uint8Array;
  /** The session's instance GUID; drawn if absent. */
  readonly instance?: string;
  /** The application's GUID; DXDiag's if absent. */
  readonly application?: string;
  /** How many players there may be, the host included; 0 or absent: as many as a session holds. */
  readonly playersMax?: number;
  /** Those who join must send it; absent: none is asked for. */
  readonly password?: string;
  /** Whether another player takes over when we go; true if absent (MIG-11). */
  readonly mayMigrate?: boolean;
  /** Whether queries are answered; true if absent. */
  readonly mayEnumerate?: boolean;
  /** The application's own refusal: the reply to send, or `undefined` to let the candidate in. */
  readonly refuse?: (candidate: Candidate) => Uint8Array | undefined;
}

/** How a session is joined. */
export interface JoinOptions {
  /** Our own name as a player. */
  readonly name: string;
  /** What we tell of ourselves to all players. */
  readonly data?: Uint8Array;
  /** What we tell the host alone. */
  readonly connectData?: Uint8Array;
  /** The instance GUID as an EnumResponse told it; absent: the endpoint is asked for it first. */
  readonly instance?: string;
  /** Further endpoints that are asked, where no instance is given: the first that answers is joined. */
  readonly alsoAsk?: readonly Endpoint[];
  /** Only a session of this name is joined, where no instance is given; absent: any. */
  readonly sessionName?: string;
  /** The application's GUID; DXDiag's if absent. */
  readonly application?: string;
  readonly password?: string;
  /** Further addresses of this machine, told to the host beside the one it sees; absent: none. [MS-DPDX] 2.2.35, 2.2.36 */
  readonly alternates?: readonly AlternateAddress[];
  /** Whether we take over when the host goes and it is our turn; if not, we go as well. True if absent. */
  readonly mayHost?: boolean;
}

/** To whom and how a message of the application goes. */
export interface MessageOptions {
  /** One player; absent: all others. */
  readonly to?: number;
  readonly reliable: boolean;
  readonly sequential: boolean;
  /** Comes back in `acknowledged` or `lost`, once per receiver. */
  readonly receipt?: number;
}
