import { describe, expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { SoakWorld } from '../../src/sim/soak-world.ts';
import { buildResult } from '../../src/soak/build-result.ts';
import { REQUESTS_MAX, Requests } from '../../src/soak/requests.ts';
import { Traffic } from '../../src/soak/traffic.ts';
import { soak } from './soaking.ts';
import { planFrom } from './two-ends.ts';

const ASKING = `name: asking
duration: 20s
streams:
  - { from: near, category: reliable-sequential, size: 100, rate: { per_second: 5 }, answer: { size: 50 } }
`;

describe('requests and answers', () => {
  test('every request is answered once, and the time until the answer came is measured at the end that asked', () => {
    const latency = 30 * MILLISECOND;
    const world = new SoakWorld({
      plan: planFrom(ASKING),
      settings: [DEFAULT_LINE_SETTINGS, DEFAULT_LINE_SETTINGS],
      directions: [{ latency }, { latency }],
      random: new Random('answers'),
    });
    world.run(100 * SECOND);
    const about = { seed: '', startedAt: '', rig: {}, profile: {}, limits: { answerMaxMs: 10 } };
    const { streams, reasons } = buildResult(world.near.end.outcome!, about);
    const [requests, answers] = streams;
    expect(requests).toMatchObject({ from: 'near', sent: 100, delivered: 100 });
    expect(requests!.answerMs).toBeUndefined();
    expect(answers).toMatchObject({
      from: 'far',
      to: 'near',
      sent: 100,
      delivered: 100,
      lost: 0,
      misordered: 0,
    });
    // Twice the way, and what both messages take on the line.
    expect(answers!.answerMs!.min).toBeGreaterThan(60);
    expect(answers!.answerMs!.max).toBeLessThan(200);
    expect(reasons[0]).toMatch(/^answerMaxMs: /);
  });

  test('a request that is lost is not answered, and its answer is not missed', () => {
    const profile = ASKING.replace('reliable-sequential', 'unreliable');
    const { result } = soak(profile, { bitErrorRatio: 3e-4 });
    const [requests, answers] = result.streams;
    expect(requests!.lost).toBeGreaterThan(5);
    expect(answers!.sent).toBe(requests!.delivered);
    expect(answers!.misordered).toBe(0);
  });

  test('no more answers are owed than a thousand at once', () => {
    const far = new Traffic(planFrom(ASKING), 'far');
    far.begin(0);
    for (let number = 0; number < 5_000; number++) far.answer(0, number);
    let answers = 0;
    while (far.next(0)) answers++;
    expect(answers).toBe(1024);
    far.answer(0, 4_711);
    expect(far.next(0)).toMatchObject({ stream: 1, number: 4_711 });
  });

  test('requests are remembered up to a limit; the answer to a forgotten one is not timed', () => {
    const requests = new Requests();
    for (let number = 0; number < REQUESTS_MAX + 1; number++) requests.sent(number, number);
    requests.answered(9_000, 0);
    expect(requests.answerTime.count).toBe(0);
    requests.answered(9_000, REQUESTS_MAX);
    requests.answered(9_000, REQUESTS_MAX);
    expect(requests.answerTime.count).toBe(1);
    expect(requests.answerTime.max).toBe(9_000 - REQUESTS_MAX);
  });
});
