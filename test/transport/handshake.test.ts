import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { Connection } from '../../src/transport/connection.ts';
import { established, hex, LoneEnd, SESSION, word } from './lone-end.ts';

const vector = (name: string) =>
  readFileSync(new URL(`../vectors/${name}.hex`, import.meta.url), 'utf8').trim();

const base = word(0x00010000);
const session = word(SESSION);
const connect = (version = base, id = session) => `88 01 00 00 ${version} ${id} 11 22 33 44`;

function listening(options = {}): LoneEnd {
  return new LoneEnd(options).command((connection, now) => connection.listen(now));
}

function connecting(options = {}): LoneEnd {
  return new LoneEnd({ sessionId: SESSION, ...options }).command((connection, now) =>
    connection.connect(now),
  );
}

describe('the worked handshake', () => {
  it('comes out byte for byte of two connections that announce 1.6 [2.2.7-01] [2.2.7-02] [2.2.7-12] [2.2.7-21] [2.2.7-24] [2.2.8-01] [2.2.8-04] [2.2.8-10] [2.2.8-19] [2.2.22-01] [2.2.22-07] [2.2.22-08] [3.1.5.1-37] [6-04]', () => {
    const version = 0x00010006;
    // Each machine has its own time: these are the tick counts of the published packets.
    const near = 0x2367369d * MILLISECOND;
    const far = 0x0004dfe1 * MILLISECOND;
    const connector = new Connection({ random: new Random('near'), version, sessionId: SESSION });
    const listener = new Connection({ random: new Random('far'), version });
    const take = (connection: Connection, now: number) => connection.poll(now) ?? new Uint8Array(0);
    listener.listen(far);
    connector.connect(near);
    const first = take(connector, near);
    expect(hex(first)).toBe(vector('dpl8r-4-1-connect'));
    listener.receive(far, first);
    const second = take(listener, far);
    expect(hex(second)).toBe(vector('dpl8r-4-2-connected-listener'));
    connector.receive(near, second);
    const third = take(connector, near);
    expect(hex(third)).toBe(vector('dpl8r-4-3-connected-connector'));
    listener.receive(far, third);
    expect(hex(take(connector, near))).toBe(vector('dpl8r-4-4-keepalive-connector'));
    expect(hex(take(listener, far))).toBe(vector('dpl8r-4-5-keepalive-listener'));
    expect([connector.state, listener.state]).toEqual(['connected', 'connected']);
  });
});

describe('the connecting side', () => {
  it('repeats CONNECT at 200, 600, 1400, 3000, 6200 ms and every 5 s, 15 packets in all, then has failed [3.1.2.1-01] [3.1.2.1-03] [3.1.6.1-01] [3.1.6.1-02] [3.1.6.1-03] [3.1.6.1-04] [6-19]', () => {
    const end = connecting().run(200 * SECOND);
    const times = end.sent.map(({ at }) => at / MILLISECOND);
    expect(times.slice(0, 7)).toEqual([0, 200, 600, 1400, 3000, 6200, 11_200]);
    expect(times).toHaveLength(15);
    expect(times[14]).toBe(6200 + 9 * 5000);
    expect(end.of('closed')).toEqual([{ type: 'closed', cause: 'handshake', undelivered: 0 }]);
    expect(end.connection.deadline).toBeUndefined();
  });

  it('numbers its retries from 0, keeps dwSessID and sends bRspId 0 [2.2.7-03] [2.2.7-06] [2.2.7-07] [2.2.7-08] [2.2.7-10] [2.2.7-13] [2.2.7-14] [2.2.7-29] [2.2.7-32]', () => {
    const end = connecting().run(1 * SECOND);
    expect(end.hex).toEqual([
      `88 01 00 00 ${base} ${session} ${word(0)}`,
      `88 01 01 00 ${base} ${session} ${word(200)}`,
      `88 01 02 00 ${base} ${session} ${word(600)}`,
    ]);
  });

  it('draws dwSessID anew for each attempt, never 0 [2.2.7-26] [2.2.7-27]', () => {
    const ids = Array.from({ length: 50 }, (_, n) => {
      const end = new LoneEnd({ random: new Random(`attempt ${n}`), version: 0x00010005 });
      const { packet } = end.command((connection, now) => connection.connect(now)).sent[0]!;
      return packet.name === 'TRANS_COMMAND_CONNECT' ? packet.dwSessID : 0;
    });
    expect(new Set(ids).size).toBe(50);
    expect(ids).not.toContain(0);
  });

  it('draws again for a dwSessID of 0, which is none [2.2.7-27]', () => {
    class Zero extends Random {
      override below(): number {
        return 0;
      }
    }
    const end = new LoneEnd({ random: new Zero('zero'), version: 0x00010005 });
    const { packet } = end.command((connection, now) => connection.connect(now)).sent[0]!;
    expect(packet).toMatchObject({ name: 'TRANS_COMMAND_CONNECT', dwSessID: 1 });
  });

  it('acknowledges the accept without POLL and is connected [2.2.8-04] [2.2.8-09] [2.2.8-20] [2.2.8-23] [3.1.5.1-24] [3.1.5.1-29] [3.1.5.2-20]', () => {
    const end = connecting().forget();
    end.now = 20 * MILLISECOND;
    end.receive(`88 02 07 00 ${base} ${session} de ad be ef`);
    expect(end.hex[0]).toBe(`80 02 01 07 ${base} ${session} ${word(20)}`);
    expect(end.of('connected')).toEqual([{ type: 'connected', version: 0x00010000, sessionId: SESSION }]);
    expect(end.connection.statistics.roundTrip.smoothed).toBe(20 * MILLISECOND);
  });

  it.each([
    ['another dwSessID', `88 02 00 00 ${base} ${word(1)} 00 00 00 00`],
    ['no POLL', `80 02 00 00 ${base} ${session} 00 00 00 00`],
    ['another bCommand', `98 02 00 00 ${base} ${session} 00 00 00 00`],
    ['an unknown bExtOpCode', `88 7f 00 00 ${base} ${session} 00 00 00 00`],
    ['another major version', `88 02 00 00 ${word(0x00020000)} ${session} 00 00 00 00`],
  ])(
    'disregards an accept with %s [2.2.7-31] [2.2.8-03] [2.2.8-05] [2.2.8-06] [2.2.8-15] [2.2.8-21] [3.1.5.1-25] [3.1.5.1-26] [3.1.5.1-27] [3.1.5.1-28]',
    (_, packet) => {
      const end = connecting().forget().receive(packet);
      expect(end.connection.state).toBe('connecting');
      expect(end.sent).toEqual([]);
      expect(end.of('violation')).toHaveLength(1);
    },
  );

  it('disregards a CONNECT and a SACK while its own CONNECT is under way [3.1.5.1-16] [3.1.5.1-49]', () => {
    const end = connecting().forget().receive(connect()).receive('80 06 01 00 00 00 00 00 00 00 00 00');
    expect(end.connection.state).toBe('connecting');
    expect(end.sent).toEqual([]);
    expect(end.of('violation')).toHaveLength(2);
  });

  it('acknowledges a repeated accept again, and repeats what the partner disregarded meanwhile (CON-5)', () => {
    const end = connecting().receive(`88 02 00 00 ${base} ${session} 00 00 00 00`).forget();
    end.now = 200 * MILLISECOND;
    end.receive(`88 02 01 00 ${base} ${session} 00 00 00 00`);
    expect(end.hex[0]?.slice(0, 11)).toBe('80 02 02 01');
    expect(end.hex[1]).toBe('3f 03 00 00');
  });

  it('takes any version 1.x and uses the formats of the lower one [2.2.7-19] [2.2.7-18] [2.2.7-22] [2.2.8-13] [2.2.8-14] [2.2.8-16] [2.2.8-17]', () => {
    for (const [ours, theirs, common] of [
      [0x00010000, 0x00010006, 0x00010000],
      [0x00010006, 0x00010003, 0x00010003],
      [0x00010006, 0x00010005, 0x00010005],
      [0x00010006, 0x00010009, 0x00010006],
    ] as const) {
      const end = connecting({ version: ours });
      end.receive(`88 02 00 00 ${word(theirs)} ${session} 00 00 00 00`);
      expect(end.of('connected')[0]?.version).toBe(common);
      const keepAlive = end.frames[0]!;
      expect(keepAlive.payload).toHaveLength(common === 0x00010006 ? 4 : 0);
    }
  });
});

describe('the listening side', () => {
  it('accepts a CONNECT at once, polled, with its bMsgID and dwSessID [2.2.7-04] [2.2.7-09] [2.2.7-11] [2.2.7-30] [2.2.7-33] [2.2.8-02] [2.2.8-03] [2.2.8-07] [2.2.8-12] [2.2.8-22] [3.1.5.1-18] [3.1.5.1-20] [3.1.5.2-19] [3.2.5-02]', () => {
    const end = listening();
    end.now = 5 * SECOND;
    end.receive(`88 01 05 7f ${base} ${session} 11 22 33 44`);
    expect(end.hex).toEqual([`88 02 00 05 ${base} ${session} ${word(5000)}`]);
    expect(end.sent[0]?.at).toBe(5 * SECOND);
  });

  it('says 1 for the major version in every accept, whatever it announces and is asked for [2.2.8-11]', () => {
    for (const version of [0x00010000, 0x00010004, 0x00010006]) {
      const end = listening({ version }).receive(connect(word(0x00010009)));
      end.run(1 * SECOND);
      expect(end.sent.length).toBeGreaterThan(2);
      for (const bytes of end.hex) expect(bytes.slice(18, 23)).toBe('01 00');
    }
  });

  it('accepts a CONNECT without POLL as well (CON-1) [2.2.7-03]', () => {
    expect(listening().receive(connect().replace('88', '80')).sent).toHaveLength(1);
  });

  it.each([
    ['another bCommand', connect().replace('88', '90')],
    ['an unknown bExtOpCode', connect().replace('88 01', '88 7f')],
    ['another major version', connect(word(0x00020000))],
    ['dwSessID 0 at version 1.5', connect(word(0x00010005), word(0))],
  ])(
    'disregards a CONNECT with %s [2.2.7-05] [2.2.7-17] [2.2.7-28] [3.1.5.1-19] [3.1.5.1-21]',
    (_, packet) => {
      const end = listening().receive(packet);
      expect(end.sent).toEqual([]);
      expect(end.connection.state).toBe('listening');
      expect(end.of('violation')).toHaveLength(1);
    },
  );

  it('accepts dwSessID 0 below version 1.5, and every version of 1.x [2.2.7-15] [2.2.7-16] [2.2.7-18] [6-08] [6-09]', () => {
    expect(listening().receive(connect(word(0x00010004), word(0))).sent).toHaveLength(1);
    for (const version of [0x00010000, 0x00010004, 0x00010005, 0x00010006, 0x00010009]) {
      expect(listening().receive(connect(word(version))).sent).toHaveLength(1);
    }
  });

  it('is silent when it does not listen [3.1.5.1-17]', () => {
    expect(new LoneEnd().receive(connect()).sent).toEqual([]);
  });

  it('answers the same CONNECT again and one with another dwSessID not at all [3.1.5.1-14] [3.1.5.1-15]', () => {
    const end = listening().receive(connect());
    end.receive(connect().replace('88 01 00', '88 01 01'));
    end.receive(connect(base, word(1)));
    expect(end.hex.map((bytes) => bytes.slice(0, 11))).toEqual(['88 02 00 00', '88 02 01 01']);
  });

  it('repeats its accept until it is acknowledged, then listens again [2.2.8-08] [3.1.5.1-34] [3.1.6.1-01] [3.1.6.1-05]', () => {
    const end = listening()
      .receive(connect())
      .run(200 * SECOND);
    expect(end.sent.slice(0, 3).map(({ at }) => at / MILLISECOND)).toEqual([0, 200, 600]);
    expect(end.hex.slice(0, 3).map((bytes) => bytes.slice(6, 8))).toEqual(['00', '01', '02']);
    expect(end.sent).toHaveLength(15);
    expect(end.connection.state).toBe('listening');
    end.forget().receive(connect(base, word(77)));
    expect(end.hex).toEqual([`88 02 00 00 ${base} ${word(77)} ${word(200_000)}`]);
  });

  it('is connected by an unpolled accept with its dwSessID [3.1.5.1-32]', () => {
    const end = listening().receive(connect());
    end.receive(`80 02 01 00 ${base} ${session} 00 00 00 00`);
    expect(end.connection.state).toBe('connected');
  });

  it.each([
    ['another dwSessID', `80 02 01 00 ${base} ${word(1)} 00 00 00 00`],
    ['POLL set', `88 02 01 00 ${base} ${session} 00 00 00 00`],
    ['an unknown bExtOpCode', `80 7f 01 00 ${base} ${session} 00 00 00 00`],
  ])(
    'stays unconnected by an acknowledging accept with %s [3.1.5.1-33] [3.1.5.1-35] [3.1.5.1-36]',
    (_, packet) => {
      const end = listening().receive(connect()).forget().receive(packet);
      expect(end.connection.state).toBe('accepting');
      expect(end.sent).toEqual([]);
    },
  );

  it('disregards an accept that nothing asked for [3.1.5.1-23] [3.1.5.1-31]', () => {
    const end = listening();
    end.receive(`88 02 00 00 ${base} ${session} 00 00 00 00`);
    end.receive(`80 02 00 00 ${base} ${session} 00 00 00 00`);
    expect(end.connection.state).toBe('listening');
    expect(end.sent).toEqual([]);
  });

  it('disregards data frames and SACKs before it is connected (DFR-20) [3.1.5.1-49]', () => {
    const end = listening().receive(connect()).forget();
    end.receive('3f 00 00 00 41').receive('80 06 01 00 01 00 00 00 00 00 00 00');
    expect(end.sent).toEqual([]);
    expect(end.events).toEqual([]);
  });

  it('takes nothing from a SACK that comes before it is connected, the places that it releases included [3.1.5.1-49]', () => {
    const end = listening().receive(connect());
    // bNRcv 1, bNSeq 1 and a send mask that names 0.
    end.receive('80 06 09 00 01 01 00 00 00 00 00 00 01 00 00 00');
    end.receive(`80 02 01 00 ${base} ${session} 00 00 00 00`).forget();
    end.receive('37 00 00 00 41');
    expect(end.messages).toEqual(['A']);
    // Our keep-alive, number 0, is not acknowledged by it.
    expect(end.run(end.now + 2 * SECOND).frames.map(({ bSeq }) => bSeq)).toContain(0);
  });

  it('disregards a CONNECT once it is connected [3.1.5.1-13]', () => {
    const end = established().receive(connect());
    expect(end.sent).toEqual([]);
    expect(end.connection.state).toBe('connected');
  });
});
