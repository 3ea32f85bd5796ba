/** What can go wrong with the line of a soak, one script for each: cuts, unplugging, garbage, and others than a host at its far end. */
import { expect } from 'vitest';
import { endOf, type FaultScript, underWay } from './fault-script.ts';

/** Bytes of every value, in no order that a frame has. */
const GARBAGE = Uint8Array.from({ length: 700 }, (_, index) => (index * 167 + 13) % 256);

/** Both ports vanish for a second while the near end is in `phase`, and nothing passes from its beginning on. */
function unplugged(phase: 'connecting' | 'planning' | 'running' | 'draining'): FaultScript {
  return {
    name: `the cable unplugged for a second while ${phase}`,
    prepare: ({ cable }) => {
      if (phase === 'connecting') cable.cut();
    },
    strike: async (bench) => {
      await bench.reached(phase);
      if (phase === 'running') await bench.wait(500);
      else bench.cable.cut();
      await bench.unplugFor(1_000);
      bench.cable.mend();
    },
    code: 0,
    verdict: 'pass',
    also: ({ journal }) => {
      const events = journal.map(({ event, phase: entered }) => (event === 'phase' ? entered : event));
      const [lost, back] = [events.indexOf('portLost'), events.indexOf('portBack')];
      const next = {
        connecting: 'planning',
        planning: 'running',
        running: 'draining',
        draining: 'reporting',
      };
      expect(lost).toBeGreaterThan(0);
      expect(back).toBeGreaterThan(lost);
      expect(events.indexOf(next[phase])).toBeGreaterThan(lost);
    },
  };
}

/** See the head of the file. */
export const LINE_FAULTS: readonly FaultScript[] = [
  {
    name: 'nobody at the other end',
    isSlow: true,
    far: 'nobody',
    output: 'json',
    code: 1,
    verdict: 'fail',
    reasons: /^nobody answered.*not one byte arrived/,
  },
  {
    name: 'an echo at the other end',
    isSlow: true,
    far: 'nobody',
    prepare: ({ cable }) => cable.answerNear((bytes) => bytes),
    code: 1,
    verdict: 'fail',
    reasons: /^nobody answered.*looped back or echoed/,
  },
  {
    name: 'the cable cut for good',
    isSlow: true,
    duration: '60s',
    strike: async (bench) => {
      await underWay(bench);
      bench.cable.cut();
    },
    code: 1,
    verdict: 'fail',
    reasons: /no longer answered|fell silent/,
    host: { verdict: 'fail', freeWithinMs: 20_000 },
  },
  {
    name: 'another baud rate at the other end',
    isSlow: true,
    rig: 'name: mismatch\nends: { near: { virtual: true, baud: 115200 }, far: { virtual: true, baud: 9600 } }\n',
    code: 1,
    verdict: 'fail',
    reasons: /^nobody answered.*at far, \d+ bytes arrived and no frame among them: are baud,/,
  },
  {
    name: 'a modem at the other end that speaks AT',
    isSlow: true,
    far: 'nobody',
    prepare: ({ cable }) => cable.answerNear(() => Buffer.from('\r\nNO CARRIER\r\n')),
    code: 1,
    verdict: 'fail',
    reasons: /^nobody answered.*text \("NO CARRIER"\): a modem/,
  },
  unplugged('connecting'),
  unplugged('planning'),
  unplugged('running'),
  unplugged('draining'),
  ...(['near', 'far'] as const).map(
    (end): FaultScript => ({
      name: `the ${end} end unplugged for a second`,
      strike: async (bench) => {
        await underWay(bench);
        await bench.unplugFor(1_000, [end]);
      },
      code: 0,
      verdict: 'pass',
    }),
  ),
  {
    name: 'the cable unplugged for longer than --patience',
    output: 'json',
    soakFlags: ['--patience', '1s'],
    hostFlags: ['--patience', '1s'],
    strike: async (bench) => {
      await underWay(bench);
      await bench.cable.remove();
    },
    code: 3,
    verdict: 'fail',
    reasons: /^the line was lost at near while running: .* did not come back within 1s/,
    host: { code: 3 },
  },
  {
    name: 'the cable cut for two seconds',
    strike: async (bench) => {
      await underWay(bench);
      bench.cable.cut();
      await bench.wait(2_000);
      bench.cable.mend();
    },
    code: 0,
    verdict: 'pass',
  },
  {
    name: 'one wire cut for two seconds',
    strike: async (bench) => {
      await underWay(bench);
      bench.cable.cut(['far']);
      await bench.wait(2_000);
      bench.cable.mend();
    },
    code: 0,
    verdict: 'pass',
  },
  {
    name: 'a burst of garbage towards both ends',
    strike: async (bench) => {
      await underWay(bench);
      for (const end of ['near', 'far'] as const) bench.cable.send(end, GARBAGE);
    },
    code: 0,
    verdict: 'pass',
    also: (kept) => {
      for (const name of ['near', 'far']) {
        expect(endOf(kept, name).bytes.skipped).toBeGreaterThanOrEqual(GARBAGE.length);
      }
      expect(kept.journal.map(({ event }) => event)).toContain('damage');
    },
  },
];
