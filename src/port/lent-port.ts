/** A port lent to one end after another: closing it leaves what is below open. Changes nothing that passes. */
import type { LineSettings } from '../base/line-settings.ts';
import type { OpenPort } from './open-port.ts';
import { PortOver } from './port-over.ts';

/** See the head of the file. */
export class LentPort extends PortOver {
  readonly #settings: LineSettings | undefined;

  /** `settings` stand for the line in the place of the port's own: what is sent is paced at them. */
  constructor(port: OpenPort, settings?: LineSettings) {
    super(port);
    this.#settings = settings;
  }

  override get settings(): LineSettings {
    return this.#settings ?? this.port.settings;
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }
}
