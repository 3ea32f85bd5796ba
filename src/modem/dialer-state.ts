/** The states of a dialer, what may be asked of it in each, and where each leads. Data only. */

/** What can be asked of a dialer. */
export type DialerCommand = 'initialise' | 'dial' | 'listen' | 'hangUp' | 'abort' | 'diagnose';

interface StateRow {
  readonly commands: readonly DialerCommand[];
  readonly next: readonly string[];
}

/** Every state. Whatever is asked in a state that does not list it is our own fault. */
export const DIALER_STATES = {
  /** Nothing is known of the modem. */
  idle: { commands: ['initialise'], next: ['synchronising'] },
  /** AT is sent until the modem answers; it is brought out of a call first, if need be. */
  synchronising: { commands: [], next: ['initialising', 'ready', 'failed'] },
  /** The setting-up commands are sent. */
  initialising: { commands: [], next: ['ready', 'hangingUp', 'failed'] },
  /** The modem waits for a command. */
  ready: {
    commands: ['initialise', 'dial', 'listen', 'diagnose'],
    next: ['synchronising', 'dialling', 'listening', 'diagnosing', 'hangingUp'],
  },
  /** A number is dialled and no result has come. */
  dialling: { commands: ['abort'], next: ['online', 'ready', 'aborting'] },
  /** A byte was sent to end the dialling. */
  aborting: { commands: [], next: ['synchronising', 'hangingUp'] },
  /** Calls are waited for. */
  listening: { commands: ['abort'], next: ['answering', 'online', 'ready'] },
  /** A call is being answered and no result has come. */
  answering: { commands: ['abort'], next: ['online', 'ready', 'aborting'] },
  /** A call is on: what comes is data. */
  online: { commands: ['hangUp'], next: ['hangingUp', 'synchronising'] },
  /** The call is being ended from here. */
  hangingUp: { commands: [], next: ['ready', 'synchronising', 'failed'] },
  /** The modem is asked about the call that was. */
  diagnosing: { commands: [], next: ['ready', 'synchronising', 'hangingUp'] },
  /** The modem does not do as told. */
  failed: { commands: ['initialise'], next: ['synchronising'] },
} as const satisfies Record<string, StateRow>;

/** One of {@link DIALER_STATES}. */
export type DialerState = keyof typeof DIALER_STATES;

/** Whether `command` may be asked in `state`. */
export function allows(state: DialerState, command: DialerCommand): boolean {
  return (DIALER_STATES[state] as StateRow).commands.includes(command);
}

/** Whether `to` may follow `from`. */
export function leadsTo(from: DialerState, to: DialerState): boolean {
  return (DIALER_STATES[from] as StateRow).next.includes(to);
}
