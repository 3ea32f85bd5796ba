/** Session messages without players' data: one layout each, their types, their reserved words. [MS-DPDX] 2.2.10 to 2.2.32 */
import { describe, expect, it } from 'vitest';
import { decodePayload, encodePayload, type SessionPayload } from '../../src/wire/session-payload.ts';
import { bytesOf, hexOf, withWord, wordAt } from './hex.ts';

function expectBytes(payload: SessionPayload, hexadecimal: string): void {
  const bytes = encodePayload(payload);
  expect(hexOf(bytes)).toBe(hexadecimal);
  expect(decodePayload(bytes)).toEqual(payload);
}

/** What a nonzero reserved word at `at` changes: nothing. */
function expectDisregarded(payload: SessionPayload, at: number): void {
  const bytes = encodePayload(payload);
  expect(wordAt(bytes, at)).toBe(0);
  expect(decodePayload(withWord(bytes, at, 0xdeadbeef))).toEqual(payload);
}

const words = { dpnid: 0x11223344, dwVersion: 5 };

describe('session messages', () => {
  it('are told apart by all four bytes of dwPacketType; an unknown one is malformed', () => {
    for (const text of [
      'cf 00 00 00',
      'c0 00 00 00',
      'c3 01 00 00',
      'd2 00 00 00',
      'e5 00 00 00',
      'c3 00 00',
    ]) {
      expect(decodePayload(bytesOf(text))).toMatchObject({
        name: 'malformed',
        field: 'dwPacketType',
        offset: 0,
      });
    }
  });

  it('may be followed by bytes that nobody looks at', () => {
    expect(decodePayload(bytesOf('c3 00 00 00 ff'))).toEqual({ name: 'TRANS_USERDATA_ACK_SESSION_INFO' });
  });

  it('have little-endian words [1.5-01]', () => {
    expect(hexOf(encodePayload({ name: 'TRANS_USERDATA_ACK_SESSION_INFO' }))).toBe('c3 00 00 00');
  });

  it('ACK_SESSION_INFO is its type alone [2.2.10-01, 2.2.10-03]', () => {
    expectBytes({ name: 'TRANS_USERDATA_ACK_SESSION_INFO' }, 'c3 00 00 00');
  });

  it('CONNECT_ATTEMPT_FAILED is type and dpnID [2.2.12-01, 2.2.12-03]', () => {
    const name = 'TRANS_USERDATA_CONNECT_ATTEMPT_FAILED';
    expectBytes({ name, dpnID: 0x11223344 }, 'c8 00 00 00 44 33 22 11');
  });

  it('CONNECT_FAILED is type, result, and a located reply [2.2.13-01, 2.2.13-03, 2.2.13-13, 2.2.13-14]', () => {
    const failed = { name: 'TRANS_USERDATA_CONNECT_FAILED', hResultCode: 0x80158260 } as const;
    expectBytes(failed, 'c5 00 00 00 60 82 15 80 00 00 00 00 00 00 00 00');
    const reply = bytesOf('6e 6f 00');
    expectBytes({ ...failed, reply }, 'c5 00 00 00 60 82 15 80 0c 00 00 00 03 00 00 00 6e 6f 00');
  });

  it('TERMINATE_SESSION is type and located data, both words zero or neither [2.2.14-01, 2.2.14-03, 2.2.14-04, 2.2.14-05, 2.2.14-06]', () => {
    const name = 'TRANS_USERDATA_TERMINATE_SESSION';
    expectBytes({ name }, 'df 00 00 00 00 00 00 00 00 00 00 00');
    const TerminateData = bytesOf('01 02 03 04');
    expectBytes({ name, TerminateData }, 'df 00 00 00 08 00 00 00 04 00 00 00 01 02 03 04');
  });

  it('DESTROY_PLAYER is 20 bytes with a reserved word [2.2.15-01, 2.2.15-03, 2.2.15-06, 2.2.15-07]', () => {
    const destroy = {
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      dpnidLeaving: 0x11223344,
      dwVersion: 9,
      dwDestroyReason: 4,
    } as const;
    expectBytes(destroy, 'd1 00 00 00 44 33 22 11 09 00 00 00 00 00 00 00 04 00 00 00');
    expectDisregarded(destroy, 12);
  });

  it('DESTROY_PLAYER with a reason that no text knows is malformed', () => {
    const bytes = bytesOf('d1 00 00 00 44 33 22 11 09 00 00 00 00 00 00 00 05 00 00 00');
    expect(decodePayload(bytes)).toMatchObject({ name: 'malformed', field: 'dwDestroyReason', offset: 16 });
  });

  it('HOST_MIGRATE is type, old and new host [2.2.18-01, 2.2.18-03]', () => {
    const migrate = { name: 'TRANS_USERDATA_HOST_MIGRATE', dpnidOldHost: 1, dpnidNewHost: 2 } as const;
    expectBytes(migrate, 'cd 00 00 00 01 00 00 00 02 00 00 00');
  });

  it('HOST_MIGRATE_COMPLETE is its type alone [2.2.19-01, 2.2.19-03]', () => {
    expectBytes({ name: 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE' }, 'ce 00 00 00');
  });

  it('INSTRUCT_CONNECT is 16 bytes with a reserved word [2.2.20-01, 2.2.20-03, 2.2.20-06, 2.2.20-07]', () => {
    const instruct = { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', ...words } as const;
    expectBytes(instruct, 'c6 00 00 00 44 33 22 11 05 00 00 00 00 00 00 00');
    expectDisregarded(instruct, 12);
  });

  it('INSTRUCTED_CONNECT_FAILED is type and dpnID [2.2.21-01, 2.2.21-03]', () => {
    expectBytes({ name: 'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED', dpnID: 7 }, 'c7 00 00 00 07 00 00 00');
  });

  it('NAMETABLE_VERSION is 12 bytes with a reserved word [2.2.23-01, 2.2.23-03, 2.2.23-06, 2.2.23-07]', () => {
    const version = { name: 'TRANS_USERDATA_NAMETABLE_VERSION', dwVersion: 4 } as const;
    expectBytes(version, 'c9 00 00 00 04 00 00 00 00 00 00 00');
    expectDisregarded(version, 8);
  });

  it('REQ_NAMETABLE_OP is 12 bytes with a reserved word [2.2.24-01, 2.2.24-04, 2.2.24-06, 2.2.24-07]', () => {
    const request = { name: 'TRANS_USERDATA_REQ_NAMETABLE_OP', dwVersion: 7 } as const;
    expectBytes(request, 'cb 00 00 00 07 00 00 00 00 00 00 00');
    expectDisregarded(request, 8);
  });

  it('REQ_INTEGRITY_CHECK is 12 bytes and takes any context [2.2.27-01, 2.2.27-03, 2.2.27-05]', () => {
    const request = { name: 'TRANS_USERDATA_REQ_INTEGRITY_CHECK', dwReqContext: 0, dpnidTarget: 7 } as const;
    expectBytes(request, 'e2 00 00 00 00 00 00 00 07 00 00 00');
    expectBytes({ ...request, dwReqContext: 0xffffffff }, 'e2 00 00 00 ff ff ff ff 07 00 00 00');
  });

  it('INTEGRITY_CHECK is type and requester [2.2.28-01, 2.2.28-03]', () => {
    expectBytes({ name: 'TRANS_USERDATA_INTEGRITY_CHECK', dpnidRequesting: 7 }, 'e3 00 00 00 07 00 00 00');
  });

  it('INTEGRITY_CHECK_RESPONSE is type and requester [2.2.29-01, 2.2.29-03]', () => {
    expectBytes(
      { name: 'TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE', dpnidRequesting: 7 },
      'e4 00 00 00 07 00 00 00',
    );
  });

  it('RESYNC_VERSION is 12 bytes with a reserved word [2.2.30-01, 2.2.30-03, 2.2.30-05, 2.2.30-06]', () => {
    const resync = { name: 'TRANS_USERDATA_RESYNC_VERSION', dwVersion: 4 } as const;
    expectBytes(resync, 'ca 00 00 00 04 00 00 00 00 00 00 00');
    expectDisregarded(resync, 8);
  });

  it('SEND_PLAYER_DNID is type and dpnID [2.2.32-01, 2.2.32-03]', () => {
    expectBytes({ name: 'TRANS_USERDATA_SEND_PLAYER_DNID', dpnID: 7 }, 'c4 00 00 00 07 00 00 00');
  });
});

describe('ADD_PLAYER', () => {
  const player = {
    name: 'TRANS_USERDATA_ADD_PLAYER',
    dpnid: 0x11223344,
    dpnidOwner: 0,
    dwFlags: 0x100,
    dwVersion: 3,
    dwDNETClientVersion: 7,
  } as const;

  it('is 52 bytes when nothing follows, with a reserved word [2.2.11-01, 2.2.11-03, 2.2.11-08, 2.2.11-09]', () => {
    expectBytes(
      player,
      'd0 00 00 00 44 33 22 11 00 00 00 00 00 01 00 00 03 00 00 00 00 00 00 00 07 00 00 00' +
        ' 00 00 00 00'.repeat(6),
    );
    expectDisregarded(player, 20);
  });

  it('locates url, data and name, in this order, from the end of dwPacketType [2.2.11-11, 2.2.11-12, 2.2.11-13, 2.2.11-14, 2.2.11-15, 2.2.11-16]', () => {
    const full = { ...player, url: 'u'.repeat(97), data: bytesOf('01 02 03'), clientName: 'Test User' };
    const bytes = encodePayload(full);
    expect([28, 32, 36, 40, 44, 48].map((at) => wordAt(bytes, at))).toEqual([149, 20, 146, 3, 48, 98]);
    expect(bytes.length).toBe(173);
    expect(decodePayload(bytes)).toEqual(full);
    for (const [at, part] of [
      [28, 'clientName'],
      [36, 'data'],
      [44, 'url'],
    ] as const) {
      const without = decodePayload(withWord(bytes, at, 0));
      expect(without).not.toHaveProperty(part);
      expect(without.name).toBe('TRANS_USERDATA_ADD_PLAYER');
    }
  });

  it('has a null behind its url and its name, and none behind its data [2.2.11-19]', () => {
    const bytes = encodePayload({ ...player, url: 'u', data: bytesOf('07'), clientName: 'n' });
    expect(hexOf(bytes.subarray(52))).toBe('75 00 07 6e 00 00 00');
  });
});

describe('ACK_NAMETABLE_OP', () => {
  const instruct = { op: { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', ...words } } as const;
  const destroy = {
    op: { name: 'TRANS_USERDATA_DESTROY_PLAYER', dpnidLeaving: 1, dwVersion: 2, dwDestroyReason: 1 },
  } as const;
  const add = {
    op: {
      name: 'TRANS_USERDATA_ADD_PLAYER',
      dpnid: 1,
      dpnidOwner: 0,
      dwFlags: 0x100,
      dwVersion: 3,
      dwDNETClientVersion: 7,
      clientName: 'n',
      url: 'u',
    },
  } as const;

  it('has all records first, then the operations without their types [2.2.25-01, 2.2.25-04, 2.2.25-05, 2.2.25-07, 2.2.25-08, 2.2.25-09]', () => {
    expectBytes(
      { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries: [instruct, destroy] },
      'cc 00 00 00 02 00 00 00 c6 00 00 00 1c 00 00 00 0c 00 00 00 d1 00 00 00 28 00 00 00 10 00 00 00 ' +
        '44 33 22 11 05 00 00 00 00 00 00 00 01 00 00 00 02 00 00 00 00 00 00 00 01 00 00 00',
    );
    const one = encodePayload({ name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries: [destroy] });
    expect([wordAt(one, 12), wordAt(one, 16)]).toEqual([16, 16]);
  });

  it('holds the three operations and no other [2.2.25-06]', () => {
    const payload = { name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries: [add, instruct, destroy] } as const;
    const bytes = encodePayload(payload);
    expect(decodePayload(bytes)).toEqual(payload);
    expect([8, 20, 32].map((at) => wordAt(bytes, at))).toEqual([0xd0, 0xc6, 0xd1]);
    expect(decodePayload(withWord(bytes, 8, 0xc3))).toMatchObject({ field: 'entries[0].dwMsgId', offset: 8 });
  });

  it('has operations whose own offsets stay inside them [2.2.25-10]', () => {
    const bytes = encodePayload({ name: 'TRANS_USERDATA_ACK_NAMETABLE_OP', entries: [destroy, add] });
    const from = 4 + wordAt(bytes, 24);
    expect(wordAt(bytes, from + 40)).toBe(48);
    const beyond = withWord(bytes, from + 44, 100);
    expect(decodePayload(beyond)).toMatchObject({ field: 'entries[1].op.dwURLSize', offset: from + 44 });
  });

  it('that claims more entries than it has room for is malformed at its count', () => {
    const bytes = bytesOf('cc 00 00 00 ff ff ff ff 00 00 00 00');
    expect(decodePayload(bytes)).toMatchObject({ name: 'malformed', field: 'dwNumEntries', offset: 4 });
  });

  it('whose operations all share the same bytes is refused before that becomes work', () => {
    const count = 2000;
    const size = 8 + 12 * count;
    const bytes = new Uint8Array(size + 4000);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 0xcc, true);
    view.setUint32(4, count, true);
    for (let i = 0; i < count; i++) {
      view.setUint32(8 + 12 * i, 0xc6, true);
      view.setUint32(12 + 12 * i, size - 4, true);
      view.setUint32(16 + 12 * i, 4000, true);
    }
    expect(decodePayload(bytes)).toMatchObject({ name: 'malformed', reason: 'too much overlap' });
  });
});
