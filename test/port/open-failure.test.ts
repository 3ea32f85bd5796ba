import { chownSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PortError } from '../../src/base/failure.ts';
import { lockHolder, lossOf, openFailure } from '../../src/port/open-failure.ts';

describe('the failure to open a port', () => {
  it.each([
    ['Error: No such file or directory, cannot open /dev/ttyUSB7', 'absent', /does not exist/],
    ['Opening COM9: File not found', 'absent', /does not exist/],
    ['Error: No such device, cannot open /dev/ttyUSB7', 'absent', /unplugged/],
    ['Error: No such device or address, cannot open /dev/ttyUSB7', 'absent', /unplugged/],
    ['Error: Input/output error setting custom baud rate of 115200', 'absent', /no UART/],
    ['Error Resource temporarily unavailable Cannot lock port', 'busy', /in use/],
    ['Error: Device or resource busy, cannot open /dev/ttyUSB7', 'busy', /in use/],
    ['Opening COM3: Access denied', 'busy', /in use/],
    ['Error: Permission denied, cannot open /dev/ttyUSB7', 'denied', /permission/],
    [
      'Error: Inappropriate ioctl for device setting custom baud rate of 115200',
      'unsupported',
      /not a serial port/,
    ],
    ['Error: Is a directory, cannot open /tmp', 'unsupported', /not a serial port/],
    ['something\nnew', 'failed', /could not be opened: something new/],
  ])('%s is %s', (text, fault, sentence) => {
    const failure = openFailure('/dev/ttyUSB7', new Error(text));
    expect(failure).toMatchObject({ fault, port: '/dev/ttyUSB7' });
    expect(failure.message).toMatch(sentence);
    expect(failure.message).not.toContain('\n');
  });

  it('a PortError stays what it is', () => {
    const error = new PortError('unsupported', '/dev/ttyX', 'no');
    expect(openFailure('/dev/ttyX', error)).toBe(error);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'a missing permission names the group that has it',
    () => {
      const file = join(mkdtempSync(join(tmpdir(), 'denied-')), 'ttyX');
      writeFileSync(file, '');
      const [name, , gid] = readFileSync('/etc/group', 'utf8').split('\n')[3]!.split(':');
      chownSync(file, 0, Number(gid));
      const { message } = openFailure(file, new Error('Error: Permission denied, cannot open it'));
      expect(message).toContain(`group ${name}; \`sudo usermod -aG ${name} $USER\``);
    },
  );

  it('a lost port that is gone says so', () => {
    expect(lossOf('/dev/never-there', new Error('bad file descriptor'))).toMatchObject({
      fault: 'lost',
      message: '/dev/never-there was lost: it is gone from this machine',
    });
    expect(lossOf('/dev/null', new Error('EIO: i/o error, write')).message).toBe(
      '/dev/null was lost: it hung up',
    );
    expect(lossOf('/dev/null', new Error('something new')).message).toBe('/dev/null was lost: something new');
  });
});

describe.runIf(process.platform === 'linux')('a lock file of another program', () => {
  const place = mkdtempSync(join(tmpdir(), 'dplink-lock-file-'));
  const port = join(place, 'ttyUSB7');
  writeFileSync(port, '');
  const lock = join(place, 'LCK..ttyUSB7');

  it('names who has the port, by the device and by a link to it', () => {
    writeFileSync(lock, '         1\n');
    const link = join(place, 'modem');
    symlinkSync(port, link);
    const holder = new RegExp(`^process 1 \\(.+\\), says ${lock}$`);
    expect(lockHolder(port, [place])).toMatch(holder);
    expect(lockHolder(link, ['/nowhere', place])).toMatch(holder);
  });

  it('is no hindrance to the process that has it, nor to one that it started', () => {
    for (const pid of [process.pid, process.ppid]) {
      writeFileSync(lock, `${pid}\n`);
      expect(lockHolder(port, [place])).toBeUndefined();
    }
  });

  it('means nothing when its process is gone, when it holds no number, and for a pty', () => {
    writeFileSync(lock, '4194305000\n');
    expect(lockHolder(port, [place])).toBeUndefined();
    writeFileSync(lock, 'minicom\n');
    expect(lockHolder(port, [place])).toBeUndefined();
    expect(lockHolder('/dev/ptmx', [place])).toBeUndefined();
  });
});
