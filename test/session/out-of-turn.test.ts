/** What a client does when its host, or the player next in line, says what dplink would not say just then. [MS-DPDX] 2.2.15, 3.1.5.4 */
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../src/base/instant.ts';
import { CLIENT, HOST, joined, OTHER } from './scripted-host.ts';

const MIGRATE = { name: 'TRANS_USERDATA_HOST_MIGRATE', dpnidOldHost: HOST, dpnidNewHost: OTHER } as const;
const COMPLETE = { name: 'TRANS_USERDATA_HOST_MIGRATE_COMPLETE' } as const;
const late = (dwVersion: number) =>
  ({
    name: 'TRANS_USERDATA_ADD_PLAYER',
    ...{ dpnid: 0x94de_8124, dpnidOwner: 0, dwFlags: 0x100, dwVersion, dwDNETClientVersion: 7 },
    ...{ url: undefined, data: undefined, clientName: 'late' },
  }) as const;

test('a client that DESTROY_PLAYER names leaves, whatever its version (DIS-10) [2.2.15-04]', () => {
  for (const dwVersion of [7, 6, 3]) {
    const { bench, host, other } = joined(`named ${dwVersion}`);
    host.tell(bench.now, {
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      ...{ dpnidLeaving: CLIENT, dwVersion, dwDestroyReason: 4 },
    });
    bench.run(5 * SECOND);
    expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'removed' }]);
    expect([host.connection.state, other.connection.state]).toEqual(['closed', 'closed']);
  }
});

describe('a client that is told to connect', () => {
  const failed = { name: 'TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED', dpnID: 0x94de_8124 };

  test('to a player of whom it was never told says that it cannot (JOI-5) [3.3.5-03]', () => {
    const { bench, host, client } = joined('unknown');
    host.tell(bench.now, { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', dpnid: 0x94de_8124, dwVersion: 7 });
    bench.run(SECOND);
    expect(host.told('TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED')).toEqual([failed]);
    expect(client).toMatchObject({ state: 'joined', nameTableVersion: 7 });
  });

  test('over a line that another player has says that it cannot, and leaves that one its line (SER-11)', () => {
    const { bench, host, other, client } = joined('taken');
    host.tell(bench.now, { ...late(7), clientName: 'other' });
    host.tell(bench.now, { name: 'TRANS_USERDATA_INSTRUCT_CONNECT', dpnid: 0x94de_8124, dwVersion: 8 });
    bench.run(SECOND);
    expect(host.told('TRANS_USERDATA_INSTRUCTED_CONNECT_FAILED')).toEqual([failed]);
    expect(other.connection.state).toBe('connected');
    expect(client.chat(bench.now, 'still here')).toBe(2);
  });
});

describe('a client that took over because the next in line kept silent', () => {
  const tookOver = (seed: string) => {
    const scripted = joined(seed);
    const { bench, host, other, client } = scripted;
    host.connection.close(bench.now);
    bench.run(85 * SECOND);
    expect(client.state).toBe('joined');
    bench.run(10 * SECOND);
    expect(client.state).toBe('hosting');
    expect(other.told('TRANS_USERDATA_HOST_MIGRATE')).toMatchObject([{ dpnidNewHost: CLIENT }]);
    return scripted;
  };

  test('gives way when it speaks up after all, and follows it as a host (MIG-10)', () => {
    const { bench, other, client } = tookOver('gives way');
    other.tell(bench.now, MIGRATE);
    bench.run(SECOND);
    expect(client.state).toBe('joined');
    expect(client.hostPlayer?.name).toBe('other');
    expect(other.told('TRANS_USERDATA_NAMETABLE_VERSION')).toMatchObject([{ dwVersion: 6 }]);
    other.tell(bench.now, {
      name: 'TRANS_USERDATA_DESTROY_PLAYER',
      ...{ dpnidLeaving: HOST, dwVersion: 7, dwDestroyReason: 1 },
    });
    other.tell(bench.now, COMPLETE);
    other.tell(bench.now, late(8));
    bench.run(SECOND);
    expect(client.players.map(({ name }) => name)).toEqual(['other', 'client', 'late']);
    expect(client.nameTableVersion).toBe(8);
    expect(bench.told('client', 'hostMigrated')).toMatchObject([
      { from: { name: 'host' }, to: { name: 'other' } },
    ]);
    other.tell(bench.now, { name: 'TRANS_USERDATA_TERMINATE_SESSION', TerminateData: undefined });
    bench.run(5 * SECOND);
    expect(bench.told('client', 'ended')).toMatchObject([{ cause: 'removed' }]);
  });
});
