/** Why runs end early, and what an operator is told meanwhile, in words. Decides nothing. */
import type { CloseCause } from '../transport/connection-event.ts';

/** The near end's connecting took too long. */
export const NOBODY_ANSWERED = 'nobody answered at the other end';

/** Causes of a connection's end, in words. */
export const CLOSED_BECAUSE: Readonly<Record<CloseCause, string>> = {
  local: 'this end closed the connection',
  partner: 'the partner closed the connection',
  retries: 'the partner no longer answered',
  hardDisconnect: 'the partner cut the connection off',
  handshake: NOBODY_ANSWERED,
};

/** Told once while the near end still asks. */
export const UNANSWERED =
  'nobody answers yet, asking goes on: does dplink host run at the other end, is the cable crossed, are the settings the same?';

/** The far end's connecting took too long. */
export const HALF_CONNECTED = 'a partner began to connect and did not finish';

/** The near end's planning took too long. */
export const NO_PLAN_TAKEN =
  'the partner took the connection but did not take part in a plan: does dplink host run there?';

/** The far end's planning took too long. */
export const NO_PLAN_MADE = 'the partner connected but did not come to a plan';
