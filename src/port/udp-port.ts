/** A UDP socket of this machine, and beside it, for a host, the well-known port where sessions are asked for. Reads no packet. [MS-DPDX] 2.1, 3.2.3 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { PortError, type PortFault, UsageError } from '../base/failure.ts';
import {
  type NetworkAddress,
  networkAddress,
  networkAddressText,
  parseNetworkAddress,
} from '../wire/network-address.ts';
import type { Unsubscribe } from './open-port.ts';

/** Where sessions are asked for. [MS-DPDX] 3.2.3 */
export const ENUMERATION_PORT = 6073;
/** While the system has not taken this many bytes of ours, nothing more is handed to it. */
const QUEUED_MAX = 16_384;

/** What to open. */
export interface UdpPortOptions {
  /** The address of this machine to be reached at, without brackets; `0.0.0.0` or `::` for all of its family. */
  readonly host: string;
  /** 0..65535; 0 lets the system choose. */
  readonly port: number;
  /** Whether to hear, besides, what comes to {@link ENUMERATION_PORT}; false if absent. */
  readonly wellKnown?: boolean;
}

/** A datagram that arrived. */
export interface Datagram {
  /** The receiver's own. */
  readonly bytes: Uint8Array;
  /** As `networkAddressText` writes it. */
  readonly from: string;
  /** It came to {@link ENUMERATION_PORT} and not to the port of the session. */
  readonly toWellKnown: boolean;
}

/** Datagrams of a port so far. */
export interface UdpCounters {
  readonly sent: number;
  readonly received: number;
  /** Those that the system refused to send: no way there, too long, not allowed. They count as lost on the way. */
  readonly refused: number;
}

/** An open UDP port: {@link openUdpPort}. It becomes lost or is closed once, and never opens again. */
export class UdpPort {
  /** Where it was opened, the port that the system chose included. */
  readonly local: NetworkAddress;
  /** What the operator should know, in words; usually empty. */
  readonly warnings: readonly string[];
  readonly #socket: Socket;
  #wellKnown: Socket | undefined;
  readonly #datagramListeners = new Set<(datagram: Datagram) => void>();
  readonly #roomListeners = new Set<() => void>();
  readonly #lostListeners = new Set<(error: PortError) => void>();
  #isOpen = true;
  #lost: PortError | undefined;
  #closing: Promise<void> | undefined;
  #queued = 0;
  #counters = { sent: 0, received: 0, refused: 0 };

  /** Takes over bound sockets. */
  constructor(socket: Socket, wellKnown: Socket | undefined, warnings: readonly string[]) {
    const { address, port } = socket.address();
    const local = networkAddress(address, port);
    if (local === undefined) throw new PortError('failed', address, `the system bound ${address}:${port}`);
    this.local = local;
    this.warnings = warnings;
    this.#socket = socket;
    this.#attach(socket);
    if (wellKnown !== undefined) this.#hearToo(wellKnown);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether {@link ENUMERATION_PORT} is heard, too. */
  get hearsWellKnown(): boolean {
    return this.#wellKnown !== undefined || this.local.port === ENUMERATION_PORT;
  }

  /**
   * Begins to hear {@link ENUMERATION_PORT}, too, as who takes over a session has to (MIG-12); returns what the operator should
   * know where that cannot be.
   */
  async hearWellKnown(): Promise<string | undefined> {
    if (this.hearsWellKnown || !this.#isOpen) return undefined;
    try {
      const socket = await bound({ ...this.local, port: ENUMERATION_PORT }, true);
      if (this.#isOpen && !this.hearsWellKnown) this.#hearToo(socket);
      else await closed(socket);
      return undefined;
    } catch (error) {
      return unheard(error, this.local.port);
    }
  }

  get counters(): UdpCounters {
    return { ...this.#counters };
  }

  /** Whether the system takes more now; `onRoom` tells when it does again. */
  get hasRoom(): boolean {
    return this.#isOpen && this.#queued < QUEUED_MAX;
  }

  /** Sends one datagram to `address` (`127.0.0.1:2302`) and returns at once. One that cannot go there is counted as refused. */
  send(bytes: Uint8Array, address: string): void {
    if (!this.#isOpen) return;
    const to = parseNetworkAddress(address);
    if (to === undefined || to.family !== this.local.family || to.port === 0) {
      this.#counters.refused++;
      return;
    }
    this.#queued += bytes.length;
    this.#socket.send(bytes, to.port, to.host, (error) => {
      this.#queued -= bytes.length;
      if (error) this.#counters.refused++;
      else this.#counters.sent++;
      if (this.hasRoom) for (const listener of this.#roomListeners) listener();
    });
  }

  onDatagram(listener: (datagram: Datagram) => void): Unsubscribe {
    this.#datagramListeners.add(listener);
    return () => this.#datagramListeners.delete(listener);
  }

  /** Called when the system took something and takes more. */
  onRoom(listener: () => void): Unsubscribe {
    this.#roomListeners.add(listener);
    return () => this.#roomListeners.delete(listener);
  }

  /** Called once when the port is lost; never after `close`. At once if it is lost already. */
  onLost(listener: (error: PortError) => void): Unsubscribe {
    if (this.#lost !== undefined) listener(this.#lost);
    else this.#lostListeners.add(listener);
    return () => this.#lostListeners.delete(listener);
  }

  /** Closes it. Repeated calls share one closing. */
  close(): Promise<void> {
    this.#isOpen = false;
    this.#closing ??= Promise.all([closed(this.#socket), closed(this.#wellKnown)]).then(() => {});
    return this.#closing;
  }

  #hearToo(wellKnown: Socket): void {
    this.#wellKnown = wellKnown;
    this.#attach(wellKnown);
  }

  #attach(socket: Socket): void {
    socket.on('message', (bytes, from) => this.#received(bytes, from, socket === this.#wellKnown));
    socket.on('error', (error) => this.#failed(error));
  }

  #received(bytes: Uint8Array, { address, port }: RemoteInfo, toWellKnown: boolean): void {
    const from = networkAddress(address, port);
    if (!this.#isOpen || from === undefined) return;
    this.#counters.received++;
    const datagram = { bytes, from: networkAddressText(from), toWellKnown };
    for (const listener of this.#datagramListeners) listener(datagram);
  }

  #failed(error: NodeJS.ErrnoException): void {
    // Somebody we sent to has gone; some systems report that on the socket, and it is no fault of ours.
    if (error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' || !this.#isOpen) return;
    const text = networkAddressText(this.local);
    this.#lost = new PortError('lost', text, `UDP ${text} failed: ${error.message}`);
    void this.close();
    for (const listener of this.#lostListeners) listener(this.#lost);
    this.#lostListeners.clear();
  }
}

/**
 * Opens a port for datagrams, broadcasts included. {@link ENUMERATION_PORT} is shared with others of this machine who share it
 * too; when somebody keeps it for himself, a warning says so and the port of the session alone is heard (ENU-2). Throws
 * {@link PortError} with fault `busy`, `absent`, `denied`, `unsupported` or `failed`, and UsageError for what is no address.
 */
export async function openUdpPort(options: UdpPortOptions): Promise<UdpPort> {
  const local = networkAddress(options.host, options.port);
  if (local === undefined) throw new UsageError(`no address of a machine: ${options.host}:${options.port}`);
  const socket = await bound(local, local.port === ENUMERATION_PORT);
  if (options.wellKnown !== true || local.port === ENUMERATION_PORT)
    return new UdpPort(socket, undefined, []);
  try {
    return new UdpPort(socket, await bound({ ...local, port: ENUMERATION_PORT }, true), []);
  } catch (error) {
    return new UdpPort(socket, undefined, [unheard(error, socket.address().port)]);
  }
}

/** What it means that {@link ENUMERATION_PORT} could not be opened. Throws what is no trouble with a port. */
function unheard(error: unknown, port: number): string {
  if (!(error instanceof PortError)) throw error;
  return `${error.message}: only those who ask port ${port} will find the session`;
}

const FAULTS: Readonly<Record<string, readonly [PortFault, string]>> = {
  EADDRINUSE: ['busy', 'is in use'],
  EADDRNOTAVAIL: ['absent', 'is no address of this machine'],
  EACCES: ['denied', 'may not be opened by this user'],
  EPERM: ['denied', 'may not be opened by this user'],
  EAFNOSUPPORT: ['unsupported', 'cannot be opened: this machine has no such protocol'],
};

function bound(local: NetworkAddress, shared: boolean): Promise<Socket> {
  const { host, port, family } = local;
  const text = networkAddressText(local);
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const [fault, words] = FAULTS[error.code ?? ''] ?? ['failed', `cannot be opened: ${error.message}`];
      socket.close();
      reject(new PortError(fault, text, `UDP ${text} ${words}`));
    };
    const socket = createSocket({
      type: family === 4 ? 'udp4' : 'udp6',
      reuseAddr: shared,
      ipv6Only: family === 6,
    });
    socket.once('error', refuse);
    socket.bind(port, host, () => {
      socket.off('error', refuse);
      if (family === 4) socket.setBroadcast(true);
      resolve(socket);
    });
  });
}

function closed(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) => (socket === undefined ? resolve() : socket.close(() => resolve())));
}
