/** The open lines of those who talk in this process: the machines of a rig, or one machine with its sockets. Says nothing over them. */
import { UsageError } from '../base/failure.ts';
import type { Duration } from '../base/instant.ts';
import { Random } from '../base/random.ts';
import { monotonicClock } from '../port/clock.ts';
import { deviceGuid } from '../port/device-guid.ts';
import { type MachinesFile, machinesHere } from '../rig/machines-file.ts';
import { type OpenMachine, openMachines } from '../rig/open-machines.ts';
import type { Endpoint } from '../session/endpoint.ts';
import { printAddress } from '../wire/addressing-url.ts';
import { PROVIDER_GUIDS, parseGuid } from '../wire/guid.ts';
import type { NetworkAddress } from '../wire/network-address.ts';
import type { ParticipantOptions } from './participant.ts';
import { rigSurroundings } from './rig-surroundings.ts';
import { openAskingSockets, openHostSockets } from './sockets.ts';

/** What is to be opened. */
export interface ChatLinesRequest {
  readonly named: { readonly file: string; readonly rig: MachinesFile } | undefined;
  /** The one machine of the rig that this process is; all that are here if absent. */
  readonly as: string | undefined;
  /** The host: own addresses to be reached at. Who joins: where a host is asked for. */
  readonly hosts: readonly NetworkAddress[];
  readonly isHost: boolean;
  readonly patience: Duration;
}

/** Somebody in this process, with open lines. */
export interface Seat extends Pick<ParticipantOptions, 'lines' | 'ways'> {
  /** The machine's name in the rig; `undefined` where nothing gave it one. */
  readonly name: string | undefined;
  /** Where others may host. */
  readonly targets: readonly Endpoint[];
}

/** All seats, open. */
export interface ChatLines {
  /** One or more. */
  readonly seats: readonly Seat[];
  /** What the operator should know, in words. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

/** Opens what is named. Throws UsageError and PortError; nothing stays open then. */
export async function openChatLines(request: ChatLinesRequest): Promise<ChatLines> {
  const { named, as, hosts, isHost, patience } = request;
  const opened: { close(): Promise<void> }[] = [];
  const warnings: string[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.close()));
  };
  try {
    let seats: readonly Seat[] = [];
    if (named !== undefined) {
      const { file, rig } = named;
      const only = as ?? onlyMachine(rig);
      if (only === undefined && hosts.length > 0) {
        throw new UsageError(`--hostname: several machines of ${file} run in this process: give --as too`);
      }
      const options = {
        random: new Random('chat'),
        clock: monotonicClock,
        ...(patience > 0 ? { patience } : {}),
      };
      const machines = await openMachines(rig, only, rigSurroundings(file), options);
      opened.push(machines);
      warnings.push(...machines.warnings);
      seats = machines.machines.map((machine) => seatOf(machine));
    }
    if (hosts.length === 0) return { seats, warnings, close };
    const network = await (isHost ? openHostSockets : openAskingSockets)(hosts, { opened, warnings });
    const seat = seats[0] ?? { name: undefined, lines: [], ways: [], targets: [] };
    const lines = [...seat.lines, ...network.lines];
    return {
      seats: [{ ...seat, lines, targets: [...seat.targets, ...network.targets] }],
      warnings,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The one machine that is here, if it is one. */
function onlyMachine(rig: MachinesFile): string | undefined {
  const here = machinesHere(rig);
  return here.length === 1 ? here[0] : undefined;
}

function seatOf({ name, lines, ways: reached }: OpenMachine): Seat {
  const ways = [...reached].map(([other, endpoint]) => ({ url: machineUrl(other), endpoint }));
  return { name, lines, ways, targets: [...reached.values()] };
}

/**
 * What the host tells others of a player whom it sees at the cable to a machine: no serial port has an address that others
 * could use (SER-13), but every machine of a rig knows by which of its own lines the machine of that name is reached.
 */
function machineUrl(machine: string): string {
  const device = parseGuid(deviceGuid(`machine ${machine}`));
  return printAddress({ values: { provider: PROVIDER_GUIDS.serial, device } });
}
