/** A joiner asks for the session until it is in it, and then no more. */
import { describe, expect, test } from 'vitest';
import { type Instant, MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { Random } from '../../src/base/random.ts';
import { Session } from '../../src/session/session.ts';
import type { MessageKind } from '../../src/wire/message.ts';

const CABLE = { line: 'cable', address: '' };
const make = (seed: string): Session =>
  new Session({
    random: new Random(seed),
    lines: [{ name: 'cable', kind: 'serial', url: 'x-directplay:/device=cable' }],
  });

/** Carries everything between both ends of a cable until `end`; when the first one sent messages of which kind. */
function run(near: Session, far: Session | undefined, end: Instant): { at: Instant; kind: MessageKind }[] {
  const sent: { at: Instant; kind: MessageKind }[] = [];
  for (let now = 0; now < end; now += 10 * MILLISECOND) {
    for (const each of [near, far]) {
      if (each?.deadline !== undefined && each.deadline <= now) each.expire(now);
    }
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      for (let out = from?.poll(now, 'cable'); out; out = from?.poll(now, 'cable')) {
        if (from === near) sent.push({ at: now, kind: out.message.kind });
        to?.receive(now, CABLE, out.message);
      }
    }
  }
  return sent;
}

const queriesIn = (sent: ReturnType<typeof run>): Instant[] =>
  sent.filter(({ kind }) => kind === 'enumerationQuery').map(({ at }) => at);

describe('the queries of a joiner', () => {
  test('keep coming while there is no host [3.1.2.2-01, 3.1.2.2-02, 3.1.6.2-02]', () => {
    const alone = make('alone');
    alone.join(0, CABLE, { name: 'guest' });
    expect(queriesIn(run(alone, undefined, 7 * SECOND))).toEqual([0, 1.5, 3, 4.5, 6].map((s) => s * SECOND));
    expect(alone.state).toBe('joining');
  });

  test('stop once it is in the session [3.1.2.2-01]', () => {
    const [guest, host] = [make('guest'), make('host')];
    host.host(0, { name: 'host', sessionName: 'Test' });
    guest.join(0, CABLE, { name: 'guest' });
    expect(queriesIn(run(guest, host, 20 * SECOND))).toEqual([0]);
    expect(guest.state).toBe('joined');
  });
});
