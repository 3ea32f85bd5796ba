import { describe, expect, it } from 'vitest';
import { deviceGuid } from '../../src/port/device-guid.ts';

describe('a device GUID', () => {
  it('is a version 5 UUID in braces', () => {
    expect(deviceGuid('usb-FTDI_FT232R_USB_UART_A9007UX1-if00-port0')).toMatch(
      /^\{[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}\}$/,
    );
  });

  it('is the same for the same device and another for another, in every release', () => {
    expect(deviceGuid('/dev/ttyS0')).toBe('{6218709C-F09A-5181-8DA8-4A6389B7E57C}');
    expect(deviceGuid('/dev/ttyS1')).not.toBe(deviceGuid('/dev/ttyS0'));
  });
});
