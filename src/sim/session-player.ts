/** A person at a machine with several cables, in virtual time: hosts or joins, comes back when thrown out, talks, and remembers what it heard. */
import { type Duration, earlier, type Instant, SECOND } from '../base/instant.ts';
import type { ByteMachine, Machine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { Framed } from '../framing/framed.ts';
import { Session } from '../session/session.ts';
import type { SessionEvent } from '../session/session-event.ts';
import type { SessionOptions } from '../session/session-options.ts';
import type { Message } from '../wire/message.ts';

/** How long a player waits before it tries again to get into a session. */
const AGAIN: Duration = 2 * SECOND;
/** After so many attempts in vain a player hosts a session of its own. */
const PATIENCE = 5;
/** A join, with every step at its limit, and an orderly leave over a dead line are over within these. */
const JOINING_MAX: Duration = 400 * SECOND;
const LEAVING_MAX: Duration = 200 * SECOND;

/** What a player is made of. */
export interface SessionPlayerOptions {
  readonly name: string;
  readonly random: Random;
  /** Its lines; each leads to the player of that name. */
  readonly lines: SessionOptions['lines'];
  readonly password: string | undefined;
  readonly playersMax: number;
  readonly mayMigrate: boolean;
}

/** See the head of the file. One machine for each of its cables is given by {@link cable}. */
export class SessionPlayer {
  readonly name: string;
  readonly complaints: string[] = [];
  /** How often what happened, by the type of event and its cause. */
  readonly happened: Record<string, number> = {};
  /** Messages that arrived, chat included. */
  heard = 0;
  bytesHeard = 0;
  session: Session;
  /** Whether it goes back into a session when one has ended. */
  persists = true;
  readonly #options: SessionPlayerOptions;
  readonly #cables = new Map<string, Cable>();
  #lives = 0;
  #attempts = 0;
  #isDown = true;
  #againAt: Instant | undefined;
  #stateSince: Instant = 0;
  #chats = 0;
  /**
   * How many sessions it has gone into. DPNIDs alone do not tell players apart: when a session falls apart, both parts
   * go on numbering, and who changes from one to the other may have the same as before, among others than before.
   */
  #memberships = 0;
  /** Numbers of the next message to and from each other, by own memberships and their DPNIDs. */
  readonly #sent = new Map<string, number>();
  readonly #received = new Map<string, number>();
  readonly #chatsHeard = new Map<string, number>();

  constructor(options: SessionPlayerOptions) {
    this.#options = options;
    this.name = options.name;
    this.session = this.#newSession();
    for (const { name } of options.lines) this.#cables.set(name, new Cable(this, name));
  }

  /** The machine at our end of the cable to the player called `name`. */
  cable(name: string): ByteMachine<'moved'> {
    return this.#cables.get(name)!;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Whether it is a player of a session right now. */
  get isIn(): boolean {
    return !this.#isDown && (this.session.state === 'hosting' || this.session.state === 'joined');
  }

  /** Begins a life: as the host, or looking for a session. */
  start(now: Instant, asHost = false): void {
    this.#isDown = false;
    this.#lives++;
    this.#attempts = 0;
    this.session = this.#newSession();
    for (const cable of this.#cables.values()) cable.restart();
    this.#againAt = undefined;
    if (asHost) this.#host(now);
    else this.#join(now);
    this.moved();
  }

  /** Forgets everything; starts again after `downFor`. */
  crash(now: Instant, downFor: Duration): void {
    this.#isDown = true;
    this.#againAt = now + downFor;
    this.moved();
  }

  /** Leaves in good order; comes back after `awayFor`. */
  leave(now: Instant, awayFor: Duration): void {
    if (this.#isDown) return;
    this.session.leave(now);
    this.#againAt = now + awayFor;
    this.drain(now);
  }

  /** Goes into the session of `other`, out of any it is in. */
  joinPlayer(now: Instant, other: string): void {
    if (this.#isDown || this.session.state !== 'idle') this.start(now, false);
    if (this.session.state !== 'idle') {
      this.session = this.#newSession();
      for (const cable of this.#cables.values()) cable.restart();
    }
    this.#againAt = undefined;
    this.#joinAt(now, other);
    this.drain(now);
  }

  chat(now: Instant): void {
    if (!this.isIn) return;
    this.session.chat(now, `${this.#lives} ${this.#chats++}`);
    this.drain(now);
  }

  /** Sends every other player a numbered message of `size` bytes that must arrive. */
  send(now: Instant, size: number): void {
    if (!this.isIn) return;
    const self = this.session.self;
    for (const { dpnid } of this.session.players) {
      if (self === undefined || dpnid === self.dpnid) continue;
      const key = `${this.#memberships} ${dpnid}`;
      const number = this.#sent.get(key) ?? 0;
      const payload = new Uint8Array(Math.max(4, size)).fill(number);
      new DataView(payload.buffer).setUint32(0, number);
      if (this.session.send(now, payload, { to: dpnid, reliable: true, sequential: true }) > 0) {
        this.#sent.set(key, number + 1);
      }
    }
    this.drain(now);
  }

  /** As the host, removes the player called `name`. */
  remove(now: Instant, name: string): void {
    if (this.#isDown || this.session.state !== 'hosting') return;
    const other = this.session.players.find((player) => player.name === name);
    if (other !== undefined) this.session.remove(now, other.dpnid);
    this.drain(now);
  }

  /** The port of a cable hangs up. */
  hangUp(now: Instant, line: string): void {
    if (!this.#isDown) this.session.lineLost(now, line);
    this.drain(now);
  }

  expire(now: Instant): void {
    if (this.#againAt !== undefined && now >= this.#againAt) {
      this.#againAt = undefined;
      if (this.#isDown) this.start(now);
      else if (this.session.state === 'idle') this.#join(now);
      else this.#againAt = now + AGAIN;
    }
    if (this.#isDown) return;
    const { deadline } = this.session;
    if (deadline !== undefined && now >= deadline) this.session.expire(now);
    this.drain(now);
    this.moved();
  }

  get deadline(): Instant | undefined {
    return this.#isDown ? this.#againAt : earlier(this.#againAt, this.session.deadline);
  }

  /** Something changed: every cable may have something to send. */
  moved(): void {
    for (const cable of this.#cables.values()) cable.hasMoved = true;
  }

  /** Looks at itself: what must hold at all times. */
  check(now: Instant): void {
    if (this.#isDown) return;
    const { state, players, self } = this.session;
    const waited = now - this.#stateSince;
    if (state === 'joining' && waited > JOINING_MAX) this.#complain(now, `joining for ${waited / SECOND} s`);
    if (state === 'leaving' && waited > LEAVING_MAX) this.#complain(now, `leaving for ${waited / SECOND} s`);
    if (!this.isIn) return;
    if (new Set(players.map(({ dpnid }) => dpnid)).size !== players.length) {
      this.#complain(now, 'two players share a DPNID');
    }
    if (players.filter(({ isHost }) => isHost).length > 1) this.#complain(now, 'two hosts in one name table');
    if (self === undefined || !players.some(({ dpnid }) => dpnid === self.dpnid)) {
      this.#complain(now, 'it is not in its own name table');
    }
  }

  /** Takes what the session reports. */
  drain(now: Instant): void {
    const before = this.#lastState;
    for (let event = this.session.next(); event !== undefined; event = this.session.next()) {
      this.#take(now, event);
    }
    this.#lastState = this.session.state;
    if (before !== this.#lastState) this.#stateSince = now;
  }

  #lastState = '';

  #take(now: Instant, event: SessionEvent): void {
    this.#count(event);
    switch (event.type) {
      case 'hosting':
      case 'joined':
        this.#attempts = 0;
        break;
      case 'ended':
        if (this.persists && this.#againAt === undefined) this.#againAt = now + AGAIN;
        break;
      case 'chat':
        this.#hearChat(now, event.from.dpnid, event.text);
        break;
      case 'message':
        this.#hear(now, event.from, event.payload);
        break;
    }
  }

  /** A chat is heard at most once, and behind those that were said before it. */
  #hearChat(now: Instant, from: number, text: string): void {
    this.heard++;
    const number = Number(text.split(' ')[1]);
    const key = `${this.#memberships} ${from}`;
    const last = this.#chatsHeard.get(key) ?? -1;
    if (!(number > last)) this.#complain(now, `chat ${text} of ${from} came behind ${last}`);
    this.#chatsHeard.set(key, number);
  }

  /** A message that must arrive does so once, in order and unaltered. */
  #hear(now: Instant, from: number, payload: Uint8Array): void {
    this.heard++;
    this.bytesHeard += payload.length;
    const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
    const key = `${this.#memberships} ${from}`;
    const due = this.#received.get(key) ?? 0;
    if (number !== due) this.#complain(now, `message ${number} of ${from} came, ${due} was due`);
    if (payload.subarray(4).some((byte) => byte !== (number & 0xff))) {
      this.#complain(now, `message ${number} of ${from} is altered`);
    }
    this.#received.set(key, number + 1);
  }

  /** How many messages of `other` came in its present membership, and how many it sent us. */
  account(other: SessionPlayer): { readonly sent: number; readonly received: number } {
    const sent = other.#sent.get(`${other.#memberships} ${this.session.self?.dpnid}`);
    const received = this.#received.get(`${this.#memberships} ${other.session.self?.dpnid}`);
    return { sent: sent ?? 0, received: received ?? 0 };
  }

  #count(event: SessionEvent): void {
    const cause = 'cause' in event ? ` ${event.cause}` : 'reason' in event ? ` ${event.reason}` : '';
    const said = event.type === 'violation' ? ` ${event.section} ${event.text}` : '';
    const what = `${event.type}${cause}${said}`;
    this.happened[what] = (this.happened[what] ?? 0) + 1;
  }

  #complain(now: Instant, text: string): void {
    if (this.complaints.length < 20) this.complaints.push(`${now / SECOND} s, ${this.name}: ${text}`);
  }

  #newSession(): Session {
    const { lines, random } = this.#options;
    return new Session({
      random: random.fork(`life ${this.#lives} ${this.#attempts}`),
      lines,
      reach: ({ name }) => (this.#cables.has(name) ? { line: name, address: '' } : undefined),
    });
  }

  #host(now: Instant): void {
    this.#memberships++;
    const { name, password, playersMax, mayMigrate } = this.#options;
    this.session.host(now, {
      name,
      sessionName: 'a world',
      playersMax,
      mayMigrate,
      ...(password === undefined ? {} : { password }),
    });
    this.drain(now);
  }

  /** Tries the cables one after the other. */
  #join(now: Instant): void {
    const { lines } = this.#options;
    this.#attempts++;
    if (this.#attempts > PATIENCE) this.#host(now);
    else this.#joinAt(now, lines[this.#attempts % lines.length]!.name);
  }

  #joinAt(now: Instant, line: string): void {
    this.#memberships++;
    const { name, password } = this.#options;
    this.session.join(now, { line, address: '' }, { name, ...(password === undefined ? {} : { password }) });
    this.drain(now);
  }
}

/** One cable's end of a player: frames around what the session says on that line. */
class Cable implements ByteMachine<'moved'> {
  /** The session may have something to send here since the last look. */
  hasMoved = false;
  readonly #player: SessionPlayer;
  readonly #line: string;
  #framed: Framed<never>;

  constructor(player: SessionPlayer, line: string) {
    this.#player = player;
    this.#line = line;
    this.#framed = this.#newFramed();
  }

  /** Bytes of a life before are forgotten. */
  restart(): void {
    this.#framed = this.#newFramed();
  }

  receive(now: Instant, bytes: Uint8Array): void {
    if (this.#player.isDown) return;
    this.#framed.receive(now, bytes);
    this.#handOn(now);
  }

  gap(now: Instant): void {
    if (this.#player.isDown) return;
    this.#framed.gap(now);
    this.#handOn(now);
  }

  expire(now: Instant): void {
    this.#player.expire(now);
    if (!this.#player.isDown) this.#framed.expire(now);
    this.#handOn(now);
  }

  get deadline(): Instant | undefined {
    return earlier(this.#player.deadline, this.#player.isDown ? undefined : this.#framed.deadline);
  }

  poll(now: Instant): Uint8Array | undefined {
    if (this.#player.isDown) return undefined;
    const bytes = this.#framed.poll(now);
    this.#player.drain(now);
    return bytes;
  }

  next(): 'moved' | undefined {
    if (!this.hasMoved) return undefined;
    this.hasMoved = false;
    return 'moved';
  }

  #handOn(now: Instant): void {
    while (this.#framed.next() !== undefined);
    this.#player.drain(now);
    this.#player.moved();
  }

  /** The framing's view of the session: this line's messages, no deadline of its own. */
  #newFramed(): Framed<never> {
    const endpoint = { line: this.#line, address: '' };
    const player = this.#player;
    const view: Machine<Message, Message, never> = {
      receive: (now, message) => player.session.receive(now, endpoint, message),
      expire: () => {},
      deadline: undefined,
      poll: (now) => player.session.poll(now, endpoint.line)?.message,
      next: () => undefined,
    };
    return new Framed(view);
  }
}
