/** A partner of a session that says exactly what a test has it say, over a real connection. */
import type { Instant } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import type { Endpoint } from '../../src/session/endpoint.ts';
import type { Outgoing } from '../../src/session/outgoing.ts';
import type { SessionEvent } from '../../src/session/session-event.ts';
import { Connection } from '../../src/transport/connection.ts';
import type { ConnectionEvent } from '../../src/transport/connection-event.ts';
import { DXDIAG_APPLICATION_GUID } from '../../src/wire/guid.ts';
import { isMalformed } from '../../src/wire/malformed.ts';
import type { Message } from '../../src/wire/message.ts';
import { decodePayload, encodePayload, type SessionPayload } from '../../src/wire/session-payload.ts';

type Of<N extends SessionPayload['name']> = Extract<SessionPayload, { name: N }>;

/** The instance GUID of the tests' sessions. */
export const INSTANCE = '94BE8123-A1AB-48FB-A2E7-23859E658936';

/** A PLAYER_CONNECT_INFO that is in order but for what is given. */
export function introduction(
  parts: Partial<Of<'TRANS_USERDATA_PLAYER_CONNECT_INFO'>> = {},
): Of<'TRANS_USERDATA_PLAYER_CONNECT_INFO'> {
  return {
    name: 'TRANS_USERDATA_PLAYER_CONNECT_INFO',
    dwFlags: 4,
    dwDNETVersion: 7,
    guidInstance: INSTANCE,
    guidApplication: DXDIAG_APPLICATION_GUID,
    alternateAddressData: undefined,
    url: undefined,
    connectData: undefined,
    Password: undefined,
    data: undefined,
    clientName: 'stranger',
    ...parts,
  };
}

/** See the head of the file. */
export class Stranger {
  readonly connection: Connection;
  readonly events: ConnectionEvent[] = [];
  readonly #endpoint: Endpoint;

  constructor(seed: string, endpoint: Endpoint) {
    this.#endpoint = endpoint;
    this.connection = new Connection({ random: new Random(seed) });
  }

  /** Says a session message, or any bytes. */
  tell(now: Instant, payload: SessionPayload | Uint8Array): void {
    const bytes = payload instanceof Uint8Array ? payload : encodePayload(payload);
    this.connection.send(now, bytes, { reliable: true, sequential: true, session: true });
  }

  /** What it was told, of one kind. */
  told<N extends SessionPayload['name']>(name: N): Of<N>[] {
    return this.payloads.filter((payload): payload is Of<N> => payload.name === name);
  }

  /** Session messages that arrived. */
  get payloads(): SessionPayload[] {
    return this.events.flatMap((event) => {
      if (event.type !== 'message' || !event.session) return [];
      const payload = decodePayload(event.payload);
      return isMalformed(payload) ? [] : [payload];
    });
  }

  /** Whether the connection was ended by the other side. */
  get wasEnded(): boolean {
    return this.events.some(({ type }) => type === 'closed');
  }

  receive(now: Instant, _endpoint: Endpoint, { kind, body }: Message): void {
    if (kind === 'transport') this.connection.receive(now, body);
    this.#take();
  }

  expire(now: Instant): void {
    this.connection.expire(now);
    this.#take();
  }

  get deadline(): Instant | undefined {
    return this.connection.deadline;
  }

  poll(now: Instant, line: string): Outgoing | undefined {
    if (line !== this.#endpoint.line) return undefined;
    const body = this.connection.poll(now);
    this.#take();
    if (body === undefined) return undefined;
    return { endpoint: this.#endpoint, message: { kind: 'transport', identifier: 0, body } };
  }

  next(): SessionEvent | undefined {
    return undefined;
  }

  #take(): void {
    for (let event = this.connection.next(); event !== undefined; event = this.connection.next()) {
      this.events.push(event);
    }
  }
}
