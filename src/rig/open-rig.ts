/** Opens the ports of a rig, virtual ones included. Speaks no protocol over them. */
import { UsageError } from '../base/failure.ts';
import type { Instant } from '../base/instant.ts';
import type { Injected } from '../line/line-event.ts';
import type { OpenPort } from '../port/open-port.ts';
import { openLastingPort, openSerialPort } from '../port/serial-port.ts';
import { type EndPlan, planEnd, type RigSurroundings } from './end-settings.ts';
import { connectModems, type ModemEnd, openModemEnd } from './modem-end.ts';
import type { RigFile } from './rig-file.ts';
import { openVirtualLine, type VirtualLine, type VirtualLineOptions } from './virtual-line.ts';

/** An open rig. */
export interface OpenRig {
  readonly near: OpenPort | undefined;
  /** `undefined` when the far end is elsewhere. */
  readonly far: OpenPort | undefined;
  /** When the rig was ready; the run counts from here. */
  readonly startedAt: Instant;
  /** What the operator should know, in words. */
  readonly warnings: readonly string[];
  /** What a virtual line did so far to the bytes sent by near and by far; `undefined` for a real one. */
  injected(): readonly [Injected, Injected] | undefined;
  /** Closes every port and takes virtual ones away. */
  close(): Promise<void>;
}

/** Opens every end of the rig that is on this machine. Throws UsageError or PortError; nothing stays open then. */
export async function openRig(
  rig: RigFile,
  around: RigSurroundings,
  options: VirtualLineOptions,
): Promise<OpenRig> {
  const near = await planEnd(rig, rig.ends.near, around);
  const far = await planEnd(rig, rig.ends.far, around);
  checkEnds(rig, near, far, around.file);
  const line = isVirtual(near) ? await openVirtualLine(rig, near.kind, options) : undefined;
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((each) => each.close()));
    await line?.close();
  };
  const open = async (plan: EndPlan, end: 0 | 1): Promise<OpenPort | ModemEnd | undefined> => {
    const found = await openEnd(plan, line, end, options);
    if (found !== undefined) opened.push('modem' in found ? found.modem : found);
    return found;
  };
  try {
    // The far end first: it should listen when the near end asks.
    const farEnd = await open(far, 1);
    const nearEnd = await open(near, 0);
    const ends = [nearEnd, farEnd];
    const modems = ends.filter((end): end is ModemEnd => end !== undefined && 'modem' in end);
    const calls = await connectModems(modems);
    const ports = ends.map((end) => (end !== undefined && 'modem' in end ? calls[modems.indexOf(end)] : end));
    return {
      near: ports[0],
      far: ports[1],
      startedAt: options.clock.now(),
      warnings: [
        ...warningsOf(
          ports.filter((port) => port !== undefined),
          line !== undefined,
        ),
        ...modems.flatMap(({ modem, warnings }) => warnings.map((text) => `${modem.port.path}: ${text}`)),
      ],
      injected: () => line?.injected,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function isVirtual(plan: EndPlan): plan is EndPlan & { kind: 'virtual' | 'in-process' } {
  return plan.kind === 'virtual' || plan.kind === 'in-process';
}

async function openEnd(
  plan: EndPlan,
  line: VirtualLine | undefined,
  end: 0 | 1,
  { clock, patience }: VirtualLineOptions,
): Promise<OpenPort | ModemEnd | undefined> {
  const { settings } = plan;
  if (plan.kind === 'elsewhere') return undefined;
  if (plan.kind === 'modem') return await openModemEnd(plan, clock);
  if (plan.kind === 'port') {
    const options = { path: plan.path, settings, clock };
    return await (patience ? openLastingPort(options, patience) : openSerialPort(options));
  }
  if (line === undefined) return undefined;
  const { paths, binding } = line;
  return await openSerialPort({ path: paths[end], settings, clock, ...(binding ? { binding } : {}) });
}

/** Refuses, by name, what does not make a line. */
function checkEnds(rig: RigFile, near: EndPlan, far: EndPlan, file: string): void {
  if ((isVirtual(near) || isVirtual(far)) && near.kind !== far.kind) {
    throw new UsageError(`${file}: ends: a virtual end needs one of the same kind at the other side`);
  }
  if (near.kind === 'elsewhere' && far.kind === 'elsewhere') {
    throw new UsageError(`${file}: ends: expected at least one end on this machine`);
  }
  if ('path' in near && 'path' in far && near.path === far.path) {
    throw new UsageError(`${file}: ends: near and far are the same port, ${near.path}`);
  }
  checkModems(near, far, file);
  if (rig.line !== undefined && !isVirtual(near)) {
    throw new UsageError(
      `${file}: line: only a virtual line can be given properties; a real one has its own`,
    );
  }
  if (rig.line?.reads_late_ms !== undefined) {
    throw new UsageError(
      `${file}: line.reads_late_ms: how late a host reads is up to it in real time: leave it out, or use dplink simulate`,
    );
  }
  if (rig.line?.uart_buffer !== undefined && near.kind === 'virtual') {
    throw new UsageError(`${file}: line.uart_buffer: a pty has no UART: expected ends in-process`);
  }
}

/** Refuses modems that could not call each other. */
function checkModems(near: EndPlan, far: EndPlan, file: string): void {
  const modems = [near, far].filter((plan) => plan.kind === 'modem');
  if (modems.length === 1 && near.kind !== 'elsewhere' && far.kind !== 'elsewhere') {
    throw new UsageError(`${file}: ends: a modem needs a modem at the other end, or elsewhere`);
  }
  const dialling = modems.filter(({ modem }) => modem.number !== undefined);
  if (modems.length === 2 && dialling.length !== 1) {
    throw new UsageError(
      `${file}: ends: of two modems one dials and one answers: expected modem.number at one end`,
    );
  }
}

/** On a virtual line, settings that a pty cannot apply are applied by the line itself: nothing to warn of. */
function warningsOf(ports: readonly OpenPort[], virtual: boolean): string[] {
  return ports.flatMap((port) => [
    ...port.warnings.map((text) => `${port.path}: ${text}`),
    ...(virtual ? [] : port.notApplied.map((text) => `${port.path}: ${text}`)),
  ]);
}
