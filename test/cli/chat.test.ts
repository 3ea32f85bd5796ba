/** `dplink chat` as people use it: two processes and a cable. Real ports, real time. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasSocat, inRoom, type Room } from './chatting.ts';
import { dplink } from './dplink.ts';

const LONG = { timeout: 120_000 };

describe.skipIf(!hasSocat).concurrent('two who talk over a cable (needs socat)', () => {
  const hosting = async (room: Room, ...flags: string[]) => {
    const [near, far] = await room.cable('cable');
    const ann = room.chat('host', '--port', far, '--name', 'Ann', '--session', 'Kitchen', ...flags);
    await ann.printed(/hosts "Kitchen"/);
    const join = (...more: string[]) => room.chat('join', '--port', near, ...more);
    return { ann, join, near };
  };

  test('find each other, talk both ways, part by a kick, meet again, and leave in good order', LONG, () =>
    inRoom(async (room) => {
      const { ann, join, near } = await hosting(room);
      const found = await dplink(['enumerate', '--port', near, '--first', '--json']);
      expect(JSON.parse(found.stdout)).toMatchObject({ sessions: [{ name: 'Kitchen', players: 1 }] });

      const bob = join('--name', 'Bob');
      await bob.printed(/\* Bob is in, hosted by Ann/);
      await ann.printed(/\* Bob joined/);
      bob.say('hello, is anybody there?');
      await ann.printed(/^<Bob> hello, is anybody there\?$/m);
      ann.say('yes: naïve 😀');
      await bob.printed(/^<Ann> yes: naïve 😀$/m);
      ann.say('/who');
      await ann.printed(/^\* [0-9a-f]{8} Bob$/m);
      ann.say('/kick Bob');
      const kicked = await bob.finished;
      expect([kicked.code, kicked.stdout]).toEqual([1, expect.stringContaining('* the host removed us')]);
      await ann.printed(/\* Bob was removed by the host/);

      const again = join('--name', 'Bobby');
      await again.printed(/\* Bobby is in/);
      again.say('me again');
      await ann.printed(/^<Bobby> me again$/m);
      again.say('/quit');
      expect((await again.finished).code).toBe(0);
      await ann.printed(/\* Bobby left/);
      ann.signal('SIGINT');
      expect((await ann.finished).code).toBe(130);
    }),
  );

  test(
    'may come by pipes: what is in them is said once somebody hears it, and their end is a leave',
    LONG,
    () =>
      inRoom(async (room) => {
        const { ann, join } = await hosting(room, '--stay');
        ann.say('written before anybody was there');
        ann.end();
        const bob = join('--name', 'Bob');
        for (let number = 0; number < 200; number++) bob.say(`line ${number}`);
        await bob.printed(/^<Ann> written before anybody was there$/m);
        bob.end();
        expect((await bob.finished).code).toBe(0);
        await ann.printed(/\* Bob left/);
        ann.signal('SIGTERM');
        const { code, stdout } = await ann.finished;
        expect(code).toBe(143);
        expect(stdout.match(/^<Bob> line \d+$/gm)).toEqual(
          Array.from({ length: 200 }, (_, number) => `<Bob> line ${number}`),
        );
      }),
  );

  test('are told why the host lets nobody in: a password', LONG, () =>
    inRoom(async (room) => {
      const { ann, join } = await hosting(room, '--password', 'swordfish');
      for (const flags of [[], ['--password', 'shark']]) {
        const bob = await join('--name', 'Bob', ...flags).finished;
        expect([bob.code, bob.stdout]).toEqual([
          1,
          expect.stringContaining('* refused: the password is wrong'),
        ]);
      }
      await ann.printed(/\* Bob was not let in: the password is wrong/);
      const bob = join('--name', 'Bob', '--password', 'swordfish', '--json-stream');
      await bob.printed(/"type":"joined"/);
      bob.end();
      const { code, stdout } = await bob.finished;
      expect(code).toBe(0);
      const types = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type);
      expect(types).toEqual(['note', 'found', 'connection', 'joined', 'connection', 'ended']);
    }),
  );

  test('meet again within seconds when one was killed and started anew', LONG, () =>
    inRoom(async (room) => {
      const { ann, join } = await hosting(room);
      const first = join('--name', 'Bob');
      await first.printed(/\* Bob is in/);
      await ann.printed(/\* Bob joined/);
      first.signal('SIGKILL');
      await first.finished;
      const second = join('--name', 'Bob the second');
      // Well before the minute after which the silence of the first one would tell.
      await second.printed(/\* Bob the second is in/);
      second.say('back');
      await ann.printed(/^<Bob the second> back$/m);
      expect((await Promise.race([second.finished, 'still here'])) as unknown).toBe('still here');
      await ann.printed(/\* Bob is gone/);
    }),
  );

  test('end with 3 when their port is lost, and the host that nobody replaces ends the session', LONG, () =>
    inRoom(async (room) => {
      const { ann, join } = await hosting(room, '--no-migrate');
      const bob = join('--name', 'Bob');
      await bob.printed(/\* Bob is in/);
      ann.say('/quit');
      expect((await ann.finished).code).toBe(0);
      const left = await bob.finished;
      expect([left.code, left.stdout]).toEqual([1, expect.stringContaining('nobody takes over')]);
      const [, far] = await room.cable('other');
      const cid = room.chat('host', '--port', far, '--name', 'Cid');
      await cid.printed(/Cid hosts/);
      room.pull('other');
      const lost = await cid.finished;
      expect([lost.code, lost.stderr]).toEqual([3, expect.stringContaining(far)]);
    }),
  );

  test(
    'hear each other out: the farewell of who stays is answered, and not repeated for a minute',
    {
      timeout: 40_000,
    },
    () =>
      inRoom(async (room) => {
        const { ann, join } = await hosting(room);
        const bob = join('--name', 'Bob', '--json-stream');
        await bob.printed(/"type":"joined"/);
        ann.say('/quit');
        expect((await ann.finished).code).toBe(0);
        await bob.printed(/"type":"hostMigrated"/);
        await bob.printed(/"type":"connection".*"open":false/);
      }),
  );

  test('may be recorded: every frame of the session is in the capture, and none is damaged', LONG, () =>
    inRoom(async (room) => {
      const file = join(room.place, 'chat.pcapng');
      const { ann, join: enter } = await hosting(room, '--capture', file);
      const bob = enter('--name', 'Bob');
      await bob.printed(/\* Bob is in/);
      bob.say('for the record');
      await ann.printed(/<Bob> for the record/);
      bob.say('/quit');
      await bob.finished;
      ann.say('/quit');
      expect((await ann.finished).code).toBe(0);
      const { code, stdout } = await dplink(['decode', file]);
      expect(code).toBe(0);
      for (const name of ['EnumQuery', 'EnumResponse', 'PLAYER_CONNECT_INFO', 'for the record']) {
        expect(stdout).toContain(name);
      }
    }),
  );

  test('end with 1, in words, where nobody hosts', LONG, () =>
    inRoom(async (room) => {
      const [near] = await room.cable('cable');
      const bob = room.chat('join', '--port', near, '--name', 'Bob');
      bob.end();
      const { code, stdout } = await bob.finished;
      expect([code, stdout]).toEqual([1, expect.stringContaining('* nobody hosts there: no answer')]);
    }),
  );
});

describe('all machines of a rig in one process', () => {
  test('come together in one session, and the person speaks as the first, or as another', LONG, () =>
    inRoom(async (room) => {
      const all = room.chat('--rig', 'rigs/triangle.yaml');
      all.say('hello');
      all.say('/as bob');
      all.say('I am Bob');
      await all.printed(/^\[cid\] <bob> I am Bob$/m);
      for (const line of ['[bob] <ann> hello', '[cid] <ann> hello', '[ann] <bob> I am Bob']) {
        await all.printed(new RegExp(`^${line.replace(/[[\]]/g, '\\$&')}$`, 'm'));
      }
      all.say('/kick cid');
      await all.printed(/\[bob\] \* only the host removes players/);
      all.end();
      expect((await all.finished).code).toBe(0);
    }),
  );

  test('are as many as the rig has: the two ends of a line are called near and far', LONG, () =>
    inRoom(async (room) => {
      const both = room.chat('--rig', 'rigs/in-process.yaml', '--name', 'Ann');
      both.say('hello');
      await both.printed(/^\[far\] <Ann> hello$/m);
      both.signal('SIGINT');
      expect((await both.finished).code).toBe(130);
    }),
  );
});

describe('dplink chat refuses', () => {
  const refusal = async (...args: string[]): Promise<[number | null, string]> => {
    const { code, stderr } = await dplink(['chat', ...args]);
    return [code, stderr.split('\n').find((line) => line.startsWith('dplink: ')) ?? ''];
  };

  test(
    'what names no part, no line or no such machine, with 2; a port that is not there, with 3',
    LONG,
    async () => {
      const absent = join('/dev', 'does-not-exist');
      expect(await refusal('--port', absent)).toEqual([2, 'dplink: chat: expected host or join']);
      expect(await refusal('host')).toEqual([2, expect.stringContaining('a line is needed')]);
      expect(await refusal('jion', '--port', absent)).toEqual([
        2,
        expect.stringContaining('did you mean join?'),
      ]);
      expect(await refusal('join', '--port', absent, '--as', 'ann')).toEqual([
        2,
        'dplink: --as goes with --rig',
      ]);
      expect(await refusal('join', '--rig', 'rigs/triangle.yaml', '--as', 'ann')).toEqual([
        2,
        expect.stringContaining('a virtual cable does not lead out of the process'),
      ]);
      expect(await refusal('host', '--port', absent, '--max-players', '1')).toEqual([
        2,
        expect.stringContaining('expected 2 to 250'),
      ]);
      expect(await refusal('host', '--port', absent, '--name', 'a\nb')).toEqual([
        2,
        expect.stringContaining('without control characters'),
      ]);
      expect(await refusal('host', '--port', absent)).toEqual([3, expect.stringContaining('does not exist')]);
    },
  );
});
