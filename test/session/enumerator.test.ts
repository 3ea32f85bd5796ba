/** Who asks for sessions: when, how queries and answers are paired, and what a flood of lies does to it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import type { Endpoint } from '../../src/session/endpoint.ts';
import {
  ANSWERS_MAX,
  DISTINGUISHABLE_QUERIES,
  Enumerator,
  type EnumeratorEvent,
  type EnumeratorOptions,
  SESSIONS_MAX,
} from '../../src/session/enumerator.ts';
import type { Outgoing } from '../../src/session/outgoing.ts';
import { decodeDatagram, encodeDatagram, isMessage } from '../../src/wire/datagram.ts';
import type { Message } from '../../src/wire/message.ts';
import {
  decodeSessionMessage,
  type EnumResponsePacket,
  encodeSessionMessage,
} from '../../src/wire/session-packet.ts';
import { bytesOf, hexOf } from '../wire/hex.ts';

const DXDIAG = '61EF80DA-691B-4247-9ADD-1C7BED2BC13E';
const OTHER = '00000000-1111-2222-3333-444444444444';
const CABLE: Endpoint = { line: 'cable', address: '' };
const ASKED: Endpoint = { line: 'lan', address: '192.0.2.1:6073' };
const HOST: Endpoint = { line: 'lan', address: '192.0.2.1:2302' };

const instanceOf = (n: number): string =>
  `94BE8123-A1AB-48FB-A2E7-${n.toString(16).toUpperCase().padStart(12, '0')}`;

function response(identifier: number, more: Partial<EnumResponsePacket> = {}): Message {
  return encodeSessionMessage({
    name: 'EnumResponse',
    EnumPayload: identifier,
    ApplicationDescFlags: 4,
    MaxPlayers: 8,
    CurrentPlayers: 2,
    ApplicationInstanceGUID: instanceOf(1),
    ApplicationGUID: DXDIAG,
    SessionName: 'Test Session',
    ...more,
  });
}

function asking(options: Partial<EnumeratorOptions> = {}): Enumerator {
  const enumerator = new Enumerator({ random: new Random('enumerator'), targets: [CABLE], ...options });
  enumerator.start(0);
  return enumerator;
}

function events(enumerator: Enumerator): EnumeratorEvent[] {
  const all: EnumeratorEvent[] = [];
  for (let event = enumerator.next(); event; event = enumerator.next()) all.push(event);
  return all;
}

/** Runs until `end` with lines that always have room; what went out, and when. */
function run(enumerator: Enumerator, end: number, lines = ['cable']): (Outgoing & { at: number })[] {
  const sent: (Outgoing & { at: number })[] = [];
  for (let now = 0; now <= end; ) {
    for (const line of lines) {
      for (let out = enumerator.poll(now, line); out; out = enumerator.poll(now, line))
        sent.push({ ...out, at: now });
    }
    if (enumerator.deadline === undefined || enumerator.deadline > end) break;
    now = enumerator.deadline;
    enumerator.expire(now);
  }
  return sent;
}

describe('queries', () => {
  it('go to one alone from the moment it is chosen, at its own address, in the rhythm kept so far', () => {
    const enumerator = asking({ targets: [CABLE, ASKED] });
    const lines = ['cable', 'lan'];
    expect(run(enumerator, SECOND, lines)).toHaveLength(2);
    enumerator.narrowTo(SECOND, HOST);
    const sent = run(enumerator, 6 * SECOND, lines);
    expect(sent.map(({ endpoint, at }) => [endpoint, at])).toEqual([
      [HOST, 2.5 * SECOND],
      [HOST, 4 * SECOND],
      [HOST, 5.5 * SECOND],
    ]);
  });

  it('go out at once and then every 1500 ms for as long as nobody stops it [3.1.2.2-02, 3.1.6.2-01, 3.1.6.2-02, 3.1.5.1-01]', () => {
    const sent = run(asking(), 10 * SECOND);
    expect(sent.map(({ at }) => at / MILLISECOND)).toEqual([0, 1500, 3000, 4500, 6000, 7500, 9000]);
    expect(sent.every(({ message }) => message.kind === 'enumerationQuery')).toBe(true);
  });

  it('go out as often as they are told to [3.1.2.2-03]', () => {
    const sent = run(asking({ interval: 500 * MILLISECOND }), 2 * SECOND);
    expect(sent.map(({ at }) => at / MILLISECOND)).toEqual([0, 500, 1000, 1500, 2000]);
  });

  it('do not pile up on a line that has no room', () => {
    const enumerator = asking();
    for (let now = 0; now < 20 * SECOND; now += SECOND) enumerator.expire(now);
    expect(enumerator.poll(20 * SECOND, 'cable')).toBeDefined();
    expect(enumerator.poll(20 * SECOND, 'cable')).toBeUndefined();
    expect(enumerator.deadline).toBe(21.5 * SECOND);
  });

  it('of DXDiag are of type 1 with its GUID and nothing behind it, on serial and on UDP [2.2.4-15, 2.2.4-18, 2.2.4-19, 2.2.2-03]', () => {
    const guid = 'da 80 ef 61 1b 69 47 42 9a dd 1c 7b ed 2b c1 3e';
    expect(hexOf(asking().poll(0, 'cable')!.message.body)).toBe(`01 ${guid}`);
    const { message } = asking({ targets: [ASKED] }).poll(0, 'lan')!;
    expect(hexOf(encodeDatagram(message))).toMatch(new RegExp(`^00 02 .. .. 01 ${guid}$`));
  });

  it('for any application are of type 2 and have no GUID', () => {
    expect(hexOf(asking({ application: null }).poll(0, 'cable')!.message.body)).toBe('02');
  });

  it('go to each address that it was given, broadcast among them [3.3.4-01, 3.3.4-02]', () => {
    const broadcast = { line: 'lan', address: '255.255.255.255:6073' };
    const enumerator = asking({ targets: [ASKED, broadcast, CABLE] });
    const sent = run(enumerator, SECOND, ['lan', 'cable']);
    expect(sent.map(({ endpoint }) => endpoint)).toEqual([ASKED, broadcast, CABLE]);
    expect(enumerator.poll(SECOND, 'nowhere')).toBeUndefined();
  });

  it('on serial bear four identifiers in turn, on UDP 16 bits that begin anywhere and differ [2.2.2-12]', () => {
    expect(run(asking(), 9 * SECOND).map(({ message }) => message.identifier)).toEqual([0, 1, 2, 3, 0, 1, 2]);
    const first = asking({ targets: [ASKED] }).poll(0, 'lan')!.message.identifier;
    expect(asking({ targets: [ASKED], random: new Random('2') }).poll(0, 'lan')!.message.identifier).not.toBe(
      first,
    );
    const both = run(asking({ targets: [ASKED, { ...ASKED, address: '192.0.2.2:6073' }] }), 4 * SECOND, [
      'lan',
    ]);
    expect(new Set(both.map(({ message }) => message.identifier)).size).toBe(6);
  });

  it('end with the duration, and with stop: nothing more is asked and answers count no longer', () => {
    const timed = asking({ duration: 2 * SECOND });
    expect(run(timed, 10 * SECOND)).toHaveLength(2);
    expect(events(timed)).toEqual([{ type: 'ended' }]);
    const stopped = asking();
    expect(stopped.poll(0, 'cable')).toBeDefined();
    stopped.stop(0);
    stopped.stop(0);
    stopped.receive(1, CABLE, response(0));
    stopped.expire(5 * SECOND);
    expect([stopped.poll(5 * SECOND, 'cable'), stopped.deadline, stopped.isAsking]).toEqual([
      undefined,
      undefined,
      false,
    ]);
    expect(stopped.sessions).toEqual([]);
    expect(events(stopped)).toEqual([{ type: 'ended' }]);
  });

  it('are not asked on a line that was lost; without any line left it is over', () => {
    const enumerator = asking({ targets: [CABLE, ASKED] });
    enumerator.lineLost(0, 'cable');
    expect(enumerator.poll(0, 'cable')).toBeUndefined();
    expect(enumerator.poll(0, 'lan')).toBeDefined();
    enumerator.lineLost(0, 'lan');
    expect(events(enumerator)).toEqual([{ type: 'ended' }]);
  });
});

describe('an answer', () => {
  it('lists its session with name, players and where to connect [3.3.5-01, 3.3.4-03]', () => {
    const enumerator = asking({ targets: [ASKED] });
    const { identifier } = enumerator.poll(0, 'lan')!.message;
    // From the port of the session, not from the one that was asked (ENU-1).
    enumerator.receive(40 * MILLISECOND, HOST, response(identifier));
    expect(enumerator.sessions).toEqual([
      {
        endpoint: HOST,
        instance: instanceOf(1),
        application: DXDIAG,
        name: 'Test Session',
        flags: 4,
        needsPassword: false,
        mayMigrate: true,
        playersCurrent: 2,
        playersMax: 8,
        answers: 1,
        roundTrip: { last: 40_000, least: 40_000, most: 40_000 },
      },
    ]);
    expect(events(enumerator)).toEqual([{ type: 'answered', session: enumerator.sessions[0], isNew: true }]);
  });

  it('is measured from the query of its identifier [2.2.2-13, 2.2.4-10]', () => {
    const enumerator = asking();
    run(enumerator, 1.5 * SECOND);
    enumerator.receive(1_700_000, CABLE, response(0));
    enumerator.receive(1_710_000, CABLE, response(1));
    expect(enumerator.sessions[0]).toMatchObject({
      answers: 2,
      roundTrip: { last: 210_000, least: 210_000, most: 1_700_000 },
    });
  });

  it('pairs with the latest query of its identifier, of which four are told apart', () => {
    const enumerator = asking();
    run(enumerator, 6 * SECOND);
    enumerator.receive(6_100_000, CABLE, response(0));
    expect(enumerator.sessions[0]!.roundTrip.last).toBe(100_000);
    const udp = asking({ targets: [ASKED] });
    const sent = run(udp, 6 * SECOND, ['lan']).map(({ message }) => message.identifier);
    udp.receive(6_100_000, HOST, response(sent[0]!));
    expect(udp.sessions).toEqual([]);
    udp.receive(6_100_000, HOST, response(sent[1]!));
    expect(udp.sessions).toHaveLength(1);
    expect(sent).toHaveLength(DISTINGUISHABLE_QUERIES + 1);
  });

  it('to no query of ours lists nothing and is a violation; the next query goes out when it is due [2.2.4-10, 3.1.5.1-10, 3.1.5.1-11]', () => {
    const enumerator = asking({ targets: [ASKED] });
    const { identifier } = enumerator.poll(0, 'lan')!.message;
    for (const wrong of [identifier + 1, identifier - 1, identifier ^ 0x8000]) {
      enumerator.receive(1, HOST, response(wrong & 0xffff));
    }
    enumerator.receive(1, CABLE, response(identifier));
    expect(enumerator.sessions).toEqual([]);
    expect(events(enumerator).map((event) => event.type === 'violation' && event.section)).toEqual(
      Array(4).fill('3.1.5.1'),
    );
    expect(enumerator.deadline).toBe(1500 * MILLISECOND);
    enumerator.expire(1500 * MILLISECOND);
    expect(enumerator.poll(1500 * MILLISECOND, 'lan')).toBeDefined();
  });

  it('of several sessions to one query lists each [2.2.4-03]', () => {
    const enumerator = asking();
    enumerator.poll(0, 'cable');
    enumerator.receive(1, CABLE, response(0, { SessionName: 'one' }));
    enumerator.receive(2, CABLE, response(0, { SessionName: 'two', ApplicationInstanceGUID: instanceOf(2) }));
    expect(enumerator.sessions.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('that comes again shows what changed, and twice to one query counts once [2.2.5-15]', () => {
    const enumerator = asking();
    run(enumerator, 1.5 * SECOND);
    enumerator.receive(1_600_000, CABLE, response(0));
    enumerator.receive(1_600_001, CABLE, response(0, { CurrentPlayers: 7 }));
    enumerator.receive(1_600_002, CABLE, response(1, { CurrentPlayers: 3, ApplicationDescFlags: 0x80 }));
    expect(enumerator.sessions).toMatchObject([
      { answers: 2, playersCurrent: 3, needsPassword: true, mayMigrate: false },
    ]);
    expect(enumerator.counters).toEqual({
      queries: 2,
      answers: 2,
      repeated: 1,
      violations: 0,
      overlooked: 0,
    });
    expect(events(enumerator).map((event) => event.type === 'answered' && event.isNew)).toEqual([
      true,
      false,
    ]);
  });

  it('that cannot be read, or is of another application, is a violation and lists nothing [3.1.5.1-08, 3.1.5.1-09]', () => {
    const enumerator = asking();
    enumerator.poll(0, 'cable');
    enumerator.receive(1, CABLE, { ...response(0), body: response(0).body.subarray(0, 87) });
    enumerator.receive(1, CABLE, response(0, { ApplicationGUID: OTHER }));
    expect(enumerator.sessions).toEqual([]);
    expect(events(enumerator)).toMatchObject([
      { type: 'violation', section: '2.2.5', endpoint: CABLE },
      { type: 'violation', section: '2.2.5' },
    ]);
    const datagram = decodeDatagram(bytesOf('00 08 00 00 01'));
    expect(isMessage(datagram)).toBe(false);
  });

  it('of any application is listed when any was asked for', () => {
    const enumerator = asking({ application: null });
    enumerator.poll(0, 'cable');
    enumerator.receive(1, CABLE, response(0, { ApplicationGUID: OTHER }));
    expect(enumerator.sessions).toMatchObject([{ application: OTHER }]);
  });

  it('with the flag that forbids enumeration is listed and told of', () => {
    const enumerator = asking();
    enumerator.poll(0, 'cable');
    enumerator.receive(1, CABLE, response(0, { ApplicationDescFlags: 0x100 }));
    expect(enumerator.sessions).toHaveLength(1);
    expect(events(enumerator).map(({ type }) => type)).toEqual(['violation', 'answered']);
  });

  it('is no query, path test or transport packet: those are not looked at', () => {
    const enumerator = asking();
    const query = enumerator.poll(0, 'cable')!.message;
    enumerator.receive(1, CABLE, query);
    enumerator.receive(1, CABLE, { kind: 'transport', identifier: 0, body: Uint8Array.of(0x3f, 2, 0, 0) });
    enumerator.receive(1, CABLE, { kind: 'pathTest', identifier: 0, body: new Uint8Array(8) });
    expect(events(enumerator)).toEqual([]);
    expect(enumerator.counters.violations).toBe(0);
  });
});

describe('a liar', () => {
  it('fills the list up to its limit and no further, whatever it says', () => {
    const enumerator = asking({ targets: [ASKED] });
    const ids = run(enumerator, 3 * SECOND, ['lan']).map(({ message }) => message.identifier);
    let n = 0;
    for (const id of ids) {
      for (let i = 0; i < 1000; i++) {
        enumerator.receive(4 * SECOND, HOST, response(id, { ApplicationInstanceGUID: instanceOf(++n) }));
      }
    }
    expect(enumerator.sessions).toHaveLength(SESSIONS_MAX);
    const { answers, overlooked } = enumerator.counters;
    expect(answers + overlooked).toBe(3000);
    expect(events(enumerator)).toHaveLength(SESSIONS_MAX);
  });

  it('is not read beyond its limit for each query, and its violations do not pile up', () => {
    const enumerator = asking();
    enumerator.poll(0, 'cable');
    const bad = { ...response(0), body: new Uint8Array(3) };
    for (let i = 0; i < 5000; i++) enumerator.receive(1, CABLE, bad);
    expect(enumerator.counters).toMatchObject({ violations: ANSWERS_MAX, overlooked: 5000 - ANSWERS_MAX });
    expect(events(enumerator).length).toBeLessThanOrEqual(64);
    for (let i = 0; i < 5000; i++) enumerator.receive(1, CABLE, response(3));
    expect(events(enumerator).length).toBeLessThanOrEqual(64);
  });

  it('never makes it throw, whatever bytes come', () => {
    const kinds = fc.constantFrom('enumerationResponse', 'enumerationQuery', 'transport', 'pathTest');
    const message = fc.record({
      kind: kinds,
      identifier: fc.integer({ min: 0, max: 3 }),
      body: fc.uint8Array({ maxLength: 200 }),
    }) as fc.Arbitrary<Message>;
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
        const enumerator = asking();
        run(enumerator, 6 * SECOND);
        for (const each of messages) enumerator.receive(7 * SECOND, CABLE, each);
        events(enumerator);
        expect(enumerator.deadline).toBe(7.5 * SECOND);
        const packet = decodeSessionMessage(messages[0] ?? response(0));
        expect(packet.name).toBeDefined();
      }),
      { seed: 150, numRuns: 200 },
    );
  });
});
