/** `dplink ports`: the serial ports of this machine, ready to be named. */
import type { CommandModule } from 'yargs';
import { DEFAULT_LINE_SETTINGS } from '../base/line-settings.ts';
import { type ListedPort, listPorts } from '../port/port-list.ts';
import type { Console } from './console.ts';
import { serialAddress } from './serial-address.ts';

interface PortsFlags {
  readonly json: boolean;
}

/** The command. */
export function portsCommand(console: Console): CommandModule<object, PortsFlags> {
  return {
    command: 'ports',
    describe: 'List the ports of this machine, each with its device GUID and an address',
    builder: (yargs) =>
      yargs
        .option('json', { type: 'boolean', default: false, describe: 'One JSON document' })
        .example('$0 ports', 'What can be soaked here')
        .example('$0 ports --json', 'The same for a program'),
    handler: async (flags) => {
      const ports = await listPorts();
      console.stdout.write(flags.json ? `${JSON.stringify(ports.map(withAddress), null, 2)}\n` : text(ports));
    },
  };
}

function withAddress(port: ListedPort): ListedPort & { readonly address: string } {
  return { ...port, address: serialAddress(port.deviceGuid, DEFAULT_LINE_SETTINGS) };
}

function text(ports: readonly ListedPort[]): string {
  if (ports.length === 0) {
    return 'no serial ports on this machine\n(dplink soak runs without one: it makes a virtual null-modem)\n';
  }
  const width = Math.max(...ports.map(({ path }) => path.length));
  return ports
    .flatMap((port) => {
      const maker = [port.description, port.manufacturer, port.serialNumber && `serial ${port.serialNumber}`];
      const usb = port.vendorId === null ? '' : ` [${port.vendorId}:${port.productId ?? ''}]`;
      return [
        `${port.path.padEnd(width)}  ${[...new Set(maker.filter(Boolean))].join(', ')}${usb}`,
        ...(port.stablePath === null ? [] : [`${' '.repeat(width)}  ${port.stablePath}`]),
        `${' '.repeat(width)}  ${withAddress(port).address}`,
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}
