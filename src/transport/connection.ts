/** One connection from its handshake to its end: carries out what the state table says. The rules of each part live in its room. */
import { type Duration, earlier, type Instant } from '../base/instant.ts';
import type { Machine } from '../base/machine.ts';
import type { Random } from '../base/random.ts';
import { isMalformed } from '../wire/malformed.ts';
import { decodeTransport, encodeTransport, type TransportPacket } from '../wire/transport-packet.ts';
import { BreakOff } from './break-off.ts';
import type { CloseCause, ConnectionEvent, SendOptions } from './connection-event.ts';
import { type ConnectionOptions, type ConnectionSettings, settled } from './connection-options.ts';
import { type ConnectionState, type Effect, type Stimulus, transition } from './connection-state.ts';
import { EventQueue } from './event-queue.ts';
import { DATA_HEADER_SIZE } from './frame-size.ts';
import { Handshake } from './handshake.ts';
import { RoundTrip } from './round-trip.ts';
import type { ConnectionStatistics } from './statistics.ts';
import { Stream } from './stream.ts';
import { retryInterval, TIMER, Timers } from './timing.ts';

/** The section to cite for a packet that cannot be read. */
const SECTIONS: Readonly<Record<string, string>> = {
  TRANS_COMMAND_CONNECT: '2.2.7',
  TRANS_COMMAND_CONNECT_ACCEPT: '2.2.8',
  TRANS_COMMAND_SACK: '2.2.9',
  TRANS_USERDATA_HEADER: '2.2.17',
};

/** How often a partner is asked to prove that it is alive: enough for a line that loses every other packet. */
const PROBES = 10;

/**
 * A reliable connection over a link that loses and damages packets; input and output are transport packets.
 *
 * Commands: {@link connect}, {@link listen}, {@link send}, {@link close}, {@link abort}, {@link probe}. Inputs: `receive`, `expire`.
 * Outputs: `poll`, `next`. What the partner does wrong is an event, never thrown.
 */
export class Connection implements Machine<Uint8Array, Uint8Array, ConnectionEvent> {
  readonly #settings: ConnectionSettings;
  readonly #random: Random;
  readonly #ownSessionId: number | undefined;
  readonly #events = new EventQueue();
  readonly #timers = new Timers();
  readonly #roundTrip: RoundTrip;
  readonly #handshake: Handshake;
  readonly #stream: Stream;
  readonly #breakOff: BreakOff;
  #state: ConnectionState = 'idle';
  #cause: CloseCause = 'local';
  #undelivered: number | undefined;
  #hasAnsweredEnd = false;
  #probeInterval: Duration = 0;
  #probesLeft = 0;

  constructor(options: ConnectionOptions) {
    this.#settings = settled(options);
    this.#random = options.random;
    this.#ownSessionId = options.sessionId;
    this.#roundTrip = new RoundTrip(this.#settings.lineTime);
    this.#handshake = new Handshake(this.#settings, this.#timers, this.#roundTrip);
    this.#stream = new Stream(this.#settings, this.#timers, this.#roundTrip, this.#events);
    this.#breakOff = new BreakOff(this.#handshake, this.#timers, this.#roundTrip, this.#settings.version);
  }

  /** Where the connection stands. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Why it ended; `undefined` until it has. */
  get closedBy(): CloseCause | undefined {
    return this.#state === 'closed' ? this.#cause : undefined;
  }

  /** The lower of the two announced versions, and dwSessID, once the handshake is done (VER-3). */
  get agreed(): { readonly version: number; readonly sessionId: number } {
    const { version, sessionId } = this.#handshake;
    return { version, sessionId };
  }

  /** Payload bytes that `send` accepted and that were not yet handed to the line for the first time. */
  get queuedBytes(): number {
    return this.#stream.sender.queue.bytes;
  }

  /** Messages that `send` accepted and that are neither acknowledged nor given up; after the end, those there were then. */
  get undelivered(): number {
    return this.#undelivered ?? this.#stream.sender.queue.open;
  }

  /** The largest data frame there may be, in bytes, masks not counted; frames already numbered keep their size. */
  get frameSizeMax(): number {
    return this.#stream.sender.frameSize.ceiling;
  }

  set frameSizeMax(bytes: number) {
    this.#stream.sender.frameSize.ceiling = bytes;
  }

  get statistics(): ConnectionStatistics {
    const { histogram } = this.#roundTrip;
    const { sender, framesReceived, sacksSent, sacksReceived, duplicates, held, heldBytes } = this.#stream;
    return {
      roundTrip: {
        smoothed: this.#roundTrip.isMeasured ? this.#roundTrip.smoothed : undefined,
        min: histogram.min,
        p50: histogram.percentile(0.5),
        p99: histogram.percentile(0.99),
        max: histogram.max,
        histogram: histogram.snapshot(),
      },
      framesSent: sender.framesSent,
      framesReceived,
      sacksSent,
      sacksReceived,
      frameSize: sender.payload + DATA_HEADER_SIZE,
      retries: sender.retries,
      duplicates,
      held,
      heldBytes,
      violations: this.#events.violations,
      window: sender.size.size,
      outstanding: sender.window.outstanding,
      windowMax: sender.outstandingMax,
    };
  }

  /** Command: asks the partner for a connection; `connected` or `closed` follows. Only from `idle`. */
  connect(now: Instant): void {
    this.#apply(now, 'connect');
  }

  /** Command: waits for a partner to ask; `connected` follows. Only from `idle`. */
  listen(now: Instant): void {
    this.#apply(now, 'listen');
  }

  /**
   * Command: queues a message. False if it is refused: the connection is closing or closed, the message is larger
   * than `messageSizeMax`, or the queue is full (`queueBytesMax`). Before the connection stands, messages wait for
   * it. The payload is not copied: it must not change until it is acknowledged or lost.
   */
  send(_now: Instant, payload: Uint8Array, options: SendOptions): boolean {
    if (this.#state === 'closing' || this.#state === 'closed') return false;
    if (payload.length > this.#settings.messageSizeMax) return false;
    return this.#stream.sender.queue.add(payload, options);
  }

  /** Command: ends the connection behind everything queued; `closed` follows. [MS-DPDX] 3.1.5.3 */
  close(now: Instant): void {
    this.#apply(now, 'close');
  }

  /** Command: ends the connection at once and gives up everything queued; `closed` follows. [MC-DPL8R] 3.1.4.3 */
  abort(now: Instant): void {
    this.#apply(now, 'abort');
  }

  /**
   * Command: has the partner prove at once that it is alive; when nothing valid is heard within `patience` and
   * what two retries take, the connection is lost. For a partner that seems to have started anew: a CONNECT on an established
   * connection has no effect itself ([MS-DPDX] 3.1.5.1), and its retries alone would take most of a minute.
   */
  probe(now: Instant, patience: Duration): void {
    if (this.#timers.isSet(TIMER.probe) || this.#breakOff.hasBegun) return;
    if (this.#state !== 'connected' && this.#state !== 'closing') return;
    const { sender } = this.#stream;
    const retries = 2 * retryInterval(this.#settings.timing, this.#roundTrip.smoothed, 0);
    const answer = this.#roundTrip.allowance(sender.payload + DATA_HEADER_SIZE);
    this.#probeInterval = Math.ceil((patience + retries + answer) / PROBES);
    this.#probesLeft = PROBES;
    this.#askForLife(now);
  }

  receive(now: Instant, input: Uint8Array): void {
    const packet = decodeTransport(input);
    if (isMalformed(packet)) {
      const section = SECTIONS[packet.packet] ?? '2.2.3';
      this.#events.violation(section, `${packet.packet} ${packet.field}: ${packet.reason}`);
      return;
    }
    switch (packet.name) {
      case 'TRANS_USERDATA_HEADER':
      case 'TRANS_COMMAND_SACK':
        this.#receiveStream(now, packet, input.length);
        break;
      case 'HARD_DISCONNECT':
        if (packet.dwSessID === this.#handshake.sessionId) this.#apply(now, 'HARD_DISCONNECT', packet);
        break;
      default: {
        const meaning = this.#handshake.classify(packet);
        if (typeof meaning === 'string') this.#apply(now, meaning, packet);
        else this.#events.violation(meaning.section, meaning.text);
      }
    }
    this.#finish(now);
  }

  expire(now: Instant): void {
    if (this.#handshake.expire(now)) this.#apply(now, 'unanswered');
    this.#breakOff.expire(now);
    this.#stream.expire(now);
    const { sender } = this.#stream;
    if (sender.window.takeKeepAliveWanted() && this.#state === 'connected' && sender.queue.isEmpty) {
      this.#stream.keepAlive();
    }
    if (sender.window.isLost) this.#apply(now, 'lost');
    if (this.#timers.expired(TIMER.keepAlive, now)) {
      if (sender.window.isStuck) this.#apply(now, 'lost');
      else {
        this.#stream.keepAlive();
        this.#heard(now);
      }
    }
    if (this.#timers.expired(TIMER.closing, now)) {
      // While our END_OF_STREAM is not acknowledged, its retries decide; behind them a slow line may need longer.
      if (sender.hasEnded || (sender.window.isIdle && !sender.hasFrame)) this.#apply(now, 'lost');
      else this.#heard(now);
    }
    if (this.#timers.expired(TIMER.probe, now)) this.#askForLife(now);
    this.#timers.expired(TIMER.linger, now);
    this.#finish(now);
  }

  get deadline(): Instant | undefined {
    return earlier(this.#timers.deadline, this.#stream.deadline);
  }

  poll(now: Instant): Uint8Array | undefined {
    const command = this.#breakOff.poll(now) ?? this.#handshake.poll(now);
    const sackOnly = this.#state !== 'connected' && this.#state !== 'closing';
    const bytes = command === undefined ? this.#stream.poll(now, sackOnly) : encodeTransport(command);
    this.#finish(now);
    return bytes;
  }

  next(): ConnectionEvent | undefined {
    return this.#events.shift();
  }

  /** Data frames and SACKs, as far as the state lets them count. */
  #receiveStream(now: Instant, packet: TransportPacket, size: number): void {
    const isData = packet.name === 'TRANS_USERDATA_HEADER';
    if (!isData && packet.name !== 'TRANS_COMMAND_SACK') return;
    const found = transition(this.#state, isData ? 'DFRAME' : 'SACK');
    if (found?.effect === 'refuse') this.#refuse(found.rule, packet);
    if (found?.effect === 'answerLate' && this.#timers.isSet(TIMER.linger)) this.#stream.answerEndOfStream(1);
    if (found?.effect !== 'process' || this.#breakOff.hasBegun) return;
    const isValid = isData
      ? this.#stream.receiveData(now, packet, size)
      : this.#stream.receiveSack(now, packet);
    if (isValid) {
      this.#timers.cancel(TIMER.probe);
      this.#heard(now);
    }
    if (this.#stream.isBeyondLimit) {
      this.#events.violation('2.2.17', `a message is larger than ${this.#settings.messageSizeMax} bytes`);
      this.#apply(now, 'abort');
      this.#cause = 'hardDisconnect';
    } else if (this.#stream.partnerHasEnded && !this.#hasAnsweredEnd) this.#apply(now, 'END_OF_STREAM');
  }

  /** Something valid was received: silence is measured from here. [MS-DPDX] 3.1.6.4 */
  #heard(now: Instant): void {
    const { timing } = this.#settings;
    if (this.#state === 'connected') this.#timers.set(TIMER.keepAlive, now + timing.keepAlive);
    else if (this.#state === 'closing') this.#timers.set(TIMER.closing, now + timing.closing);
  }

  /** Sends something that a living partner acknowledges at once; when it was sent often enough, the connection is lost. */
  #askForLife(now: Instant): void {
    if (this.#probesLeft-- === 0) {
      this.#apply(now, 'lost');
      return;
    }
    this.#timers.set(TIMER.probe, now + this.#probeInterval);
    const { window, queue } = this.#stream.sender;
    const last = window.newestSent();
    if (last !== undefined) window.repeat(last, 'probe');
    else if (this.#state === 'connected' && queue.isEmpty && window.isIdle) this.#stream.keepAlive();
  }

  /** Looks the stimulus up in the state table and carries out what it says. */
  #apply(now: Instant, stimulus: Stimulus, packet?: TransportPacket): void {
    const found = transition(this.#state, stimulus);
    if (found === undefined) return;
    const from = this.#state;
    this.#state = found.to;
    if (found.effect === 'refuse') this.#refuse(found.rule, packet);
    else if (found.effect === 'end') this.#end(now, stimulus);
    else if (stimulus === 'unanswered') this.#handshake.reset();
    else if (packet?.name === 'TRANS_COMMAND_CONNECT_ACCEPT' || packet?.name === 'TRANS_COMMAND_CONNECT')
      this.#shakeHands(now, found.effect, packet);
    else this.#leave(now, found.effect, from);
  }

  #refuse(rule: string, packet: TransportPacket | undefined): void {
    this.#events.violation(rule, `${packet?.name ?? 'packet'} while ${this.#state}`);
  }

  /** Effects of CONNECT and CONNECT_ACCEPT. */
  #shakeHands(now: Instant, effect: Effect, packet: TransportPacket): void {
    if (packet.name === 'TRANS_COMMAND_CONNECT') {
      if (effect === 'sendAccept') this.#handshake.accept(packet);
    } else if (packet.name === 'TRANS_COMMAND_CONNECT_ACCEPT') {
      if (effect === 'disregard') return;
      if (effect !== 'establish') this.#handshake.acknowledge(packet);
      if (effect === 'acknowledgeAcceptAgain') {
        // Without our acknowledgment the partner disregarded what we sent behind it (CON-5).
        const isLost = !this.#stream.isConfirmed && this.#handshake.isFinalLost(now);
        if (isLost) this.#stream.sender.window.repeatAll();
        return;
      }
      this.#handshake.complete(now, packet);
      const { version, sessionId } = this.#handshake;
      this.#events.push({ type: 'connected', version, sessionId });
      this.#stream.begin(version, sessionId);
      this.#heard(now);
    }
  }

  /** Effects of commands and of what ends a connection from either side. */
  #leave(now: Instant, effect: Effect, from: ConnectionState): void {
    if (effect === 'sendConnect') this.#handshake.connect(this.#random, this.#ownSessionId);
    if (effect === 'endStream') this.#endStream(now, 'local');
    if (effect === 'answerEnd') {
      this.#hasAnsweredEnd = true;
      this.#stream.answerEndOfStream();
      if (from === 'connected') this.#endStream(now, 'partner');
    }
    if (effect === 'answerBreakOff' && this.#breakOff.hasBegun) this.#breakOff.acknowledged();
    else if (effect === 'breakOff' || effect === 'answerBreakOff') {
      if (this.#breakOff.hasBegun) return;
      this.#cause = effect === 'breakOff' ? 'local' : 'hardDisconnect';
      this.#giveUp();
      this.#breakOff.begin();
    }
  }

  /** Ends our stream behind what is queued; keep-alives stop (DIS-7). */
  #endStream(now: Instant, cause: CloseCause): void {
    this.#cause = cause;
    this.#timers.cancel(TIMER.keepAlive);
    this.#stream.sender.queue.addEndOfStream();
    this.#heard(now);
  }

  /** Cancels everything queued or sent, and everything that was to be acknowledged. */
  #giveUp(): void {
    this.#undelivered ??= this.#stream.sender.queue.open;
    this.#stream.discard();
    this.#handshake.stop();
    this.#timers.cancelAll();
  }

  #end(now: Instant, stimulus: Stimulus): void {
    if (stimulus === 'lost') this.#cause = 'retries';
    if (stimulus === 'unanswered') this.#cause = 'handshake';
    this.#giveUp();
    const isGraceful = stimulus === 'finished' && !this.#breakOff.hasBegun;
    if (isGraceful) this.#timers.set(TIMER.linger, now + this.#settings.timing.linger);
    this.#events.push({ type: 'closed', cause: this.#cause, undelivered: this.#undelivered ?? 0 });
  }

  /** Notices that both ends are done. */
  #finish(now: Instant): void {
    if (this.#state !== 'closing') return;
    const isDone = this.#breakOff.hasBegun
      ? this.#breakOff.isDone
      : this.#hasAnsweredEnd && this.#stream.isFinished;
    if (isDone) this.#apply(now, 'finished');
  }
}
