/** Why runs end early, and what an operator is told meanwhile, in words. Decides nothing. */
import { DPNERR } from '../wire/flags.ts';
import type { PartedBecause } from './partnership.ts';

/** The near end's connecting took too long. */
export const NOBODY_ANSWERED = 'nobody answered at the other end';

/** Why a partner is gone, in words. */
export const CLOSED_BECAUSE: Readonly<Record<PartedBecause, string>> = {
  local: 'this end closed the connection',
  partner: 'the partner closed the connection',
  retries: 'the partner no longer answered',
  hardDisconnect: 'the partner cut the connection off',
  handshake: NOBODY_ANSWERED,
  unanswered: NOBODY_ANSWERED,
  hostLost: 'the far end ended its session',
  refused: 'the far end does not let us in',
  removed: 'the far end removed this end from its session',
  stalled: 'the far end did not finish letting us in',
  unreachable: 'another player of the session could not be reached',
  violation: 'the far end did what no host does',
};

/** Why a host lets nobody in. [MS-DPDX] 2.2.13 */
const REFUSALS: Readonly<Record<number, string>> = {
  [DPNERR.ALREADYCLOSING]: 'its session is ending',
  [DPNERR.NOTHOST]: 'it does not host the session',
  [DPNERR.INVALIDINTERFACE]: 'it hosts no session of peers',
  [DPNERR.INVALIDVERSION]: 'it does not know our version',
  [DPNERR.INVALIDINSTANCE]: 'it hosts another session by now',
  [DPNERR.INVALIDAPPLICATION]: 'it hosts a session of another application',
  [DPNERR.INVALIDPASSWORD]: 'its session has a password',
  [DPNERR.HOSTREJECTEDCONNECTION]: 'its application said no',
  [DPNERR.GENERIC]: 'it gives no reason',
};

/** What a result code of a refusal means. [MS-DPDX] 2.2.13 */
export function refusedBecause(code: number): string {
  return REFUSALS[code] ?? `result 0x${code.toString(16)}`;
}

/** Told once while the near end still asks. */
export const UNANSWERED = 'nobody answers yet, asking goes on';

/** Stands behind the name of a host that is no dplink. */
export const NO_SOAK =
  'hosts a session, but does not take part in soaks: dplink host must run there (dplink chat talks to others)';

/** The near end's planning took too long. */
export const NO_PLAN_TAKEN =
  'the partner took the connection but did not take part in a plan: does dplink host run there?';

/** The far end's planning took too long. */
export const NO_PLAN_MADE = 'the partner connected but did not come to a plan';
