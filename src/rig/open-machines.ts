/** Opens the lines of a rig of several machines: those of one machine, or of all that are here. Speaks no protocol over them. */
import { UsageError } from '../base/failure.ts';
import type { OpenPort } from '../port/open-port.ts';
import type { DrivenLine } from '../port/session-driver.ts';
import { openUdpPort } from '../port/udp-port.ts';
import { networkAddressText, parseNetworkAddress } from '../wire/network-address.ts';
import type { RigSurroundings } from './end-settings.ts';
import {
  cablesOf,
  isNetwork,
  type MachineCable,
  type MachinesFile,
  machinesHere,
  networkAddressIn,
} from './machines-file.ts';
import { openRig } from './open-rig.ts';
import type { RigEnd, RigFile } from './rig-file.ts';
import type { VirtualLineOptions } from './virtual-line.ts';

/** The line of a machine over UDP; there is one at most. */
const NETWORK = 'UDP';

/** One machine with its lines open. */
export interface OpenMachine {
  readonly name: string;
  readonly lines: readonly DrivenLine[];
  /** Where the other machines are: a line of ours and, on UDP, the address there. */
  readonly ways: ReadonlyMap<string, { readonly line: string; readonly address: string }>;
}

/** Machines of a rig with their lines open. */
export interface OpenMachines {
  /** In the order of the file. */
  readonly machines: readonly OpenMachine[];
  /** What the operator should know, in words. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

interface Building {
  readonly lines: DrivenLine[];
  readonly ways: Map<string, { line: string; address: string }>;
}

/**
 * Opens the lines of the machine called `as`, or, without it, of all machines that are here. Throws UsageError and PortError;
 * nothing stays open then.
 */
export async function openMachines(
  rig: MachinesFile,
  as: string | undefined,
  around: RigSurroundings,
  options: VirtualLineOptions,
): Promise<OpenMachines> {
  const names = as === undefined ? machinesHere(rig) : [checkedName(rig, as, around.file)];
  const building = new Map<string, Building>(names.map((name) => [name, { lines: [], ways: new Map() }]));
  const opened: { close(): Promise<void> }[] = [];
  const warnings: string[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.close()));
  };
  try {
    for (const cable of cablesOf(rig)) {
      const isHere = cable.machines.some(
        (name, end) => building.has(name) && cable.ways[end] !== 'elsewhere',
      );
      if (isNetwork(cable.ways[0]) || !isHere) continue;
      const open = await openRig(pairOf(rig, cable, as, around.file), around, options);
      opened.push(open);
      warnings.push(...open.warnings);
      join(cable, [open.near, open.far], building);
    }
    for (const [name, { lines, ways }] of building) {
      const reached = reachedOverUdp(rig, name);
      if (reached.length === 0) continue;
      const own = parseNetworkAddress(networkAddressIn(rig, name) ?? '')!;
      const port = await openUdpPort(own);
      opened.push(port);
      lines.push({ name: NETWORK, kind: 'udp', port });
      for (const [other, address] of reached) ways.set(other, { line: NETWORK, address });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { machines: [...building].map(([name, each]) => ({ name, ...each })), warnings, close };
}

function checkedName(rig: MachinesFile, as: string, file: string): string {
  const here = machinesHere(rig);
  if (here.includes(as)) return as;
  const known = rig.machines[as] !== undefined;
  throw new UsageError(
    known
      ? `--as ${as}: ${file} names no port of this machine for it`
      : `--as ${as}: ${file} has no such machine: expected ${here.join(', ')}`,
  );
}

/** The line between two machines as a rig of its own; seen from one machine alone, the other end is elsewhere. */
function pairOf(
  rig: MachinesFile,
  { machines, ways }: MachineCable,
  as: string | undefined,
  file: string,
): RigFile {
  const [near, far] = machines.map((name, end): RigEnd => {
    const way = ways[end]! as RigEnd;
    if (as === undefined) return way;
    if (typeof way === 'object' ? 'virtual' in way : way !== 'elsewhere') {
      throw new UsageError(
        `${file}: machines.${machines.join('.')}: a virtual cable does not lead out of the process that makes it: leave --as away, or name ports`,
      );
    }
    return name === as ? way : 'elsewhere';
  }) as [RigEnd, RigEnd];
  const { line, devices } = rig;
  const isMadeHere = typeof near === 'string' ? near !== 'elsewhere' : 'virtual' in near;
  return {
    name: `${rig.name}: ${machines.join(' to ')}`,
    ends: { near, far },
    ...(line && isMadeHere ? { line } : {}),
    ...(devices ? { devices } : {}),
  };
}

/** Gives each machine its end of a line. */
function join(
  { machines }: MachineCable,
  ports: readonly (OpenPort | undefined)[],
  building: ReadonlyMap<string, Building>,
): void {
  machines.forEach((name, end) => {
    const [machine, port, other] = [building.get(name), ports[end], machines[1 - end]!];
    if (machine === undefined || port === undefined) return;
    // Ports inside this process have no path of their own.
    const isKnown = machine.lines.some(({ name: known }) => known === port.path);
    const line = isKnown ? `${port.path} to ${other}` : port.path;
    machine.lines.push({ name: line, kind: 'serial', port });
    machine.ways.set(other, { line, address: '' });
  });
}

/** The machines that `name` reaches over UDP, and their addresses in their one spelling. */
function reachedOverUdp(rig: MachinesFile, name: string): [string, string][] {
  return Object.entries(rig.machines[name]!).flatMap(([other, way]): [string, string][] =>
    isNetwork(way) ? [[other, networkAddressText(parseNetworkAddress(way.udp)!)]] : [],
  );
}
