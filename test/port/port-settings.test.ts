import { describe, expect, it } from 'vitest';
import { PortError, UsageError } from '../../src/base/failure.ts';
import {
  DEFAULT_LINE_SETTINGS,
  FLOW_CONTROLS,
  type LineSettings,
  PARITIES,
  STOP_BITS,
} from '../../src/base/line-settings.ts';
import {
  checkBaud,
  compareSettings,
  notAppliedTo,
  openLineOptions,
  type PortKind,
  refuseImpossible,
  settingWarnings,
} from '../../src/port/port-settings.ts';
import type { TerminalSettings } from '../../src/port/terminal.ts';

const settings = (over: Partial<LineSettings>): LineSettings => ({ ...DEFAULT_LINE_SETTINGS, ...over });
const terminal = (over: Partial<TerminalSettings>): TerminalSettings => ({
  baud: 115_200,
  baudReceive: 115_200,
  dataBits8: true,
  parity: 'NONE',
  stopbits: 1,
  rtscts: false,
  xonxoff: false,
  ...over,
});
const refusal = (over: Partial<LineSettings>, kind: PortKind): string | undefined => {
  try {
    refuseImpossible('/dev/ttyX', settings(over), kind);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(PortError);
    expect((error as PortError).fault).toBe('unsupported');
    return (error as PortError).message;
  }
};

describe('line settings on a port', () => {
  it('a rate is a whole number from 50 to 4,000,000', () => {
    for (const baud of [50, 31_250, 115_200, 4_000_000]) checkBaud(baud);
    for (const baud of [0, -9_600, 49, 4_000_001, 9_600.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => checkBaud(baud)).toThrow(UsageError);
    }
  });

  it('DTR flow control is refused by name on every kind of port', () => {
    for (const kind of ['linux', 'pty', 'windows', 'macos', 'given'] as const) {
      expect(refusal({ flowcontrol: 'DTR' }, kind)).toContain('flowcontrol=DTR');
      expect(refusal({ flowcontrol: 'RTSDTR' }, kind)).toContain('flowcontrol=RTSDTR');
    }
  });

  it('1.5 stop bits and constant parity are refused by name where the OS has none', () => {
    expect(refusal({ stopbits: 1.5 }, 'linux')).toContain('stopbits=1.5 is not possible on Linux');
    expect(refusal({ stopbits: 1.5 }, 'macos')).toContain('stopbits=1.5');
    expect(refusal({ stopbits: 1.5 }, 'windows')).toBeUndefined();
    expect(refusal({ stopbits: 1.5 }, 'pty')).toBeUndefined();
    expect(refusal({ parity: 'MARK' }, 'macos')).toContain('parity=MARK is not possible on macOS');
    expect(refusal({ parity: 'SPACE' }, 'linux')).toBeUndefined();
  });

  it('no option that serialport is given is ever undefined', () => {
    for (const kind of ['linux', 'pty', 'windows', 'macos', 'given'] as const) {
      for (const parity of PARITIES) {
        for (const stopbits of STOP_BITS) {
          for (const flowcontrol of FLOW_CONTROLS) {
            const options = openLineOptions(settings({ parity, stopbits, flowcontrol }), kind);
            expect(Object.values(options)).not.toContain(undefined);
          }
        }
      }
    }
  });

  it('Linux is never asked through serialport for what serialport refuses there', () => {
    expect(openLineOptions(settings({ parity: 'MARK' }), 'linux').parity).toBe('none');
    expect(openLineOptions(settings({ parity: 'SPACE', stopbits: 1.5 }), 'pty')).toMatchObject({
      parity: 'none',
      stopBits: 1,
    });
    expect(openLineOptions(settings({ parity: 'MARK', stopbits: 1.5 }), 'windows')).toMatchObject({
      parity: 'mark',
      stopBits: 1.5,
    });
  });

  it('flow control becomes what termios calls it', () => {
    expect(openLineOptions(settings({ flowcontrol: 'RTS' }), 'linux')).toMatchObject({
      rtscts: true,
      xon: false,
      xoff: false,
    });
    expect(openLineOptions(settings({ flowcontrol: 'XONXOFF' }), 'linux')).toMatchObject({
      rtscts: false,
      xon: true,
      xoff: true,
    });
  });

  it('XONXOFF comes with a warning that it eats binary data', () => {
    expect(settingWarnings(settings({ flowcontrol: 'XONXOFF' })).join()).toMatch(/0x11 and 0x13/);
    expect(settingWarnings(settings({ flowcontrol: 'RTS' }))).toEqual([]);
  });

  it('a pseudo-terminal says which settings have no effect on it', () => {
    expect(
      notAppliedTo(settings({ parity: 'EVEN', stopbits: 2, flowcontrol: 'RTS' }), 'pty').map(
        (text) => text.split(':')[0],
      ),
    ).toEqual(['parity=EVEN', 'stopbits=2', 'flowcontrol=RTS']);
    expect(notAppliedTo(settings({}), 'pty')).toEqual([]);
    expect(notAppliedTo(settings({ parity: 'EVEN' }), 'linux')).toEqual([]);
  });

  it('a setting that reads back differently is refused, naming every difference', () => {
    const asked = settings({ parity: 'MARK', stopbits: 2, flowcontrol: 'RTS' });
    expect(() => compareSettings('/dev/ttyX', asked, terminal({ baud: 9_600 }), 'linux')).toThrow(
      /baud=115200 was set as 9600, parity=MARK was set as NONE, stopbits=2 was set as 1, RTS\/CTS flow control is off/,
    );
    expect(() => compareSettings('/dev/ttyX', settings({}), terminal({ dataBits8: false }), 'linux')).toThrow(
      /8 data bits/,
    );
    expect(() => compareSettings('/dev/ttyX', settings({}), terminal({ xonxoff: true }), 'pty')).toThrow(
      /XON\/XOFF/,
    );
    expect(compareSettings('/dev/ttyX', settings({ parity: 'EVEN' }), terminal({}), 'pty')).toEqual([]);
  });

  it('a rate that is a little off is a warning, not a refusal', () => {
    expect(
      compareSettings('/dev/ttyX', settings({}), terminal({ baud: 116_129, baudReceive: 116_129 }), 'linux'),
    ).toHaveLength(1);
    expect(() =>
      compareSettings('/dev/ttyX', settings({}), terminal({ baudReceive: 125_000 }), 'linux'),
    ).toThrow(PortError);
  });
});
