/** Rigs of several machines: which line leads from which to which. Parses and checks; opens nothing. */
import { z } from 'zod';
import { parseChecked } from '../base/document.ts';
import { UsageError } from '../base/failure.ts';
import { parseNetworkAddress } from '../wire/network-address.ts';
import {
  addressEndSchema,
  devicesSchema,
  lineSchema,
  portEndSchema,
  type RigEnd,
  type RigFile,
  virtualEndSchema,
} from './rig-file.ts';

/** Machines that one rig may have. */
const MACHINES_MAX = 16;

const udpSchema = z
  .strictObject({
    udp: z
      .string()
      .refine((text) => (parseNetworkAddress(text)?.port ?? 0) > 0, {
        error: 'expected an address and a port such as 192.0.2.7:2302 or [2001:db8::7]:2302',
      })
      .describe('Where the other machine is reached over UDP: 192.0.2.7:2302 or [2001:db8::7]:2302'),
  })
  .describe('No cable: the other machine is reached over UDP');

const way = z.union(
  [
    z.literal('virtual').describe('A pseudo-terminal made here; in-process where this system has none'),
    z.literal('in-process').describe('A port inside this process, with modem lines and flow control'),
    z.literal('elsewhere').describe('The other end of a port that is named at the other machine'),
    portEndSchema,
    addressEndSchema,
    virtualEndSchema,
    udpSchema,
  ],
  {
    error:
      'expected virtual, in-process, elsewhere, { port: PATH, baud: ... }, { address: URL }, { virtual: true, baud: ... } or { udp: HOST:PORT }',
  },
);

const machineName = z
  .string()
  .regex(/^[A-Za-z][\w.-]{0,31}$/, { error: 'expected a name of up to 32 letters, digits, dots and dashes' });

/** The schema of a rig of several machines. */
export const machinesSchema = z.strictObject({
  name: z.string().min(1).describe('What people call this rig'),
  machines: z
    .record(machineName, z.record(machineName, way))
    .describe('Machine -> the machines that it has a line to, and by which port each line is reached'),
  line: lineSchema.optional(),
  devices: devicesSchema.optional(),
});

/** How one machine gets to another. */
export type MachineWay = RigEnd | z.infer<typeof udpSchema>;

/** A rig of several machines. */
export interface MachinesFile extends Pick<RigFile, 'name' | 'line' | 'devices'> {
  readonly machines: Readonly<Record<string, Readonly<Record<string, MachineWay>>>>;
}

/** A line between two machines, by what each has of it. */
export interface MachineCable {
  readonly machines: readonly [string, string];
  readonly ways: readonly [MachineWay, MachineWay];
}

/** Whether a line is UDP. */
export function isNetwork(way: MachineWay): way is z.infer<typeof udpSchema> {
  return typeof way === 'object' && 'udp' in way;
}

/** All lines of a rig, each once, in the order of the file. */
export function cablesOf({ machines }: MachinesFile): MachineCable[] {
  const names = Object.keys(machines);
  return names.flatMap((name, index) =>
    names.slice(index + 1).flatMap((other): MachineCable[] => {
      const [here, there] = [machines[name]?.[other], machines[other]?.[name]];
      return here && there ? [{ machines: [name, other], ways: [here, there] }] : [];
    }),
  );
}

/** The line of a rig with two ends, as one of two machines called near and far. */
export function machinesOfLine({ ends, ...rest }: RigFile): MachinesFile {
  return { ...rest, machines: { near: { far: ends.near }, far: { near: ends.far } } };
}

/** The machines with a line of their own here: those whose lines are all elsewhere are on another machine. */
export function machinesHere({ machines }: MachinesFile): string[] {
  return Object.keys(machines).filter((name) =>
    Object.values(machines[name]!).some((each) => each !== 'elsewhere'),
  );
}

/** Whether the text of a rig file is that of a rig of several machines, as far as can be told without checking it. */
export function isOfMachines(file: string, text: string): boolean {
  const loose = z.looseObject({ machines: z.unknown().optional() });
  return parseChecked(file, text, loose).machines !== undefined;
}

/** Parses the text of a rig of several machines; throws UsageError (`file:line:column key: what was expected`). */
export function parseMachines(file: string, text: string): MachinesFile {
  const rig: MachinesFile = parseChecked(file, text, machinesSchema.superRefine(checkWays));
  if (machinesHere(rig).length === 0) {
    throw new UsageError(`${file}: machines: expected at least one with a line on this machine`);
  }
  return rig;
}

/** Says at its place what makes no line. */
function checkWays({ machines }: z.infer<typeof machinesSchema>, context: z.RefinementCtx): void {
  const names = Object.keys(machines);
  const complain = (path: readonly string[], message: string): void => {
    context.addIssue({ code: 'custom', path: ['machines', ...path], message });
  };
  if (names.length < 2 || names.length > MACHINES_MAX) {
    complain([], `expected 2 to ${MACHINES_MAX} machines, got ${names.length}`);
  }
  for (const name of names) {
    for (const [other, here] of Object.entries(machines[name]!)) {
      const there = machines[other]?.[name];
      if (other === name) complain([name, other], 'expected another machine');
      else if (machines[other] === undefined) complain([name, other], `there is no machine ${other}`);
      else if (there === undefined) {
        complain([name, other], `a line has two ends: expected machines.${other}.${name} as well`);
      } else if (!makeLine(here, there)) {
        complain([name, other], `does not fit the other end, machines.${other}.${name}`);
      }
    }
  }
  for (const [name, addresses] of Object.entries(networkAddresses(machines))) {
    if (addresses.size > 1) complain([name], `has several addresses: ${[...addresses].join(', ')}`);
  }
}

/** The UDP address of each machine, by what the others say; more than one where they do not agree. */
function networkAddresses(machines: MachinesFile['machines']): Record<string, Set<string>> {
  const found: Record<string, Set<string>> = {};
  for (const ways of Object.values(machines)) {
    for (const [other, each] of Object.entries(ways)) {
      if (!isNetwork(each)) continue;
      found[other] ??= new Set();
      found[other].add(each.udp);
    }
  }
  return found;
}

/** The UDP address of one machine; `undefined` where no line leads to it over UDP. */
export function networkAddressIn({ machines }: MachinesFile, name: string): string | undefined {
  return [...(networkAddresses(machines)[name] ?? [])][0];
}

/** Whether two ends make a line. */
function makeLine(here: MachineWay, there: MachineWay): boolean {
  const [a, b] = [kindOf(here), kindOf(there)];
  if (a === 'port' || b === 'port') return [a, b].every((kind) => kind === 'port' || kind === 'elsewhere');
  return a === b && a !== 'elsewhere';
}

function kindOf(each: MachineWay): string {
  if (typeof each === 'string') return each;
  if ('udp' in each) return 'udp';
  if ('virtual' in each) return each.virtual === true ? 'virtual' : 'in-process';
  return 'port';
}
