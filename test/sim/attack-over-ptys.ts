/** A hostile joiner over real ptys and the real clock: `npx tsx test/sim/attack-over-ptys.ts --seed TEXT --seconds N`. Ends with 1 when it did harm. */
import { parseArgs } from 'node:util';
import { SECOND } from '../../src/base/instant.ts';
import { DEFAULT_LINE_SETTINGS, lineTime } from '../../src/base/line-settings.ts';
import { Random } from '../../src/base/random.ts';
import { monotonicClock } from '../../src/port/clock.ts';
import { Driver } from '../../src/port/driver.ts';
import { openSerialPort } from '../../src/port/serial-port.ts';
import { SessionDriver } from '../../src/port/session-driver.ts';
import { openVirtualNullModem } from '../../src/port/virtual-null-modem.ts';
import { HonestPlayer } from '../../src/sim/honest-player.ts';
import { SessionFuzzer } from '../../src/sim/session-fuzzer.ts';
import { MESSAGE_HEADER_SIZE } from '../../src/wire/message-header.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '0' }, seconds: { type: 'string', default: '600' } },
});
const random = new Random(values.seed);
const instance = '94BE8123-A1AB-48FB-A2E7-23859E658936';
const settings = { ...DEFAULT_LINE_SETTINGS, baud: 115_200 };
const url = 'x-directplay:/provider=%7B743B5D60-628D-11D2-AE0F-006097B01411%7D;device=pty';

/** Two open ports with a cable between them. */
async function cable() {
  const modem = await openVirtualNullModem();
  const [near, far] = await Promise.all(modem.paths.map((path) => openSerialPort({ path, settings })));
  return { modem, near: near!, far: far! };
}

function player(name: string, friend: string, lines: readonly string[]): HonestPlayer {
  const pace = (bytes: number) => lineTime(settings, bytes + MESSAGE_HEADER_SIZE);
  return new HonestPlayer(name, friend, {
    random: random.fork(name),
    lines: lines.map((line) => ({ name: line, kind: 'serial', url, lineTime: pace })),
    reach: (other) => ({ line: other.name, address: '' }),
  });
}

const [honest, toHost, toGuest] = await Promise.all([cable(), cable(), cable()]);
const host = player('host', 'guest', ['guest', 'attacker']);
const guest = player('guest', 'host', ['host', 'attacker']);
const drivers = [
  [host, { guest: honest.near, attacker: toHost.near }] as const,
  [guest, { host: honest.far, attacker: toGuest.near }] as const,
].map(([each, ports]) => {
  const lines = Object.entries(ports).map(([name, port]) => ({ name, kind: 'serial' as const, port }));
  return new SessionDriver(each.session, lines, monotonicClock, {
    onEvent: (now, event) => each.take(now, event),
  });
});
const began = monotonicClock.now();
const known = { instance, players: [0], self: 0, version: 2 };
const fuzzers = [toHost, toGuest].map(({ far }, index) => {
  const fuzzer = new SessionFuzzer({
    random: random.fork(`attacker ${index}`),
    name: 'attacker',
    carrier: 'serial',
    known,
    // Somebody who was let in can have another removed: the host knows no better. [MS-DPDX] 3.1.5.6
    spared: ['TRANS_USERDATA_INTEGRITY_CHECK_RESPONSE'],
    from: began + 5 * SECOND,
  });
  return { fuzzer, driver: new Driver(fuzzer, far, monotonicClock, { onEvent: () => {} }) };
});
for (const each of [...drivers, ...fuzzers.map(({ driver }) => driver)]) each.start();
host.session.host(began, { name: 'host', sessionName: 'under attack', instance });
guest.session.join(began, { line: 'host', address: '' }, { name: 'guest', instance });

/** Complaints, and a line of figures. */
const figures = () => {
  const { rss, heapUsed } = process.memoryUsage();
  const seconds = Math.round((monotonicClock.now() - began) / SECOND);
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return [
    `${seconds} s: heard ${host.heard} and ${guest.heard}, chats ${host.chats} and ${guest.chats}`,
    `longest gap ${((host.longestGap > guest.longestGap ? host : guest).longestGap / SECOND).toFixed(2)} s`,
    `RSS ${megabytes(rss)} MB, heap ${megabytes(heapUsed)} MB, held ${JSON.stringify(host.most)}`,
    `attacker sent ${megabytes(fuzzers.reduce((sum, { driver }) => sum + driver.bytesSent, 0))} MB`,
    `let in ${fuzzers.reduce((sum, { fuzzer }) => sum + fuzzer.admissions, 0)} times`,
    `violations ${Object.values(host.sections).reduce((sum, count) => sum + count, 0)}`,
  ].join('; ');
};
let beats = 0;
const timer = setInterval(() => {
  const now = monotonicClock.now();
  beats++;
  for (const each of [host, guest]) each.talk(now, beats % 4 === 0);
  for (const driver of drivers) driver.wake();
  if (now > began + 5 * SECOND) for (const each of [host, guest]) each.check(now);
  if (beats % 240 === 0) console.log(figures());
}, 250);
await new Promise((resolve) => setTimeout(resolve, Number(values.seconds) * 1000));
clearInterval(timer);
console.log(figures());
console.log(
  JSON.stringify({ sections: host.sections, complaints: [...host.complaints, ...guest.complaints] }),
);
process.exitCode = host.complaints.length + guest.complaints.length > 0 ? 1 : 0;
await Promise.all([...drivers, ...fuzzers.map(({ driver }) => driver)].map((each) => each.stop()));
for (const { modem, near, far } of [honest, toHost, toGuest]) {
  await Promise.all([near.close(), far.close()]);
  await modem.close();
}
