import { describe, expect, it } from 'vitest';
import { type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, lineTime } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { Framed } from '../../src/framing/framed.ts';
import { CrossWiredLine } from '../../src/line/cross-wired-line.ts';
import { InMessages } from '../../src/sim/in-messages.ts';
import { Connection } from '../../src/transport/connection.ts';
import type { ConnectionEvent } from '../../src/transport/connection-event.ts';
import { MESSAGE_HEADER_SIZE } from '../../src/wire/message-header.ts';

const SETTINGS = { ...DEFAULT_LINE_SETTINGS, baud: 115_200 };
const pace = (bytes: number) => lineTime(SETTINGS, bytes);
/** What a UART holds here: 256 bytes are there after 22 ms. */
const RECEIVE_BUFFER = 256;
/** The hosts look after their ports so often, and the far one sleeps in between. */
const TICK = MILLISECOND;
const SLEEP = { every: 500 * MILLISECOND, for: 100 * MILLISECOND };
const DURATION = 10 * SECOND;

type Flow = 'none' | 'rts' | 'xonxoff';

class Host {
  readonly connection: Connection;
  readonly framed: Framed<ConnectionEvent>;
  delivered = 0;
  retries = 0;
  closed: string | undefined;
  /** What the port has not taken yet. */
  rest: Uint8Array = new Uint8Array(0);
  lineFree: Instant = 0;
  readonly #line: CrossWiredLine;
  readonly #end: 0 | 1;

  constructor(line: CrossWiredLine, end: 0 | 1) {
    this.#line = line;
    this.#end = end;
    this.connection = new Connection({
      random: new Random(`host ${end}`),
      lineTime: (bytes) => pace(bytes + MESSAGE_HEADER_SIZE),
    });
    this.framed = new Framed(new InMessages(this.connection));
  }

  tick(now: Instant): void {
    const bytes = this.#line.read(now, this.#end, 65_536);
    if (bytes.length > 0) this.framed.receive(now, bytes);
    if ((this.framed.deadline ?? now + 1) <= now) this.framed.expire(now);
    for (let event = this.framed.next(); event !== undefined; event = this.framed.next()) {
      if (event.type === 'message') this.delivered++;
      else if (event.type === 'retried') this.retries++;
      else if (event.type === 'closed') this.closed = event.cause;
    }
    this.#write(now);
  }

  /** Keeps two ticks and a frame ahead of the wire, as a port's driver does. */
  #write(now: Instant): void {
    while (this.lineFree < now + 2 * TICK) {
      if (this.rest.length === 0) this.rest = this.framed.poll(now) ?? this.rest;
      if (this.rest.length === 0) return;
      const taken = this.#line.write(now, this.#end, this.rest);
      this.rest = this.rest.subarray(taken);
      this.lineFree = Math.max(this.lineFree, now) + pace(taken);
      if (taken === 0) return;
    }
  }
}

/** Messages from near to far, as fast as they go, for ten seconds. */
function run(flow: Flow, payload: Uint8Array): { near: Host; far: Host; overruns: number } {
  const line = new CrossWiredLine({
    settings: SETTINGS,
    random: new Random('cable'),
    directions: [{}, {}],
    receiveBuffer: RECEIVE_BUFFER,
  });
  const settings = {
    line: SETTINGS,
    rtscts: flow === 'rts',
    xon: flow === 'xonxoff',
    xoff: flow === 'xonxoff',
  };
  const [near, far] = [new Host(line, 0), new Host(line, 1)];
  line.open(0, 0, settings);
  line.open(0, 1, settings);
  far.connection.listen(0);
  near.connection.connect(0);
  for (let now: Instant = 0; now < DURATION; now += TICK) {
    line.advance(now);
    while (near.connection.queuedBytes < 4096 && near.closed === undefined) {
      if (!near.connection.send(now, payload, { reliable: true, sequential: true })) break;
    }
    near.tick(now);
    if (now % SLEEP.every >= SLEEP.for) far.tick(now);
  }
  return { near, far, overruns: line.counters(1).overrun };
}

const bytes = (size: number) => new Random('payload').fill(new Uint8Array(size));

describe('a host that sleeps 100 ms in 500 behind a UART of 256 bytes', () => {
  it('loses bytes to overruns, which the transport repairs', () => {
    const { near, far, overruns } = run('none', bytes(500));
    expect(overruns).toBeGreaterThan(100);
    expect(near.retries).toBeGreaterThan(10);
    expect(near.closed).toBe(undefined);
    // Of 11,520 bytes a second, four fifths could arrive.
    expect((far.delivered * 500) / 115_200).toBeGreaterThan(0.5);
  });

  it('loses none where RTS stops the sender, and most of the line is used while it is awake', () => {
    const { near, far, overruns } = run('rts', bytes(500));
    expect(overruns).toBe(0);
    expect(near.closed).toBe(undefined);
    expect((far.delivered * 500) / 115_200).toBeGreaterThan(0.7);
  });

  it('never gets a frame whose bytes XON and XOFF are: a line with software flow control carries no such protocol', () => {
    const { near, far } = run('xonxoff', new Uint8Array(500).fill(0x13));
    expect(far.delivered).toBe(0);
    expect(near.connection.statistics.outstanding).toBeGreaterThan(0);
  });
});
