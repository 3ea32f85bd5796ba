/** A session of two under attack in virtual time: over a cable of the attacker's own, or from several addresses. What the two must keep is checked. */
import { type Duration, type Instant, MILLISECOND, SECOND } from '../base/instant.ts';
import { DEFAULT_LINE_SETTINGS, lineTime } from '../base/line-settings.ts';
import type { Random } from '../base/random.ts';
import type { Endpoint } from '../session/endpoint.ts';
import { networkReach } from '../session/network-reach.ts';
import type { SessionLine } from '../session/session-options.ts';
import { MESSAGE_HEADER_SIZE } from '../wire/message-header.ts';
import { HonestPlayer } from './honest-player.ts';
import type { Intelligence } from './lying-payload.ts';
import { PacketPipe } from './packet-pipe.ts';
import { SessionFuzzer } from './session-fuzzer.ts';
import { Wire } from './wire.ts';
import { World } from './world.ts';

/** By what the attacker reaches the session: a cable to the host alone, cables to both, addresses of its own. */
export type Battlefield = 'cable' | 'triangle' | 'udp';

/** The instance GUID of the session: the attacker knows it, as anybody does who asks. */
const INSTANCE = '94BE8123-A1AB-48FB-A2E7-23859E658936';
const SETTINGS = { ...DEFAULT_LINE_SETTINGS, baud: 115_200 };
const URL = 'x-directplay:/provider=%7B743B5D60-628D-11D2-AE0F-006097B01411%7D;device=fuzz';
/** Addresses of the attacker over UDP. */
const ATTACKERS = 3;
/** What an attacker that reaches both leaves out: it could have either removed, and the host knows no better. [MS-DPDX] 3.1.5.6 */
const SPARED = ['TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE'] as const;
/** How long the two have to come together before the attack begins. */
const QUIET: Duration = 10 * SECOND;
/** How often they talk. */
const TALK_EVERY: Duration = 250 * MILLISECOND;
/** The longest that one may hear nothing of the other. */
const GAP_MAX: Duration = 2 * SECOND;
/** The most that a session may hold: of its own traffic, and of what one partner may have under way. */
const HOLDINGS_MAX = {
  connections: 32,
  queuedBytes: 256 * 1024,
  heldBytes: ATTACKERS * 1.25 * 1024 * 1024,
  operations: 4096,
  operationBytes: 512 * 1024,
} as const;

/** What came of it. */
export interface FuzzFinding {
  readonly complaints: readonly string[];
  readonly digest: number;
  /** Figures: what was heard, the longest silence in seconds, the most that was held, what was violated, how often the attacker got in. */
  readonly heard: number;
  readonly chats: number;
  readonly longestGap: number;
  readonly most: Readonly<Record<string, number>>;
  readonly sections: Readonly<Record<string, number>>;
  readonly acts: Readonly<Record<string, number>>;
  readonly admissions: number;
}

/** One of the machines of the world. */
type Machine = ReturnType<HonestPlayer['port']> | SessionFuzzer;

/** See the head of the file. */
export class FuzzWorld {
  readonly world = new World();
  readonly host: HonestPlayer;
  readonly guest: HonestPlayer;
  readonly fuzzers: SessionFuzzer[] = [];
  readonly #random: Random;
  readonly #field: Battlefield;

  constructor(random: Random, field: Battlefield) {
    this.#random = random;
    this.#field = field;
    const lines = (...names: string[]) => (field === 'udp' ? ['net'] : names);
    this.host = this.#player('host', 'guest', lines('guest', 'attacker'));
    this.guest = this.#player('guest', 'host', lines('host', 'attacker'));
    this.#link(this.host.port(this.#to('guest')), this.guest.port(this.#to('host')), 'honest');
    for (let n = 0; n < (field === 'udp' ? ATTACKERS : 1); n++) {
      const name = field === 'udp' ? `attacker ${n}` : 'attacker';
      const known = { instance: INSTANCE, players: [0], self: 0, version: 2 };
      this.#attack(name, known, this.host);
      if (field !== 'cable') this.#attack(name, known, this.guest);
    }
  }

  /** The whole life of the world: an attack of so long. */
  run(duration: Duration): FuzzFinding {
    const { world, host, guest } = this;
    world.at(0, (now) => {
      host.session.host(now, { name: 'host', sessionName: 'under attack', instance: INSTANCE });
      guest.session.join(now, this.#to('host'), { name: 'guest', instance: INSTANCE });
      for (const player of [host, guest]) player.moved();
    });
    world.at(QUIET - SECOND, (now) => {
      let count = 0;
      const talk = (at: Instant): void => {
        for (const player of [host, guest]) player.talk(at, count % 4 === 0);
        count++;
        world.at(at + TALK_EVERY, talk);
      };
      talk(now);
    });
    const look = (at: Instant): void => {
      for (const player of [host, guest]) player.check(at);
      world.at(at + SECOND, look);
    };
    world.at(QUIET, look);
    world.run(QUIET + duration);
    return this.#finding();
  }

  #finding(): FuzzFinding {
    const { host, guest, fuzzers, world } = this;
    const complaints = [...host.complaints, ...guest.complaints];
    for (const [name, player] of Object.entries({ host, guest })) {
      if (player.longestGap > GAP_MAX)
        complaints.push(`${name} heard nothing for ${player.longestGap / SECOND} s`);
      for (const [what, most] of Object.entries(HOLDINGS_MAX)) {
        const held = player.most[what as keyof typeof HOLDINGS_MAX];
        if (held > most) complaints.push(`${name} held ${held} ${what}, ${most} at most are allowed`);
      }
      if (player.happened.hostMigrated) complaints.push(`${name} saw the host migrate`);
    }
    const sum = (of: (player: HonestPlayer) => Readonly<Record<string, number>>) =>
      summed([host, guest].map(of));
    return {
      complaints,
      digest: world.digest,
      heard: host.heard + guest.heard,
      chats: host.chats + guest.chats,
      longestGap: Math.max(host.longestGap, guest.longestGap) / SECOND,
      most: host.most,
      sections: sum(({ sections }) => sections),
      acts: summed(fuzzers.map(({ acts }) => acts)),
      admissions: fuzzers.reduce((count, { admissions }) => count + admissions, 0),
    };
  }

  #player(name: string, friend: string, lines: readonly string[]): HonestPlayer {
    const kind = this.#field === 'udp' ? 'udp' : 'serial';
    const line = (line: string): SessionLine => ({
      name: line,
      kind,
      url: URL,
      ...(kind === 'serial'
        ? { lineTime: (bytes: number) => lineTime(SETTINGS, bytes + MESSAGE_HEADER_SIZE) }
        : {}),
    });
    return new HonestPlayer(name, friend, {
      random: this.#random.fork(name),
      lines: lines.map(line),
      reach:
        kind === 'udp' ? networkReach([{ name: 'net', family: 4 }]) : (player) => this.#cableTo(player.name),
    });
  }

  /** By which endpoint a machine is reached. */
  #to(name: string): Endpoint {
    if (this.#field !== 'udp') return { line: name, address: '' };
    const host = { host: 1, guest: 2 }[name] ?? 3 + Number(name.split(' ')[1]);
    return { line: 'net', address: `10.0.0.${host}:2302` };
  }

  /** Where somebody of that name is reached from the guest: the attacker calls itself as its cable is called. */
  #cableTo(name: string): Endpoint | undefined {
    return this.#field === 'triangle' ? { line: name, address: '' } : undefined;
  }

  #attack(name: string, known: Intelligence, victim: HonestPlayer): void {
    const label = `${name} ${victim === this.host ? 'host' : 'guest'}`;
    const random = this.#random.fork(label);
    const carrier = this.#field === 'udp' ? 'udp' : 'serial';
    const spared = this.#field === 'cable' ? [] : SPARED;
    const fuzzer = new SessionFuzzer({ random, name, carrier, known, spared, from: QUIET });
    this.fuzzers.push(fuzzer);
    this.#link(victim.port(this.#to(name)), fuzzer, label);
  }

  #link(near: Machine, far: Machine, label: string): void {
    const pace = (bytes: number): Duration => lineTime(SETTINGS, bytes);
    const line = (direction: string) => {
      const random = this.#random.fork(`${label} ${direction}`);
      return this.#field !== 'udp'
        ? { carrier: new Wire({ settings: SETTINGS, random, transmitBuffer: 4096 }), lineTime: pace }
        : { carrier: new PacketPipe({ random, lineTime: pace, latency: 5 * MILLISECOND }), lineTime: pace };
    };
    this.world.join(
      { name: `${label} near`, machine: near },
      { name: `${label} far`, machine: far },
      line('out'),
      line('back'),
    );
  }
}

function summed(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const each of all)
    for (const [key, value] of Object.entries(each)) sums[key] = (sums[key] ?? 0) + value;
  return sums;
}
