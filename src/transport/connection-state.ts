/** The states of a connection and what moves it between them, as one table. Guards stand in the stimulus' name; effects are carried out elsewhere. */

/** Where a connection stands. */
export type ConnectionState =
  /** Made, neither connecting nor listening. */
  | 'idle'
  /** Waits for a CONNECT. */
  | 'listening'
  /** Sent CONNECT, waits for CONNECT_ACCEPT. */
  | 'connecting'
  /** Sent CONNECT_ACCEPT, waits for the one that acknowledges it. */
  | 'accepting'
  /** Both ends may send. */
  | 'connected'
  /** One end has ended its stream, or we are breaking off; both ways are being finished. */
  | 'closing'
  /** Over. Repeats of the partner's last frames are still answered for a while. */
  | 'closed';

/** What happens to a connection: commands, valid packets by what they mean, and timers. */
export type Stimulus =
  /** `connect` was called. */
  | 'connect'
  /** `listen` was called. */
  | 'listen'
  /** `close` was called. */
  | 'close'
  /** `abort` was called. */
  | 'abort'
  /** A CONNECT that is not the repeat of one being answered. */
  | 'CONNECT'
  /** The CONNECT being answered, again: same dwSessID. */
  | 'CONNECT repeated'
  /** A CONNECT_ACCEPT with POLL and our dwSessID. */
  | 'CONNECT_ACCEPT'
  /** A CONNECT_ACCEPT without POLL and with our dwSessID. */
  | 'CONNECT_ACCEPT unpolled'
  /** A CONNECT_ACCEPT with a dwSessID that is not ours. */
  | 'CONNECT_ACCEPT foreign'
  /** A data frame. */
  | 'DFRAME'
  | 'SACK'
  /** A HARD_DISCONNECT with our dwSessID. */
  | 'HARD_DISCONNECT'
  /** An END_OF_STREAM has its turn in the sequence. */
  | 'END_OF_STREAM'
  /** The last connect retry went unanswered. */
  | 'unanswered'
  /** The last retry of a data frame went unanswered, or the partner fell silent while closing. */
  | 'lost'
  /** Both streams have ended and been acknowledged, or all copies of HARD_DISCONNECT are out. */
  | 'finished';

/** What is done on a transition. `disregard` is silent; `refuse` reports a violation. */
export type Effect =
  | 'none'
  | 'sendConnect'
  | 'sendAccept'
  | 'establish'
  | 'acknowledgeAccept'
  | 'acknowledgeAcceptAgain'
  | 'process'
  | 'endStream'
  | 'answerEnd'
  | 'breakOff'
  | 'answerBreakOff'
  | 'end'
  | 'answerLate'
  | 'disregard'
  | 'refuse';

/** One cell of the table. */
export interface Transition {
  readonly to: ConnectionState;
  readonly effect: Effect;
  /** Where the rule stands: a section of [MS-DPDX], or an ambiguity. */
  readonly rule: string;
}

const ended = (rule: string) => ({ to: 'closed', effect: 'end', rule }) as const;
const stays = <S extends ConnectionState, E extends Effect>(to: S, effect: E, rule: string) =>
  ({ to, effect, rule }) as const;

/** Every state with what moves it; what is not listed is disregarded. [MS-DPDX] 3.1.5.1, 3.1.5.3 */
export const TRANSITIONS = {
  idle: {
    connect: { to: 'connecting', effect: 'sendConnect', rule: '3.1.5.1' },
    listen: { to: 'listening', effect: 'none', rule: '3.1.5.1' },
    close: ended('3.1.4.2'),
    abort: ended('3.1.4.2'),
    CONNECT: stays('idle', 'disregard', '3.1.5.1'),
  },
  listening: {
    CONNECT: { to: 'accepting', effect: 'sendAccept', rule: '3.1.5.1' },
    close: ended('3.1.4.2'),
    abort: ended('3.1.4.2'),
  },
  connecting: {
    CONNECT: stays('connecting', 'refuse', '3.1.5.1'),
    CONNECT_ACCEPT: { to: 'connected', effect: 'acknowledgeAccept', rule: '3.1.5.1' },
    'CONNECT_ACCEPT unpolled': stays('connecting', 'refuse', '3.1.5.1'),
    'CONNECT_ACCEPT foreign': stays('connecting', 'refuse', '2.2.8'),
    SACK: stays('connecting', 'refuse', '3.1.5.1'),
    unanswered: ended('3.1.6.1'),
    close: ended('3.1.4.2'),
    abort: ended('3.1.4.2'),
  },
  accepting: {
    CONNECT: stays('accepting', 'refuse', '3.1.5.1'),
    'CONNECT repeated': stays('accepting', 'sendAccept', '3.1.5.1'),
    CONNECT_ACCEPT: stays('accepting', 'refuse', 'CON-3'),
    'CONNECT_ACCEPT unpolled': { to: 'connected', effect: 'establish', rule: '3.1.5.1' },
    'CONNECT_ACCEPT foreign': stays('accepting', 'refuse', '2.2.8'),
    DFRAME: stays('accepting', 'disregard', 'CON-5'),
    SACK: stays('accepting', 'disregard', '3.1.5.1'),
    unanswered: { to: 'listening', effect: 'none', rule: '3.1.6.1' },
    close: ended('3.1.4.2'),
    abort: ended('3.1.4.2'),
  },
  connected: {
    CONNECT: stays('connected', 'refuse', '3.1.5.1'),
    'CONNECT repeated': stays('connected', 'disregard', '3.1.5.1'),
    CONNECT_ACCEPT: stays('connected', 'acknowledgeAcceptAgain', 'CON-5'),
    'CONNECT_ACCEPT foreign': stays('connected', 'refuse', '2.2.8'),
    DFRAME: stays('connected', 'process', '3.1.5.10'),
    SACK: stays('connected', 'process', '3.1.5.11'),
    END_OF_STREAM: { to: 'closing', effect: 'answerEnd', rule: '3.1.5.3' },
    HARD_DISCONNECT: { to: 'closing', effect: 'answerBreakOff', rule: 'CON-10' },
    lost: ended('3.1.6.3'),
    close: { to: 'closing', effect: 'endStream', rule: '3.1.5.3' },
    abort: { to: 'closing', effect: 'breakOff', rule: '[MC-DPL8R] 3.1.4.3' },
  },
  closing: {
    'CONNECT repeated': stays('closing', 'disregard', '3.1.5.1'),
    CONNECT: stays('closing', 'refuse', '3.1.5.1'),
    CONNECT_ACCEPT: stays('closing', 'acknowledgeAcceptAgain', 'CON-5'),
    DFRAME: stays('closing', 'process', '3.1.5.3'),
    SACK: stays('closing', 'process', '3.1.5.3'),
    END_OF_STREAM: stays('closing', 'answerEnd', '3.1.5.3'),
    HARD_DISCONNECT: stays('closing', 'answerBreakOff', 'CON-10'),
    lost: ended('3.1.6.3'),
    finished: ended('DIS-2'),
    abort: stays('closing', 'breakOff', '[MC-DPL8R] 3.1.4.3'),
  },
  closed: {
    DFRAME: stays('closed', 'answerLate', 'DIS-2'),
    SACK: stays('closed', 'disregard', 'DIS-2'),
  },
} as const satisfies Record<ConnectionState, Partial<Record<Stimulus, Transition>>>;

const TABLE: Record<ConnectionState, Partial<Record<Stimulus, Transition>>> = TRANSITIONS;

/** What `stimulus` does in `state`; `undefined` where the table has no entry: it is disregarded. */
export function transition(state: ConnectionState, stimulus: Stimulus): Transition | undefined {
  return TABLE[state][stimulus];
}

/** Every state, in the order of the table. */
export const CONNECTION_STATES = Object.keys(TRANSITIONS) as ConnectionState[];

/** Every stimulus that a state reacts to, in the order of the table. */
export function stimuliOf(state: ConnectionState): Stimulus[] {
  return Object.keys(TRANSITIONS[state]) as Stimulus[];
}
