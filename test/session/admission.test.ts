/** Who is let in, and what the others are told. [MS-DPDX] 2.2.13, 2.2.26, 3.1.5.1 */
import { describe, expect, it } from 'vitest';
import {
  type Circumstances,
  PLAYER_BYTES_MAX,
  type PlayerConnectInfo,
  refusal,
} from '../../src/session/admission.ts';
import { DPNERR } from '../../src/wire/flags.ts';
import { malformed } from '../../src/wire/malformed.ts';
import { DESCRIPTION, hostTable, INTRODUCTION, player } from './players.ts';

const OPEN: Circumstances = {
  isHost: true,
  isClosing: false,
  description: { ...DESCRIPTION, password: 'secret' },
  table: hostTable(),
  refuse: () => undefined,
};
const GOOD: PlayerConnectInfo = { ...INTRODUCTION, Password: 'secret' };
const OTHER_GUID = '00000000-0000-0000-0000-000000000001';
const ZERO_GUID = '00000000-0000-0000-0000-000000000000';

const codeOf = (info: Partial<PlayerConnectInfo>, circumstances: Partial<Circumstances> = {}) =>
  refusal({ ...GOOD, ...info }, { ...OPEN, ...circumstances })?.code;

describe('an introduction', () => {
  it('that is as the session wants it is let in', () => {
    expect(codeOf({})).toBeUndefined();
  });

  it('to who does not host is refused as NOTHOST [2.2.13-05]', () => {
    expect(codeOf({}, { isHost: false })).toBe(DPNERR.NOTHOST);
    expect(codeOf({}, { description: undefined })).toBe(DPNERR.NOTHOST);
    expect(codeOf({}, { table: undefined })).toBe(DPNERR.NOTHOST);
  });

  it('while the host leaves or takes over is refused as ALREADYCLOSING [2.2.13-04]', () => {
    expect(codeOf({}, { isClosing: true })).toBe(DPNERR.ALREADYCLOSING);
  });

  it('that cannot be read is refused as GENERIC, and so is one that tells too much [2.2.13-12]', () => {
    const broken = malformed('TRANS_USERDATA_PLAYER_CONNECT_INFO', 'dwNameOffset', 12, 'is 0');
    expect(refusal(broken, OPEN)).toMatchObject({ code: DPNERR.GENERIC, text: 'dwNameOffset is 0' });
    expect(codeOf({ data: new Uint8Array(PLAYER_BYTES_MAX) })).toBe(DPNERR.GENERIC);
    expect(codeOf({ clientName: 'x'.repeat(PLAYER_BYTES_MAX) })).toBe(DPNERR.GENERIC);
  });

  it('of somebody who is no peer is refused as INVALIDINTERFACE [2.2.13-06]', () => {
    for (const dwFlags of [0, 2, 5]) expect(codeOf({ dwFlags })).toBe(DPNERR.INVALIDINTERFACE);
  });

  it('of DirectPlay version 0 is refused as INVALIDVERSION; every other version is let in [2.2.13-07]', () => {
    expect(codeOf({ dwDNETVersion: 0 })).toBe(DPNERR.INVALIDVERSION);
    for (const dwDNETVersion of [1, 2, 3, 6, 7, 8, 9, 0xffff_ffff]) {
      expect(codeOf({ dwDNETVersion })).toBeUndefined();
    }
  });

  it('for another application is refused as INVALIDAPPLICATION [2.2.13-09]', () => {
    expect(codeOf({ guidApplication: OTHER_GUID })).toBe(DPNERR.INVALIDAPPLICATION);
  });

  it('for another session, or for any, is refused as INVALIDINSTANCE [2.2.13-08]', () => {
    expect(codeOf({ guidInstance: OTHER_GUID })).toBe(DPNERR.INVALIDINSTANCE);
    expect(codeOf({ guidInstance: ZERO_GUID })).toBe(DPNERR.INVALIDINSTANCE);
  });

  it('with another password, or without one, is refused as INVALIDPASSWORD [2.2.13-10]', () => {
    for (const Password of [undefined, '', 'Secret'])
      expect(codeOf({ Password })).toBe(DPNERR.INVALIDPASSWORD);
  });

  it('with a password that nobody asked for is let in', () => {
    expect(codeOf({ Password: 'any' }, { description: DESCRIPTION })).toBeUndefined();
  });

  it('that the application refuses is refused as HOSTREJECTEDCONNECTION, with its reply [2.2.13-11]', () => {
    const reply = Uint8Array.of(1, 2, 3);
    expect(refusal(GOOD, { ...OPEN, refuse: () => reply })).toEqual({
      code: DPNERR.HOSTREJECTEDCONNECTION,
      reply,
      text: undefined,
    });
  });

  it('to a full session is refused as HOSTREJECTEDCONNECTION [2.2.13-11]', () => {
    const description = { ...DESCRIPTION, playersMax: 2 };
    const table = hostTable();
    expect(codeOf({}, { description, table })).toBeUndefined();
    table.add(player('one'));
    expect(codeOf({}, { description, table })).toBe(DPNERR.HOSTREJECTEDCONNECTION);
  });

  it('in which everything is wrong gets the codes in one order [2.2.13-04, 2.2.13-05, 2.2.13-06, 2.2.13-07, 2.2.13-08, 2.2.13-09, 2.2.13-10, 2.2.13-11]', () => {
    let info: Partial<PlayerConnectInfo> = {
      dwFlags: 0,
      dwDNETVersion: 0,
      guidApplication: OTHER_GUID,
      guidInstance: OTHER_GUID,
      Password: 'wrong',
    };
    let circumstances: Partial<Circumstances> = {
      isHost: false,
      isClosing: true,
      refuse: () => new Uint8Array(0),
    };
    const seen: (number | undefined)[] = [];
    const look = () => seen.push(codeOf(info, circumstances));
    look();
    circumstances = { ...circumstances, isHost: true };
    look();
    circumstances = { ...circumstances, isClosing: false };
    look();
    for (const repair of [
      { dwFlags: 4 },
      { dwDNETVersion: 7 },
      { guidApplication: GOOD.guidApplication },
      { guidInstance: GOOD.guidInstance },
      { Password: 'secret' },
    ]) {
      info = { ...info, ...repair };
      look();
    }
    circumstances = { ...circumstances, refuse: () => undefined };
    look();
    expect(seen).toEqual([
      DPNERR.NOTHOST,
      DPNERR.ALREADYCLOSING,
      DPNERR.INVALIDINTERFACE,
      DPNERR.INVALIDVERSION,
      DPNERR.INVALIDAPPLICATION,
      DPNERR.INVALIDINSTANCE,
      DPNERR.INVALIDPASSWORD,
      DPNERR.HOSTREJECTEDCONNECTION,
      undefined,
    ]);
  });

  it('asks the application only about who is otherwise let in', () => {
    let asked = 0;
    const refuse = () => {
      asked++;
      return undefined;
    };
    codeOf({ Password: 'wrong' }, { refuse });
    expect(asked).toBe(0);
    codeOf({}, { refuse });
    expect(asked).toBe(1);
  });
});
