/** Opens the ports of a rig, virtual ones included. Speaks no protocol over them. */
import { parseDuration } from '../base/duration-text.ts';
import { PortError, UsageError } from '../base/failure.ts';
import { type Instant, MILLISECOND } from '../base/instant.ts';
import type { Random } from '../base/random.ts';
import type { Injected, LineEvent } from '../line/line-event.ts';
import type { Clock } from '../port/clock.ts';
import type { OpenPort } from '../port/open-port.ts';
import { openSerialPort } from '../port/serial-port.ts';
import {
  type DirectionOptions,
  openVirtualNullModem,
  type VirtualNullModem,
} from '../port/virtual-null-modem.ts';
import { type EndPlan, lineSettings, planEnd, type RigSurroundings } from './end-settings.ts';
import type { RigFile, RigLine } from './rig-file.ts';

/** Which end of a rig sends, for what a virtual line did to its bytes. */
export type EndName = 'near' | 'far';

/** What opening needs from outside. */
export interface OpenRigOptions {
  /** All chance of a virtual line comes from here. */
  readonly random: Random;
  readonly clock: Clock;
  /** Called for everything that a virtual line does to the bytes sent `from` an end. */
  readonly onLineEvent?: (from: EndName, event: LineEvent) => void;
}

/** An open rig. */
export interface OpenRig {
  readonly near: OpenPort | undefined;
  /** `undefined` when the far end is elsewhere. */
  readonly far: OpenPort | undefined;
  /** When the rig was ready; the run and the scripted events of its line count from here. */
  readonly startedAt: Instant;
  /** What the operator should know, in words. */
  readonly warnings: readonly string[];
  /** What a virtual line did so far to the bytes sent by each end; `undefined` for a real one. */
  injected(): Readonly<Record<EndName, Injected>> | undefined;
  /** Closes every port and takes virtual ones away. */
  close(): Promise<void>;
}

/** What a rig file says of a line, in the words of the line floor. */
function directionOptions(line: RigLine | undefined): DirectionOptions {
  const events = (line?.events ?? []).map((event) => ({
    kind: 'cut' as const,
    at: parseDuration(event.at) ?? 0,
    for: parseDuration(event.for) ?? 0,
  }));
  return {
    latency: Math.round((line?.latency_ms ?? 0) * MILLISECOND),
    bitErrorRatio: line?.bit_error_ratio ?? 0,
    byteDropRatio: line?.byte_drop_ratio ?? 0,
    byteInsertRatio: line?.byte_insert_ratio ?? 0,
    events,
  };
}

/** Opens every end of the rig that is on this machine. Throws UsageError or PortError; nothing stays open then. */
export async function openRig(
  rig: RigFile,
  around: RigSurroundings,
  options: OpenRigOptions,
): Promise<OpenRig> {
  const near = await planEnd(rig, rig.ends.near, around);
  const far = await planEnd(rig, rig.ends.far, around);
  checkEnds(rig, near, far, around.file);
  const line = near.kind === 'virtual' ? await openLine(rig, options) : undefined;
  const opened: OpenPort[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((port) => port.close()));
    await line?.close();
  };
  const open = async (plan: EndPlan, index: 0 | 1): Promise<OpenPort | undefined> => {
    if (plan.kind === 'elsewhere') return undefined;
    const path = plan.kind === 'port' ? plan.path : line!.paths[index];
    const port = await openSerialPort({ path, settings: plan.settings, clock: options.clock });
    opened.push(port);
    return port;
  };
  try {
    const farPort = await open(far, 1);
    const nearPort = await open(near, 0);
    return {
      near: nearPort,
      far: farPort,
      startedAt: options.clock.now(),
      warnings: warningsOf(opened, near.kind === 'virtual'),
      injected: () => (line === undefined ? undefined : { near: line.injected[0], far: line.injected[1] }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Refuses, by name, what does not make a line. */
function checkEnds(rig: RigFile, near: EndPlan, far: EndPlan, file: string): void {
  if ((near.kind === 'virtual') !== (far.kind === 'virtual')) {
    throw new UsageError(`${file}: ends: a virtual end needs a virtual end at the other side`);
  }
  if (near.kind === 'elsewhere' && far.kind === 'elsewhere') {
    throw new UsageError(`${file}: ends: expected at least one end on this machine`);
  }
  if (near.kind === 'port' && far.kind === 'port' && near.path === far.path) {
    throw new UsageError(`${file}: ends: near and far are the same port, ${near.path}`);
  }
  if (rig.line !== undefined && near.kind !== 'virtual' && far.kind !== 'virtual') {
    throw new UsageError(
      `${file}: line: only a virtual line can be given properties; a real one has its own`,
    );
  }
}

async function openLine(rig: RigFile, options: OpenRigOptions): Promise<VirtualNullModem> {
  const { random, clock, onLineEvent } = options;
  if (process.platform !== 'linux') {
    throw new PortError('unsupported', 'virtual', 'a virtual end needs ptys, which are driven on Linux only');
  }
  return openVirtualNullModem({
    settings: lineSettings(rig),
    line: directionOptions(rig.line),
    random,
    clock,
    ...(onLineEvent === undefined
      ? {}
      : { onEvent: (from, event) => onLineEvent(from === 0 ? 'near' : 'far', event) }),
  });
}

/** On a virtual line, settings that a pty cannot apply are applied by the line itself: nothing to warn of. */
function warningsOf(ports: readonly OpenPort[], virtual: boolean): string[] {
  return ports.flatMap((port) => [
    ...port.warnings.map((text) => `${port.path}: ${text}`),
    ...(virtual ? [] : port.notApplied.map((text) => `${port.path}: ${text}`)),
  ]);
}
