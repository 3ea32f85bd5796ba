/** A port over another one: passes everything on. For those that change a part of it. */
import type { PortError } from '../base/failure.ts';
import type { LineSettings } from '../base/line-settings.ts';
import type { ModemLines, OutputLines } from '../base/modem-lines.ts';
import type { UartCounters } from '../base/uart-counters.ts';
import type { OpenPort, PortOutage, Unsubscribe } from './open-port.ts';

/** See the head of the file. */
export class PortOver implements OpenPort {
  protected readonly port: OpenPort;

  constructor(port: OpenPort) {
    this.port = port;
  }

  get path(): string {
    return this.port.path;
  }

  get settings(): LineSettings {
    return this.port.settings;
  }

  get notApplied(): readonly string[] {
    return this.port.notApplied;
  }

  get warnings(): readonly string[] {
    return this.port.warnings;
  }

  get isOpen(): boolean {
    return this.port.isOpen;
  }

  get queued(): number {
    return this.port.queued;
  }

  write(bytes: Uint8Array): void {
    this.port.write(bytes);
  }

  unsent(): number | null {
    return this.port.unsent();
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    return this.port.onData(listener);
  }

  onLost(listener: (error: PortError) => void): Unsubscribe {
    return this.port.onLost(listener);
  }

  onOutage(listener: (outage: PortOutage) => void): Unsubscribe {
    return this.port.onOutage(listener);
  }

  gapSignal(listener: () => void): Unsubscribe {
    return this.port.gapSignal(listener);
  }

  modemLines(): Promise<ModemLines | null> {
    return this.port.modemLines();
  }

  uartCounters(): UartCounters | null {
    return this.port.uartCounters();
  }

  setLines(lines: OutputLines): Promise<boolean> {
    return this.port.setLines(lines);
  }

  sendBreak(ms: number): Promise<boolean> {
    return this.port.sendBreak(ms);
  }

  close(): Promise<void> {
    return this.port.close();
  }
}
