import { expect, test } from 'vitest';
import { playerUrl } from '../../src/session/player-url.ts';
import type { SessionLine } from '../../src/session/session-options.ts';

const CABLE: SessionLine = { name: 'cable', kind: 'serial', url: 'x-directplay:/device=cable' };
const NET: SessionLine = { name: 'net', kind: 'udp', url: '' };
const LINES = [CABLE, NET];

test('a client on UDP is told of by the address from which it is seen, whatever it says itself (JOI-1)', () => {
  const seen =
    'x-directplay:/provider=%7BEBFE7BA0-628D-11D2-AE0F-006097B01411%7D;hostname=10.0.0.7;port=2305';
  for (const told of [undefined, 'x-directplay:/hostname=192.0.2.1;port=1']) {
    expect(playerUrl(LINES, { line: 'net', address: '10.0.0.7:2305' }, told)).toBe(seen);
  }
});

test('a client on serial by what it says itself, and where it says nothing by our end of its line (SER-13)', () => {
  const endpoint = { line: 'cable', address: '' };
  expect(playerUrl(LINES, endpoint, 'x-directplay:/device=own')).toBe('x-directplay:/device=own');
  expect(playerUrl(LINES, endpoint, undefined)).toBe(CABLE.url);
});
