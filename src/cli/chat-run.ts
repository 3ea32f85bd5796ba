/** A conversation: who talks in this process, what is typed, and how it ends. What is shown is made elsewhere. */
import { InvariantError } from '../base/failure.ts';
import { Random } from '../base/random.ts';
import type { EndCause, SessionEvent } from '../session/session-event.ts';
import { networkAddressText } from '../wire/network-address.ts';
import { CHAT_HELP, type ChatInput, readChatInput } from './chat-input.ts';
import type { ChatLines, Seat } from './chat-lines.ts';
import { ChatOutput } from './chat-output.ts';
import { dpnidText } from './chat-text.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { onInterrupt } from './interrupt.ts';
import { Participant } from './participant.ts';
import { seedFromFlags } from './run-flags.ts';
import { type TypedLines, typedLines } from './typed-lines.ts';

/** How long until lines that had no room are looked at again, in milliseconds. */
const ROOM_EVERY_MS = 50;

/** What is wanted of a conversation. */
export interface ChatRequest {
  /** What the person's machine does; of several in one process the first hosts. */
  readonly role: 'host' | 'join';
  /** The person's name as a player; absent: the machine's. */
  readonly name: string | undefined;
  /** The host: what the session is called. Who joins: the only session that is joined. */
  readonly session: string | undefined;
  readonly password: string | undefined;
  readonly playersMax: number;
  readonly mayMigrate: boolean;
  /** Whether the end of the input leaves the conversation going. */
  readonly stay: boolean;
  readonly jsonStream: boolean;
}

/** Talks until somebody or something ends it, and returns the exit code. */
export async function runChat(request: ChatRequest, lines: ChatLines, console: Console): Promise<number> {
  return await new Conversation(request, lines, console).run();
}

/** Somebody of this process. */
interface Talker {
  readonly machine: string;
  readonly seat: Seat;
  readonly participant: Participant;
  readonly isHost: boolean;
  /** How its session ended; `undefined` while it has not. */
  cause?: EndCause;
}

/** See the head of the file. */
class Conversation {
  readonly #request: ChatRequest;
  readonly #lines: ChatLines;
  readonly #talkers: readonly Talker[];
  readonly #person: Talker;
  readonly #typed: TypedLines;
  readonly #output: ChatOutput;
  readonly #interrupt = onInterrupt(() => this.#quit());
  #speaker: Talker;
  /** What is left to say of the line typed last. */
  #texts: string[] = [];
  #hasBeenHeard = false;
  #isQuitting = false;
  #roomTimer: NodeJS.Timeout | undefined;
  #failure: unknown;
  #over: () => void = () => {};

  constructor(request: ChatRequest, lines: ChatLines, console: Console) {
    this.#request = request;
    this.#lines = lines;
    const random = new Random(seedFromFlags({ seed: undefined }));
    const isShared = lines.seats.length > 1;
    // Of several machines in one process the first hosts; the person is that one, or the first of those who join.
    const personIndex = isShared && request.role === 'join' ? 1 : 0;
    this.#talkers = lines.seats.map((seat, index) => {
      const machine = isShared ? (seat.name ?? '') : '';
      return {
        machine,
        seat,
        isHost: isShared ? index === 0 : request.role === 'host',
        participant: new Participant(
          { ...seat, random: random.fork(`${index}`) },
          {
            onEvent: (event) => this.#event(index, event),
            onWarning: (text) => this.#output.complain(text),
            onLineLost: (line, error) => this.#output.lineLost(machine, line, error.message),
            onOver: () => this.#talkerOver(index),
            onFailure: (error) => this.#failed(error),
          },
        ),
      };
    });
    this.#person = this.#talkers[personIndex]!;
    this.#speaker = this.#person;
    this.#typed = typedLines(
      console,
      () => this.#pump(),
      () => process.emit('SIGINT', 'SIGINT'),
    );
    this.#output = new ChatOutput({
      console,
      isStream: request.jsonStream,
      isShared,
      print: (line) => this.#typed.print(line),
    });
  }

  async run(): Promise<number> {
    for (const warning of this.#lines.warnings) this.#output.complain(warning);
    const over = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    for (const talker of this.#talkers) this.#begin(talker);
    this.#pump();
    await over;
    clearTimeout(this.#roomTimer);
    this.#typed.close();
    await Promise.all(this.#talkers.map(({ participant }) => participant.stop()));
    this.#interrupt.release();
    if (this.#failure !== undefined) throw this.#failure;
    return this.#exitCode();
  }

  #begin(talker: Talker): void {
    const { machine, seat, participant, isHost } = talker;
    const { name, password, session, playersMax, mayMigrate } = this.#request;
    const own = {
      name: (talker === this.#person ? name : undefined) ?? machine,
      ...(password === undefined ? {} : { password }),
    };
    if (isHost) {
      const places = seat.lines.map((line) =>
        line.kind === 'udp' ? networkAddressText(line.port.local) : line.port.path,
      );
      const sessionName = session ?? `${own.name}'s session`;
      participant.host({ ...own, sessionName, playersMax, mayMigrate });
      const { words } = this.#output;
      const what = `${words.name(own)} hosts "${words.text(sessionName)}"`;
      this.#output.note(machine, `${what} on ${places.join(', ')}`);
      return;
    }
    if (seat.targets.length === 0) throw new InvariantError('a participant with nowhere to ask');
    const places = seat.targets.map(({ line, address }) => (address === '' ? line : address));
    this.#output.note(machine, `asking for a session on ${places.join(', ')}`);
    participant.join(seat.targets, { ...own, ...(session === undefined ? {} : { sessionName: session }) });
  }

  #event(index: number, event: SessionEvent): void {
    const talker = this.#talkers[index]!;
    if (event.type === 'ended') talker.cause = event.cause;
    // How the others of this process go their ways when the person has had enough is of no interest.
    if (this.#isQuitting && talker !== this.#person && event.type !== 'chat') return;
    this.#output.event(talker.machine, event, talker.participant.others);
    if (event.type === 'playerJoined' || event.type === 'joined') this.#hasBeenHeard = true;
    queueMicrotask(() => this.#pump());
  }

  /** Says and does what was typed, as far as that can be done now. */
  #pump(): void {
    while (!this.#isQuitting) {
      const text = this.#texts[0];
      if (text !== undefined) {
        if (!this.#mayTalk()) return;
        this.#texts.shift();
        this.#output.said(this.#speaker.machine, text, this.#speaker.participant.say(text));
        continue;
      }
      const line = this.#typed.next();
      if (line === undefined) {
        if (this.#typed.isOver && !this.#request.stay && this.#mayEnd()) this.#quit();
        return;
      }
      const input = readChatInput(line);
      if (input !== undefined) this.#obey(input);
    }
  }

  /** Whether what is said now is heard: not before we are in, and what comes by a pipe waits until somebody is there. */
  #mayTalk(): boolean {
    const { participant } = this.#speaker;
    if (this.#talkers.some((each) => each.participant.session.state === 'joining')) return false;
    if (!participant.isIn) return this.#talkers.length > 1;
    if (!this.#hasBeenHeard && this.#typed.isPipe && this.#person.isHost) return false;
    if (participant.mayTalk) return true;
    clearTimeout(this.#roomTimer);
    this.#roomTimer = setTimeout(() => this.#pump(), ROOM_EVERY_MS);
    return false;
  }

  /** Whether the end of the input ends the conversation now: whoever asks to join is let in first. */
  #mayEnd(): boolean {
    return this.#talkers.every(({ participant }) => participant.session.state !== 'joining');
  }

  #obey(input: ChatInput): void {
    const { machine, participant } = this.#speaker;
    switch (input.type) {
      case 'say':
        this.#texts = [...input.texts];
        break;
      case 'who':
        this.#output.who(machine, participant.session.players, participant.session.self?.dpnid);
        break;
      case 'kick':
        this.#kick(input.name);
        break;
      case 'as':
        this.#speakAs(input.name);
        break;
      case 'help':
        for (const [command, does] of CHAT_HELP) this.#output.note(machine, `${command.padEnd(11)} ${does}`);
        break;
      case 'mistake':
        this.#output.note(machine, this.#output.words.text(input.text));
        break;
      case 'quit':
        this.#quit();
        break;
    }
  }

  #kick(name: string): void {
    const { machine, participant } = this.#speaker;
    const { words } = this.#output;
    if (participant.session.state !== 'hosting') {
      this.#output.note(machine, 'only the host removes players');
      return;
    }
    const meant = participant.others.filter(
      (player) => player.name === name || words.name(player) === name || dpnidText(player.dpnid) === name,
    );
    if (meant.length !== 1) {
      const trouble = meant.length === 0 ? 'there is no' : 'there are several called';
      this.#output.note(machine, `${trouble} ${words.text(name)}; /who shows who is here`);
    } else if (!participant.remove(meant[0]!.dpnid)) {
      this.#output.note(machine, `${words.name(meant[0]!)} cannot be removed now`);
    }
  }

  #speakAs(name: string): void {
    const talker = this.#talkers.find((each) => each.machine === name);
    if (talker !== undefined) this.#speaker = talker;
    const machines = this.#talkers.map(({ machine }) => machine).join(', ');
    const text =
      this.#talkers.length === 1
        ? '/as is for several machines in one process'
        : talker === undefined
          ? `no such machine here: expected ${machines}`
          : `you speak as ${name}`;
    this.#output.note(this.#speaker.machine, text);
  }

  /** The person leaves in good order, then the others of this process; asked again, all do, at once. */
  #quit(): void {
    const leaving = this.#isQuitting ? this.#talkers : [this.#person];
    this.#isQuitting = true;
    for (const { participant } of leaving) participant.leave();
  }

  #talkerOver(index: number): void {
    const talker = this.#talkers[index]!;
    if (talker === this.#person) {
      this.#isQuitting = true;
      for (const each of this.#talkers) if (each !== talker) each.participant.leave();
    }
    if (this.#talkers.every(({ participant }) => participant.isOver)) this.#over();
  }

  #failed(error: unknown): void {
    this.#failure ??= error;
    this.#over();
  }

  #exitCode(): number {
    const signal = this.#interrupt.signal();
    if (signal !== undefined) return signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    const { participant, cause } = this.#person;
    if (cause === 'left') return EXIT.passed;
    return participant.hasNoLine ? EXIT.port : EXIT.failed;
  }
}
