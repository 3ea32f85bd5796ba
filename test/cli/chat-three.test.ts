/** Sessions of three, each in a process of its own: over UDP, a triangle of cables, a star, and cables and UDP mixed. Real time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasSocat, inRoom, type Room, type Talking } from './chatting.ts';

/** A host that falls silent is missed after 25 s, and given up after ten repeats: about a minute in all. [MS-DPDX] 3.1.2.3, 3.1.2.4 */
const LONG = { timeout: 240_000 };
const linux = process.platform === 'linux';

/** One line of `--json-stream`. */
interface Told {
  readonly type: string;
  readonly at: string;
  readonly text?: string;
  readonly from?: { readonly name: string };
}

/** Everybody says something, and everybody else hears it, once. */
async function talkAll(round: string, people: Readonly<Record<string, Talking>>): Promise<void> {
  for (const [name, person] of Object.entries(people)) person.say(`${round} of ${name}`);
  for (const [name, person] of Object.entries(people)) {
    for (const other of Object.keys(people)) {
      if (other === name) continue;
      await person.printed(new RegExp(`"type":"chat".*"name":"${other}".*"text":"${round} of ${other}"`));
    }
  }
}

/** Leaves, and what it was told until then. */
async function ended(person: Talking): Promise<Told[]> {
  person.say('/quit');
  const { code, stdout } = await person.finished;
  expect(code).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

/** The host is killed without a word; the others go on, one of them as the host, and it comes back as a peer. */
async function migrate(people: readonly [Talking, Talking, Talking], again: () => Talking): Promise<void> {
  const [ann, bob, cid] = people;
  await talkAll('first', { ann, bob, cid });
  ann.signal('SIGKILL');
  await ann.finished;
  for (const each of [bob, cid]) await each.printed(/"type":"hostMigrated"/);
  await talkAll('second', { bob, cid });
  const back = again();
  await back.printed(/"type":"joined"/);
  for (const each of [bob, cid]) await each.printed(/"type":"playerJoined".*"name":"ann"/);
  await talkAll('third', { ann: back, bob, cid });
  const stories = [await ended(back), await ended(cid), await ended(bob)];
  for (const story of stories.slice(1)) {
    const chats = story
      .filter(({ type }) => type === 'chat')
      .map(({ from, text }) => `${from?.name}: ${text}`);
    expect(new Set(chats).size).toBe(chats.length);
    expect(chats).toHaveLength(5);
    const [migrated] = story.filter(({ type }) => type === 'hostMigrated');
    expect(migrated).toMatchObject({ from: { name: 'ann' }, to: { name: 'bob' } });
  }
}

/** Ann hosts, Bob and Cid join, in that order. */
async function gathered(
  room: Room,
  host: readonly string[],
  joining: (name: string) => readonly string[],
): Promise<[Talking, Talking, Talking]> {
  const talking = (name: string, flags: readonly string[]) =>
    room.chat(...flags, '--name', name, '--json-stream');
  const ann = talking('ann', ['host', ...host]);
  await ann.printed(/"type":"hosting"/);
  const bob = talking('bob', ['join', ...joining('bob')]);
  await bob.printed(/"type":"joined"/);
  const cid = talking('cid', ['join', ...joining('cid')]);
  await cid.printed(/"type":"joined"/);
  for (const each of [ann, bob]) await each.printed(/"type":"playerJoined".*"name":"cid"/);
  return [ann, bob, cid];
}

describe.concurrent('three who talk', () => {
  test.skipIf(!linux)('over UDP go on when their host is killed, and it comes back', LONG, () =>
    inRoom(async (room) => {
      // A loopback address of its own, so that port 6073 is not shared with other tests.
      const flags = ['--hostname', '127.0.62.1'];
      const people = await gathered(room, flags, () => flags);
      // It asks where it hosted before: the new host is found there.
      await migrate(people, () => room.chat('join', ...flags, '--name', 'ann', '--json-stream'));
    }),
  );

  test.skipIf(!hasSocat)(
    'over a triangle of cables go on when their host is killed, and it comes back',
    LONG,
    () =>
      inRoom(async (room) => {
        const [[ab, ba], [ac, ca], [bc, cb]] = await Promise.all([
          room.cable('ab'),
          room.cable('ac'),
          room.cable('bc'),
        ]);
        const rig = join(room.place, 'triangle.yaml');
        writeFileSync(
          rig,
          `name: triangle
machines:
  ann: { bob: { port: ${ab} }, cid: { port: ${ac} } }
  bob: { ann: { port: ${ba} }, cid: { port: ${bc} } }
  cid: { ann: { port: ${ca} }, bob: { port: ${cb} } }
`,
        );
        const as = (name: string) => ['--rig', rig, '--as', name];
        const people = await gathered(room, as('ann'), as);
        await migrate(people, () => room.chat('join', ...as('ann'), '--json-stream'));
      }),
  );

  test.skipIf(!hasSocat || !linux)(
    'by cables and over UDP are one session, where a line leads from each to each',
    LONG,
    () =>
      inRoom(async (room) => {
        const [ab, ba] = await room.cable('ab');
        const rig = join(room.place, 'mixed.yaml');
        writeFileSync(
          rig,
          `name: mixed
machines:
  ann: { bob: { port: ${ab} }, cid: { udp: '127.0.62.4:2304' } }
  bob: { ann: { port: ${ba} }, cid: { udp: '127.0.62.4:2304' } }
  cid: { ann: { udp: '127.0.62.2:2302' }, bob: { udp: '127.0.62.3:2303' } }
`,
        );
        const as = (name: string) => ['--rig', rig, '--as', name];
        const [ann, bob, cid] = await gathered(room, as('ann'), as);
        await talkAll('once', { ann, bob, cid });
        // In good order the next host is at work at once.
        ann.say('/quit');
        expect((await ann.finished).code).toBe(0);
        for (const each of [bob, cid]) await each.printed(/"type":"hostMigrated".*"name":"bob"/);
        await talkAll('twice', { bob, cid });
      }),
  );

  test.skipIf(!hasSocat)(
    'in a star: the second is told whom it cannot reach, and comes in when the first has left',
    LONG,
    () =>
      inRoom(async (room) => {
        const [[near, left], [close, right]] = await Promise.all([room.cable('left'), room.cable('right')]);
        const rig = join(room.place, 'star.yaml');
        writeFileSync(
          rig,
          `name: star
machines:
  hub: { left: { port: ${near} }, right: { port: ${close} } }
  left: { hub: elsewhere }
  right: { hub: elsewhere }
`,
        );
        const hub = room.chat('host', '--rig', rig, '--name', 'hub');
        await hub.printed(/hub hosts/);
        const first = room.chat('join', '--port', left, '--name', 'Left');
        await first.printed(/Left is in/);
        const second = await room.chat('join', '--port', right, '--name', 'Right').finished;
        expect([second.code, second.stdout]).toEqual([
          1,
          expect.stringContaining(
            '* no line leads from here to Left, and in a session all are connected to all',
          ),
        ]);
        await hub.printed(/\* Right could not come in: somebody here and it cannot reach each other/);
        first.say('still here');
        await hub.printed(/<Left> still here/);
        first.say('/quit');
        await first.finished;
        const third = room.chat('join', '--port', right, '--name', 'Right');
        await third.printed(/Right is in, hosted by hub/);
        hub.say('welcome');
        await third.printed(/<hub> welcome/);
      }),
  );
});
