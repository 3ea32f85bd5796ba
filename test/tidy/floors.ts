/** The floor map: what each folder of `src` holds and which others it may import. The one place where that is decided. */

/** One folder of `src`. */
export interface Floor {
  readonly name: string;
  /** What lives there, for the map in docs/architecture.md. */
  readonly holds: string;
  /** The floors it may import, besides itself. */
  readonly imports: readonly string[];
  /** Whether it takes time, chance and input only from outside: no clock, no timer, no promise, no I/O. */
  readonly pure: boolean;
  /** Node's own modules that it may import. */
  readonly node?: readonly string[];
  /** Packages from the registry that it may import. */
  readonly packages?: readonly string[];
  /** A floor of the plan without a file yet. */
  readonly later?: true;
}

const FILES = ['node:fs', 'node:fs/promises', 'node:path'] as const;

/** From the bottom up: a floor imports only floors above it in this list. */
export const FLOORS: readonly Floor[] = [
  {
    name: 'base',
    holds:
      'whole-microsecond instants, seeded random numbers, 8-bit sequence arithmetic, CRC-16, histogram, failures',
    imports: [],
    pure: true,
    packages: ['yaml', 'zod'],
  },
  {
    name: 'wire',
    holds: 'every packet of section 2.2, declared once; DN_ADDRESSING_URL, GUID, DPNID',
    imports: ['base'],
    pure: true,
    // SHA-1 of the path test key: a function of its input and nothing else. [MS-DPDX] 2.2.38
    node: ['node:crypto'],
  },
  {
    name: 'framing',
    holds: 'bytes to frames and back: header, CRCs, resynchronisation',
    imports: ['base', 'wire'],
    pure: true,
  },
  {
    name: 'transport',
    holds: 'one connection: handshake, windows, masks, timers, retries, reassembly',
    imports: ['base', 'wire'],
    pure: true,
  },
  {
    name: 'session',
    holds: 'enumeration, host, peer, name table, migration, chat',
    imports: ['base', 'wire', 'transport'],
    pure: true,
  },
  {
    name: 'line',
    holds: 'an imperfect wire: pace, latency, bit errors, drops, cuts',
    imports: ['base'],
    pure: true,
  },
  {
    name: 'modem',
    holds: 'dialer, emulated modems and the exchange that joins them',
    // The byte queues and flow-control characters of a line; the call's own pace and noise are its own.
    imports: ['base', 'line'],
    pure: true,
  },
  {
    name: 'soak',
    holds: 'profile, traffic, probe messages, measures, verdict: the engine',
    imports: ['base', 'wire', 'framing', 'transport', 'session', 'modem'],
    pure: true,
    packages: ['zod'],
  },
  {
    name: 'sim',
    holds: 'worlds of endpoints over lines in virtual time',
    imports: ['base', 'wire', 'framing', 'transport', 'session', 'modem', 'line', 'soak'],
    pure: true,
  },
  {
    name: 'port',
    holds:
      'serial port, virtual null-modem, in-process line, UDP socket, clock, drivers: the floor with the I/O',
    // Of wire the datagram, of session what an endpoint is: the driver of a session carries both and looks into neither.
    imports: ['base', 'wire', 'framing', 'session', 'modem', 'line'],
    pure: false,
    node: [
      ...FILES,
      'node:child_process',
      'node:crypto',
      'node:dgram',
      'node:dns/promises',
      'node:events',
      'node:net',
      'node:os',
      'node:perf_hooks',
      'node:stream',
      'node:util',
    ],
    packages: [
      'koffi',
      'serialport',
      '@serialport/bindings-cpp',
      '@serialport/parser-inter-byte-timeout',
      '@serialport/stream',
    ],
  },
  {
    name: 'rig',
    holds: 'rig file to open ports',
    // Of wire what an address of UDP is.
    imports: ['base', 'wire', 'port', 'modem', 'line'],
    pure: false,
    node: FILES,
    packages: ['zod'],
  },
  {
    name: 'view',
    holds: 'panes: pure functions of state, width and height; one file draws them',
    imports: ['base', 'soak'],
    pure: false,
    packages: ['blessed'],
  },
  {
    name: 'report',
    holds: 'run directory: journal, samples, result; what is made of it: text, JUnit, HTML, comparison',
    imports: ['base', 'soak', 'wire', 'view'],
    pure: false,
    node: [...FILES, 'node:os', 'node:util'],
  },
  {
    name: 'cli',
    holds: 'the commands; composes the rest',
    imports: [
      'base',
      'wire',
      'framing',
      'transport',
      'session',
      'modem',
      'line',
      'soak',
      'sim',
      'port',
      'rig',
      'view',
      'report',
    ],
    pure: false,
    node: [
      ...FILES,
      'node:crypto',
      'node:events',
      'node:os',
      'node:process',
      'node:readline',
      'node:tty',
      'node:url',
    ],
    packages: ['yargs', 'yargs/helpers', 'zod'],
  },
];

/** Packages that only one file of their floor may import, so that they can be exchanged there. */
export const ONE_FILE_PACKAGES: readonly string[] = ['blessed', 'yargs'];

/** The map as docs/architecture.md shows it. */
export function floorsTable(floors: readonly Floor[] = FLOORS): string {
  const names = floors.map((floor) => floor.name);
  const rows = floors.map((floor) => {
    const all = names.slice(0, names.indexOf(floor.name));
    const imports =
      floor.imports.length === 0
        ? '-'
        : floor.imports.length === all.length && all.length > 3
          ? 'all'
          : floor.imports.join(', ');
    return `| \`${floor.name}\`${floor.later ? ' (later)' : ''} | ${floor.holds} | ${imports} | ${floor.pure ? 'yes' : 'no'} |`;
  });
  return [
    '| floor | what lives there | imports | told the time |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
