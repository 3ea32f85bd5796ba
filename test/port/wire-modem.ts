/** A small modem at the far end of a virtual line, for tests of real ports: commands in, a script's words out. */
import type { OpenPort } from '../../src/port/open-port.ts';

/** See the head of the file. With modem lines, its carrier is our DCD. */
export class WireModem {
  readonly commands: string[] = [];
  /** Bytes of calls that came from the other side. */
  readonly data: number[] = [];
  isOnline = false;
  /** Answers to commands that have others than OK. */
  readonly words: Record<string, string>;
  readonly #port: OpenPort;
  readonly #watch: NodeJS.Timeout;
  #line = '';
  #isReady = true;

  constructor(port: OpenPort, words: Record<string, string>) {
    this.#port = port;
    this.words = words;
    port.onData((bytes) => {
      for (const byte of bytes) this.#byte(byte);
    });
    this.#watch = setInterval(() => void this.#look(), 10);
  }

  /** Stops looking at the other side's DTR. */
  close(): void {
    clearInterval(this.#watch);
  }

  say(text: string): void {
    if (text.includes('CONNECT')) {
      this.isOnline = true;
      void this.#port.setLines({ dtr: true });
    }
    this.#port.write(Buffer.from(text, 'latin1'));
  }

  /** The carrier goes. */
  async hangUp(): Promise<void> {
    this.isOnline = false;
    await this.#port.setLines({ dtr: false });
    this.say('\r\nNO CARRIER\r\n');
  }

  /** What is DTR over there is DSR here: when it falls, the call ends. */
  async #look(): Promise<void> {
    const lines = await this.#port.modemLines();
    const isReady = lines?.dsr ?? true;
    if (this.#isReady && !isReady && this.isOnline) await this.hangUp();
    this.#isReady = isReady;
  }

  #byte(byte: number): void {
    if (this.isOnline) this.#online(byte);
    else if (byte !== 13) this.#line += String.fromCharCode(byte);
    else {
      const command = this.#line;
      this.#line = '';
      this.commands.push(command);
      setTimeout(() => this.say(this.words[command] ?? '\r\nOK\r\n'), 2);
    }
  }

  /** Three pluses bring it back: a modem without guard time. */
  #online(byte: number): void {
    this.data.push(byte);
    if (Buffer.from(this.data.slice(-3)).toString() !== '+++') return;
    this.isOnline = false;
    this.data.length -= 3;
    setTimeout(() => this.say('\r\nOK\r\n'), 300);
  }
}
