/** Session messages that a hostile player says: every kind, about everybody, with fields that lie. Sends nothing. */
import type { Random } from '../base/random.ts';
import { NameTable, type NameTableOperation } from '../session/name-table.ts';
import { sessionInformation } from '../session/session-information.ts';
import { DXDIAG_APPLICATION_GUID } from '../wire/guid.ts';
import { hostileVariants } from '../wire/hostile.ts';
import { decodePayload, encodePayload, type SessionPayload } from '../wire/session-payload.ts';

/** What a hostile player knows of the session that it attacks. */
export interface Intelligence {
  readonly instance: string;
  /** Everybody that it was told of, the host first. */
  players: readonly number[];
  /** Its own DPNID, when it was given one; 0 before. */
  self: number;
  version: number;
}

const NAMES: readonly SessionPayload['name'][] = [
  'TRANS_USERDATA_PLAYER_CONNECT_INFO',
  'TRANS_USERDATA_SEND_SESSION_INFO',
  'TRANS_USERDATA_ACK_SESSION_INFO',
  'TRANS_USERDATA_SEND_PLAYER_DNID',
  'TRANS_USERDATA_CONNECT_FAILED',
  'TRANS_USERDATA_INSTRUCT_CONNECT',
  'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED',
  'TRANS_USERDATA_CONNECT_ATTEMPT_FAILED',
  'TRANS_USERDATA_NAMETABLE_VERSION',
  'TRANS_USERDATA_RESYNC_VERSION',
  'TRANS_USERDATA_REQ_NAMETABLE_OP',
  'TRANS_USERDATA_ACK_NAMETABLE_OP',
  'TRANS_USERDATA_HOST_MIGRATE',
  'TRANS_USERDATA_HOST_MIGRATE_COMPLETE',
  'TRANS_USERDATA_ADD_PLAYER',
  'TRANS_USERDATA_DESTROY_PLAYER',
  'TRANS_USERDATA_TERMINATE_SESSION',
  'TRANS_USERDATA_REQ_INTEGRITY_CHECK',
  'TRANS_USERDATA_INTEGRITY_CHECK',
  'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE',
];
/** Above it a message is sent as it is: making all its lies takes long. */
const MISSHAPEN_SIZE_MAX = 1_000;
/** Share of messages in which a field lies about the message itself: an offset, a size, a count. */
const MISSHAPEN = 0.4;

/** An introduction that lets its sender in, or would but for what it tells of itself. [MS-DPDX] 2.2.26 */
export function introductionOf({ instance }: Intelligence, name: string, data?: Uint8Array): SessionPayload {
  return {
    name: 'TRANS_USERDATA_PLAYER_CONNECT_INFO',
    dwFlags: 4,
    dwDNETVersion: 7,
    guidInstance: instance,
    guidApplication: DXDIAG_APPLICATION_GUID,
    alternateAddressData: undefined,
    url: undefined,
    connectData: undefined,
    Password: undefined,
    data,
    clientName: name,
  };
}

/** A message that its sender has no right to send, or not in this state, or not in this shape; but none of the kinds in `spared`. */
export function lyingPayload(
  random: Random,
  known: Intelligence,
  spared: readonly SessionPayload['name'][] = [],
): Uint8Array {
  const name = random.pick(NAMES.filter((each) => !spared.includes(each)));
  const bytes = encodePayload(untruth(random, known, name));
  if (bytes.length > MISSHAPEN_SIZE_MAX || !random.chance(MISSHAPEN)) return bytes;
  const lie = random.pick([...hostileVariants(bytes, decodePayload)]).bytes;
  // A bit of dwPacketType makes one kind of another.
  const told = decodePayload(lie);
  return spared.some((each) => each === told.name) ? bytes : lie;
}

/** A DPNID: somebody's, its own, nobody's. */
function somebody(random: Random, { players, self }: Intelligence): number {
  if (random.chance(0.2)) return random.uint32();
  return random.pick([...players, self, 0, self ^ (1 << random.below(20))]) >>> 0;
}

/** A version: the next, one that is known, one far away. */
function someVersion(random: Random, { version }: Intelligence): number {
  if (random.chance(0.2)) return random.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff]);
  return Math.max(0, version + random.between(-4, 4));
}

function operation(
  random: Random,
  known: Intelligence,
  name: NameTableOperation['name'],
): NameTableOperation {
  const dwVersion = someVersion(random, known);
  switch (name) {
    case 'TRANS_USERDATA_INSTRUCT_CONNECT':
      return { name, dpnid: somebody(random, known), dwVersion };
    case 'TRANS_USERDATA_DESTROY_PLAYER':
      return {
        name,
        dpnidLeaving: somebody(random, known),
        dwVersion,
        dwDestroyReason: random.pick([1, 2, 3, 4] as const),
      };
    case 'TRANS_USERDATA_ADD_PLAYER':
      return {
        name,
        dpnid: somebody(random, known),
        dpnidOwner: 0,
        dwFlags: random.pick([0x100, 0x102, 0x200, 0]),
        dwVersion,
        dwDNETClientVersion: random.below(9),
        url: random.chance(0.5) ? 'x-directplay:/hostname=127.0.0.1;port=9' : undefined,
        data: random.chance(0.3) ? random.fill(new Uint8Array(random.below(500))) : undefined,
        clientName: 'nobody',
      };
  }
}

function untruth(random: Random, known: Intelligence, name: SessionPayload['name']): SessionPayload {
  const somebodyElse = (): number => somebody(random, known);
  switch (name) {
    case 'TRANS_USERDATA_PLAYER_CONNECT_INFO':
      return introductionOf(
        known,
        'again',
        random.fill(new Uint8Array(random.below(random.chance(0.2) ? 6_000 : 60))),
      );
    case 'TRANS_USERDATA_SEND_SESSION_INFO': {
      const { instance } = known;
      const table = NameTable.hosted(instance, {
        name: 'me',
        url: undefined,
        data: undefined,
        dnetVersion: 7,
      });
      const application = DXDIAG_APPLICATION_GUID;
      const description = { instance, application, sessionName: 'mine', playersMax: 0, password: undefined };
      return sessionInformation(table, { ...description, flags: 4 }, somebodyElse());
    }
    case 'TRANS_USERDATA_SEND_PLAYER_DNID':
    case 'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED':
    case 'TRANS_USERDATA_CONNECT_ATTEMPT_FAILED':
      return { name, dpnID: somebodyElse() };
    case 'TRANS_USERDATA_CONNECT_FAILED':
      return { name, hResultCode: random.uint32(), reply: random.fill(new Uint8Array(random.below(50))) };
    case 'TRANS_USERDATA_INSTRUCT_CONNECT':
    case 'TRANS_USERDATA_DESTROY_PLAYER':
    case 'TRANS_USERDATA_ADD_PLAYER':
      return operation(random, known, name);
    case 'TRANS_USERDATA_NAMETABLE_VERSION':
    case 'TRANS_USERDATA_RESYNC_VERSION':
    case 'TRANS_USERDATA_REQ_NAMETABLE_OP':
      return { name, dwVersion: someVersion(random, known) };
    case 'TRANS_USERDATA_ACK_NAMETABLE_OP': {
      const kinds = [
        'TRANS_USERDATA_ADD_PLAYER',
        'TRANS_USERDATA_DESTROY_PLAYER',
        'TRANS_USERDATA_INSTRUCT_CONNECT',
      ] as const;
      const op = (): NameTableOperation => operation(random, known, random.pick(kinds));
      return { name, entries: Array.from({ length: random.below(20) }, () => ({ op: op() })) };
    }
    case 'TRANS_USERDATA_HOST_MIGRATE':
      return { name, dpnidOldHost: somebodyElse(), dpnidNewHost: somebodyElse() };
    case 'TRANS_USERDATA_TERMINATE_SESSION':
      return { name, TerminateData: random.fill(new Uint8Array(random.below(300))) };
    case 'TRANS_USERDATA_REQ_INTEGRITY_CHECK':
      return { name, dwReqContext: random.uint32(), dpnidTarget: somebodyElse() };
    case 'TRANS_USERDATA_INTEGRITY_CHECK':
    case 'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE':
      return { name, dpnidRequesting: somebodyElse() };
    case 'TRANS_USERDATA_ACK_SESSION_INFO':
    case 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE':
      return { name };
  }
}
