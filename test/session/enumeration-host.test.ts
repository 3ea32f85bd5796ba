/** Who answers: which queries, with what, how often, and to whom. */
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { encodeFrame } from '../../src/framing/encoder.ts';
import type { Endpoint } from '../../src/session/endpoint.ts';
import {
  ANSWERS_WAITING_MAX,
  EnumerationHost,
  type HostedSession,
} from '../../src/session/enumeration-host.ts';
import { Enumerator } from '../../src/session/enumerator.ts';
import { decodeDatagram, encodeDatagram, isMessage } from '../../src/wire/datagram.ts';
import type { Message } from '../../src/wire/message.ts';
import {
  decodeSessionMessage,
  type EnumResponsePacket,
  encodeSessionMessage,
} from '../../src/wire/session-packet.ts';
import { bytesOf, hexOf, wordAt } from '../wire/hex.ts';

const DXDIAG = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';
const OTHER = '00000000-1111-2222-3333-444444444444';
const GUID_BYTES = 'da 80 ef 61 1b 69 47 42 9a dd 1c 7b ed 2b c1 3e';
const CABLE: Endpoint = { line: 'cable', address: '' };
const CLIENT: Endpoint = { line: 'lan', address: '192.0.2.9:50123' };
const SESSION: HostedSession = {
  instance: '94BE8123-A1AB-48FB-A2E7-23859E658936',
  application: DXDIAG,
  name: 'Test Session',
  playersCurrent: 1,
  playersMax: 0,
  mayMigrate: true,
  needsPassword: false,
};
const SECOND_SESSION: HostedSession = {
  ...SESSION,
  instance: '94BE8123-A1AB-48FB-A2E7-000000000002',
  name: 'Another',
};

function query(identifier: number, application: string | undefined = DXDIAG): Message {
  return encodeSessionMessage({
    name: 'EnumQuery',
    EnumPayload: identifier,
    ...(application === undefined ? {} : { ApplicationGUID: application }),
  });
}

const host = (...sessions: HostedSession[]): EnumerationHost => new EnumerationHost(() => sessions);

function answers(from: EnumerationHost, line: string, now = 0): Message[] {
  const all: Message[] = [];
  for (let out = from.poll(now, line); out; out = from.poll(now, line)) all.push(out.message);
  return all;
}

function packetOf(message: Message | undefined): EnumResponsePacket {
  return decodeSessionMessage(message!) as EnumResponsePacket;
}

describe('a query', () => {
  it('is answered where it came from, with its identifier, on its own line [2.2.5-03, 2.2.5-08, 3.1.5.1-07, 3.2.5-01, 2.2.4-13]', () => {
    const answering = host(SESSION);
    answering.receive(0, CLIENT, query(0x8001));
    expect(answering.poll(0, 'cable')).toBeUndefined();
    const out = answering.poll(0, 'lan')!;
    expect(out.endpoint).toEqual(CLIENT);
    expect(out.message.identifier).toBe(0x8001);
    expect(packetOf(out.message)).toMatchObject({
      SessionName: 'Test Session',
      CurrentPlayers: 1,
      MaxPlayers: 0,
    });
    expect(answering.counters).toEqual({ queries: 1, answers: 1, refused: 0 });
  });

  it('of each kind of the two identifier bits is answered with the same on serial [2.2.2-07, 2.2.2-10, 2.2.2-11, 2.2.2-12]', () => {
    const answering = host(SESSION);
    for (const identifier of [0, 1, 2, 3]) {
      expect(encodeFrame(query(identifier))[1]).toBe(0x60 | identifier);
      answering.receive(0, CABLE, query(identifier));
      expect(answers(answering, 'cable').map((message) => encodeFrame(message)[1])).toEqual([
        0x20 | identifier,
      ]);
    }
  });

  it('is answered each time, in pairs [2.2.5-07]', () => {
    const answering = host(SESSION);
    for (let identifier = 1; identifier <= 10; identifier++) answering.receive(0, CLIENT, query(identifier));
    expect(answers(answering, 'lan').map(({ identifier }) => identifier)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });

  it('is answered for each session, each with its own instance [2.2.4-02, 2.2.5-27]', () => {
    const answering = host(SESSION, SECOND_SESSION);
    answering.receive(0, CABLE, query(1));
    const packets = answers(answering, 'cable').map(packetOf);
    expect(packets.map(({ SessionName }) => SessionName)).toEqual(['Test Session', 'Another']);
    expect(new Set(packets.map(({ ApplicationInstanceGUID }) => ApplicationInstanceGUID)).size).toBe(2);
  });

  it('for another application is not answered, one for any application is [2.2.4-14, 2.2.4-17, 3.1.5.1-06]', () => {
    const answering = host(SESSION, { ...SECOND_SESSION, application: OTHER });
    answering.receive(0, CABLE, query(0, '00000000-0000-0000-0000-000000000000'));
    expect(answers(answering, 'cable')).toEqual([]);
    answering.receive(0, CABLE, query(0, OTHER));
    expect(answers(answering, 'cable').map(packetOf)).toMatchObject([{ SessionName: 'Another' }]);
    answering.receive(0, CABLE, encodeSessionMessage({ name: 'EnumQuery', EnumPayload: 2 }));
    expect(answers(answering, 'cable')).toHaveLength(2);
  });

  it('of an illegal type, or cut short, is not answered and is a violation [3.1.5.1-04, 3.1.5.1-05, 2.2.4-11]', () => {
    const answering = host(SESSION);
    for (const body of ['00', '03', '09', 'ff', '', '01', `01 ${GUID_BYTES.slice(0, 44)}`]) {
      answering.receive(0, CABLE, { kind: 'enumerationQuery', identifier: 0, body: bytesOf(body) });
      expect(answers(answering, 'cable'), body).toEqual([]);
      expect(answering.next(), body).toMatchObject({ type: 'violation', section: '2.2.4', endpoint: CABLE });
    }
  });

  it('of an illegal command, or none, is not answered [3.1.5.1-02, 3.1.5.1-03]', () => {
    const answering = host(SESSION);
    for (const text of [
      `00 07 01 00 01 ${GUID_BYTES}`,
      `01 02 01 00 01 ${GUID_BYTES}`,
      `00 03 01 00 01 ${GUID_BYTES}`,
    ]) {
      const message = decodeDatagram(bytesOf(text));
      if (isMessage(message)) answering.receive(0, CLIENT, message);
    }
    expect(answers(answering, 'lan')).toEqual([]);
    expect(answering.counters.queries).toBe(0);
    const legal = decodeDatagram(bytesOf(`00 02 01 00 01 ${GUID_BYTES}`));
    if (isMessage(legal)) answering.receive(0, CLIENT, legal);
    expect(answers(answering, 'lan')).toHaveLength(1);
  });

  it('with an application payload behind it is answered like one without', () => {
    const answering = host(SESSION);
    const body = Uint8Array.of(...query(1).body, 1, 2, 3);
    answering.receive(0, CABLE, { ...query(1), body });
    expect(answers(answering, 'cable')).toHaveLength(1);
  });
});

describe('a session', () => {
  it('that is full is described all the same; none is described while nobody hosts', () => {
    const sessions: HostedSession[] = [];
    const answering = new EnumerationHost(() => sessions);
    answering.receive(0, CABLE, query(1));
    answering.receive(0, CABLE, { ...query(1), body: Uint8Array.of(9) });
    expect(answers(answering, 'cable')).toEqual([]);
    expect(answering.next()).toBeUndefined();
    sessions.push({ ...SESSION, playersCurrent: 8, playersMax: 8 });
    answering.receive(0, CABLE, query(1));
    expect(answers(answering, 'cable').map(packetOf)).toMatchObject([{ CurrentPlayers: 8, MaxPlayers: 8 }]);
  });

  it('is described as it is when the answer goes out, and not at all once it is gone [2.2.5-18]', () => {
    let sessions = [SESSION];
    const answering = new EnumerationHost(() => sessions);
    answering.receive(0, CABLE, query(1));
    sessions = [{ ...SESSION, playersCurrent: 2 }];
    expect(answers(answering, 'cable').map(packetOf)).toMatchObject([{ CurrentPlayers: 2 }]);
    answering.receive(0, CABLE, query(1));
    sessions = [];
    expect(answers(answering, 'cable')).toEqual([]);
  });

  it('says with flags whether it migrates, asks for a password and is found on the known port; by default as Windows does [2.2.5-12, 2.2.5-16, 6-06]', () => {
    const flags = (more: Partial<HostedSession>) => {
      const answering = host({ ...SESSION, ...more });
      answering.receive(0, CLIENT, query(1));
      const bytes = encodeDatagram(answers(answering, 'lan')[0]!);
      return wordAt(bytes, 16);
    };
    expect(flags({})).toBe(0x04);
    expect(flags({ mayMigrate: false })).toBe(0);
    expect(flags({ mayMigrate: false, needsPassword: true })).toBe(0x80);
    expect(flags({ onWellKnownPort: false })).toBe(0x44);
  });

  it('has its limits in the answer and nothing but the name behind the fixed part [2.2.5-17, 2.2.5-02, 2.2.5-30, 2.2.5-33]', () => {
    const answering = host({ ...SESSION, name: '' }, { ...SECOND_SESSION, playersMax: 4 });
    answering.receive(0, CLIENT, query(1));
    const [nameless, named] = answers(answering, 'lan').map(encodeDatagram);
    expect(nameless).toHaveLength(92);
    expect(wordAt(nameless!, 20)).toBe(0);
    expect(wordAt(named!, 20)).toBe(4);
    expect(hexOf(named!.subarray(92))).toBe(hexOf(Buffer.from('Another\0', 'utf16le')));
  });
});

describe('a flood of queries', () => {
  it('makes no more answers wait than fit, and no more go out than a hundred a second', () => {
    const answering = host(SESSION);
    for (let i = 0; i < 1000; i++) answering.receive(0, CLIENT, query(i));
    expect(answers(answering, 'lan')).toHaveLength(ANSWERS_WAITING_MAX);
    let sent = 0;
    for (let now = 0; now < 10 * SECOND; now += MILLISECOND) {
      answering.receive(now, CLIENT, query(now % 0x10000));
      sent += answers(answering, 'lan', now).length;
    }
    expect(sent).toBeGreaterThan(950);
    expect(sent).toBeLessThanOrEqual(1_100);
    expect(answering.counters.refused).toBeGreaterThan(8_000);
  });

  it('on one line takes nothing from another, and a lost line leaves nothing behind', () => {
    const answering = host(SESSION);
    for (let i = 0; i < 1000; i++) answering.receive(0, CLIENT, query(i));
    answering.receive(0, CABLE, query(1));
    expect(answers(answering, 'cable')).toHaveLength(1);
    answering.lineLost(0, 'lan');
    expect(answers(answering, 'lan')).toEqual([]);
  });

  it('of nonsense leaves few violations waiting', () => {
    const answering = host(SESSION);
    const bad: Message = { kind: 'enumerationQuery', identifier: 0, body: Uint8Array.of(9) };
    for (let i = 0; i < 1000; i++) answering.receive(0, CABLE, bad);
    let count = 0;
    while (answering.next()) count++;
    expect(count).toBe(64);
  });
});

describe('asking and answering', () => {
  it('over one cable finds the session within a round trip, both ends at it at once', () => {
    const ends = [0, 1].map((n) => ({
      host: host({ ...SESSION, name: `end ${n}`, instance: SESSION.instance.replace(/.$/, String(n)) }),
      enumerator: new Enumerator({ random: new Random(String(n)), targets: [CABLE] }),
    }));
    for (const { enumerator } of ends) enumerator.start(0);
    for (let now = 0; now < 4 * SECOND; now += 10 * MILLISECOND) {
      ends.forEach((end, n) => {
        const partner = ends[1 - n]!;
        end.enumerator.expire(now);
        const out = end.host.poll(now, 'cable') ?? end.enumerator.poll(now, 'cable');
        if (out === undefined) return;
        partner.host.receive(now + 1, CABLE, out.message);
        partner.enumerator.receive(now + 1, CABLE, out.message);
      });
    }
    expect(
      ends.map(({ enumerator }) => enumerator.sessions.map(({ name, answers: n }) => [name, n])),
    ).toEqual([[['end 1', 3]], [['end 0', 3]]]);
  });
});
