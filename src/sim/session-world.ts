/** A world of players joined by cables: safe while they come, go, die and are cut off; together once the lines are good. */
import { type Duration, type Instant, SECOND } from '../base/instant.ts';
import { lineTime } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import type { Session } from '../session/session.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import type { Finding } from './finding.ts';
import { SessionPlayer } from './session-player.ts';
import type { Happening, SessionScenario } from './session-scenario.ts';
import { Wire } from './wire.ts';
import { World } from './world.ts';

/** How often everybody looks at itself. */
const LOOK_EVERY: Duration = SECOND;
/** How often those who are not there yet try again. */
const KNOCK_EVERY: Duration = 5 * SECOND;
/** How long all may take to come together once the lines are good. */
const TOGETHER_MAX: Duration = 600 * SECOND;
/** How long the last operations may take to reach everybody, and a migration to be over. */
const QUIET: Duration = 120 * SECOND;
/** What a driver holds for a line that is slow. */
const TRANSMIT_BUFFER = 4096;

const nameOf = (player: number): string => `player ${player}`;

/** See the head of the file. */
export class SessionWorld {
  readonly scenario: SessionScenario;
  readonly world = new World();
  readonly players: readonly SessionPlayer[];
  readonly #wires = new Map<string, Wire>();
  readonly #complaints: string[] = [];

  constructor(random: Random, scenario: SessionScenario) {
    this.scenario = scenario;
    const { settings, cables, password, playersMax, mayMigrate } = scenario;
    const url = 'x-directplay:/provider=%7B743B5D60-628D-11D2-AE0F-006097B01411%7D;device=world';
    const pace = (bytes: number): Duration => lineTime(settings, bytes);
    this.players = Array.from({ length: scenario.players }, (_, index) => {
      const others = cables.flatMap(({ between: [a, b] }) => (a === index ? [b] : b === index ? [a] : []));
      const line = (other: number) => ({
        name: nameOf(other),
        kind: 'serial' as const,
        url,
        lineTime: (bytes: number) => pace(bytes + MESSAGE_HEADER_SIZE),
      });
      return new SessionPlayer({
        name: nameOf(index),
        random: random.fork(nameOf(index)),
        lines: others.map(line),
        password,
        playersMax,
        mayMigrate,
      });
    });
    for (const { between, directions } of cables) {
      const [a, b] = between.map((index) => this.players[index]!) as [SessionPlayer, SessionPlayer];
      const wires = ([0, 1] as const).map((from) => {
        const [sender, receiver] = from === 0 ? [a, b] : [b, a];
        const key = `${sender.name} ${receiver.name}`;
        const options = { settings, random: random.fork(key), transmitBuffer: TRANSMIT_BUFFER };
        const wire = new Wire({ ...directions[from], ...options });
        this.#wires.set(key, wire);
        return wire;
      }) as [Wire, Wire];
      this.world.join(
        { name: a.name, machine: a.cable(b.name) },
        { name: b.name, machine: b.cable(a.name) },
        { carrier: wires[0], lineTime: pace },
        { carrier: wires[1], lineTime: pace },
      );
    }
  }

  /** The whole life of the world. */
  run(): Finding {
    const { world, scenario } = this;
    world.at(0, (now) => {
      for (const [index, player] of this.players.entries()) {
        if (index === 0) player.start(now, true);
        else player.crash(now, (index * SECOND) / 2);
      }
    });
    for (const happening of scenario.happenings)
      world.at(happening.at, (now) => this.#befall(now, happening));
    const look = (now: Instant): void => {
      for (const player of this.players) player.check(now);
      world.at(now + LOOK_EVERY, look);
    };
    world.at(LOOK_EVERY, look);
    world.run(scenario.healAt);
    world.at(world.now, (now) => {
      for (const wire of this.#wires.values()) wire.heal(now);
    });
    world.run(world.now + SECOND);
    if (scenario.isComplete && scenario.playersMax === 0) this.#comeTogether();
    return this.#finding();
  }

  #befall(now: Instant, happening: Happening): void {
    const player = this.players[happening.player]!;
    switch (happening.kind) {
      case 'chat':
        player.chat(now);
        break;
      case 'send':
        player.send(now, happening.size);
        break;
      case 'leave':
        player.leave(now, happening.for);
        break;
      case 'crash':
        player.crash(now, happening.for);
        break;
      case 'freeze':
        this.world.freeze(player.name, happening.for);
        break;
      case 'remove':
        player.remove(now, nameOf(happening.other));
        break;
      case 'cut':
        this.#wire(happening.player, happening.other)?.cut(now, happening.for);
        this.#wire(happening.other, happening.player)?.cut(now, happening.for);
        break;
      case 'hangUp':
        if (this.#wire(happening.player, happening.other)) player.hangUp(now, nameOf(happening.other));
        break;
    }
  }

  #wire(from: number, to: number): Wire | undefined {
    return this.#wires.get(`${nameOf(from)} ${nameOf(to)}`);
  }

  /** Everybody finds into one session, agrees who is in it, and hears everybody; then the host leaves, and it is so again. */
  #comeTogether(): void {
    const { world } = this;
    this.#gather();
    if (!this.#agree(this.players, 'after the lines healed')) return;
    this.#talk(this.players, 'together');
    if (!this.scenario.mayMigrate || this.players.length < 3) return;
    const host = this.players.find(({ session }) => session.state === 'hosting')!;
    host.persists = false;
    world.at(world.now, (now) => host.leave(now, 10_000 * SECOND));
    world.run(world.now + QUIET, () => host.session.state === 'idle');
    if (host.session.state !== 'idle') this.#complaints.push(`the host did not get away: ${this.#states()}`);
    const rest = this.players.filter((player) => player !== host);
    if (this.#agree(rest, 'after the host left')) this.#talk(rest, 'with the new host');
  }

  /** Those who are in other sessions, or in none, go into the largest one; whoever finds itself alone later does so too. */
  #gather(): void {
    const { world, players } = this;
    let isOver = false;
    const knock = (now: Instant): void => {
      if (isOver) return;
      const chosen = this.#largest() ?? players[0]!;
      if (!chosen.isIn) chosen.start(now, true);
      for (const player of players) {
        if (player === chosen) continue;
        if (player.isIn && !isWith(player, chosen)) player.leave(now, 1_000 * SECOND);
        else if (player.isDown || player.session.state === 'idle') player.joinPlayer(now, chosen.name);
      }
      world.at(now + KNOCK_EVERY, knock);
    };
    world.at(world.now, knock);
    world.run(world.now + TOGETHER_MAX, () => this.#areTogether(players));
    isOver = true;
  }

  /** The host of most. */
  #largest(): SessionPlayer | undefined {
    const { players } = this;
    const sizeOf = (host: SessionPlayer): number => players.filter((player) => isWith(player, host)).length;
    const hosts = players.filter(({ isIn, session }) => isIn && session.state === 'hosting');
    return hosts.sort((a, b) => sizeOf(b) - sizeOf(a))[0];
  }

  #areTogether(players: readonly SessionPlayer[]): boolean {
    const tables = players.map(tableOf);
    return players.every(({ isIn, session }) => isIn && isConnected(session)) && new Set(tables).size === 1;
  }

  /** Whether all these have one name table with exactly them in it, soon. */
  #agree(players: readonly SessionPlayer[], when: string): boolean {
    const { world } = this;
    const isDone = (): boolean =>
      this.#areTogether(players) &&
      players[0]!.session.players.length === players.length &&
      players.filter(({ session }) => session.state === 'hosting').length === 1;
    world.run(world.now + QUIET, isDone);
    if (isDone()) return true;
    this.#complaints.push(`no agreement ${when}: ${this.#states()}`);
    return false;
  }

  /** Everybody says something to all, and all of it is heard. */
  #talk(players: readonly SessionPlayer[], when: string): void {
    const { world } = this;
    const before = players.map(({ heard }) => heard);
    world.at(world.now, (now) => {
      for (const player of players) player.chat(now);
      for (const player of players) player.send(now, 700);
    });
    const wanted = 2 * (players.length - 1);
    const isDone = (): boolean =>
      players.every(({ heard }, index) => heard - before[index]! >= wanted) &&
      players.every((player) =>
        players.every((other) => {
          const { sent, received } = player.account(other);
          return player === other || sent === received;
        }),
      );
    world.run(world.now + QUIET, isDone);
    if (!isDone()) {
      const heard = players.map((player, index) => `${player.name} ${player.heard - before[index]!}`);
      this.#complaints.push(`not all was heard ${when}: of ${wanted} each, ${heard.join(', ')}`);
    }
  }

  #states(): string {
    return this.players
      .map((player) => `${player.name} ${player.isDown ? 'down' : tableOf(player)}`)
      .join('; ');
  }

  #finding(): Finding {
    const happened: Record<string, number> = {};
    for (const player of this.players) {
      for (const [what, count] of Object.entries(player.happened))
        happened[what] = (happened[what] ?? 0) + count;
    }
    return {
      complaints: [...this.#complaints, ...this.players.flatMap(({ complaints }) => complaints)],
      digest: this.world.digest,
      seconds: this.world.now / SECOND,
      delivered: this.players.reduce((sum, { heard }) => sum + heard, 0),
      bytes: this.players.reduce((sum, { bytesHeard }) => sum + bytesHeard, 0),
      connections: happened.connection ?? 0,
      forged: 0,
      happened,
    };
  }
}

/** Whether `player` is in the session of `host`. DPNIDs alone do not tell: when a session falls apart, both parts go on numbering. */
function isWith(player: SessionPlayer, host: SessionPlayer): boolean {
  const found = player.session.hostPlayer;
  return player.isIn && found?.dpnid === host.session.self?.dpnid && found?.name === host.name;
}

/** Whether it has a connection to all whom it has in its table: one that hung up may not be missed yet at the other end. */
function isConnected(session: Session): boolean {
  return session.players.every(({ dpnid }) => {
    return dpnid === session.self?.dpnid || session.connectionTo(dpnid)?.state === 'connected';
  });
}

/** A name table in one line: equal for equal tables. */
function tableOf({ session }: SessionPlayer): string {
  const entries = session.players.map(
    ({ dpnid, name, version, isHost }) => `${dpnid.toString(16)} ${name} v${version}${isHost ? ' host' : ''}`,
  );
  return `${session.state} [${entries.sort().join(', ')}] version ${session.nameTableVersion}`.replace(
    /^(hosting|joined)/,
    'in',
  );
}
