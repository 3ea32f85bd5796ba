/** Why a port could not be opened, from the texts of serialport, as one clear sentence. Opens nothing. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PortError, type PortFault } from '../base/failure.ts';

interface Reason {
  /** What the text of serialport contains: strerror(3) on Unix, its own words on Windows. */
  readonly text: RegExp;
  readonly fault: PortFault;
  readonly sentence: (path: string) => string;
}

const REASONS: readonly Reason[] = [
  {
    text: /cannot lock port|device or resource busy|resource busy/i,
    fault: 'busy',
    sentence: (path) => `${path} is in use by ${lockHolder(path) ?? 'another process'}`,
  },
  {
    text: /access denied/i,
    fault: 'busy',
    sentence: (path) => `${path} is in use by another program, or access to it is denied`,
  },
  {
    text: /no such file or directory|file not found|cannot find the file/i,
    fault: 'absent',
    sentence: (path) => `${path} does not exist (\`dplink ports\` lists the ports of this machine)`,
  },
  {
    text: /no such device/i,
    fault: 'absent',
    sentence: (path) => `${path} leads to no device: the adapter was unplugged, or its driver is not loaded`,
  },
  {
    text: /input\/output error/i,
    fault: 'absent',
    sentence: (path) => `${path} exists, but no UART answers behind it`,
  },
  {
    text: /permission denied|operation not permitted/i,
    fault: 'denied',
    sentence: (path) => `no permission to open ${path}${permissionHint(path)}`,
  },
  {
    text: /inappropriate ioctl|not a typewriter|is a directory/i,
    fault: 'unsupported',
    sentence: (path) => `${path} is not a serial port`,
  },
];

/** The failure to open `path` as a {@link PortError} with one line; what is not known keeps the system's words. */
export function openFailure(path: string, error: unknown): PortError {
  if (error instanceof PortError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const reason = REASONS.find((candidate) => candidate.text.test(text));
  if (reason) return new PortError(reason.fault, path, reason.sentence(path));
  return new PortError('failed', path, `${path} could not be opened: ${oneLine(text)}`);
}

/** What reading, writing and polling say of a tty whose device went away. */
const HANG_UP = /bad file descriptor|EBADF|EIO\b|hung up/i;

/** The loss of an open port as a {@link PortError} with one line. */
export function lossOf(path: string, error: unknown): PortError {
  const text = error instanceof Error ? error.message : '';
  const hungUp = text === '' || HANG_UP.test(text);
  const why = existsSync(path) ? (hungUp ? 'it hung up' : oneLine(text)) : 'it is gone from this machine';
  return new PortError('lost', path, `${path} was lost: ${why}`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The group that may open the port, as a hint with the command; empty where it cannot be known. */
function permissionHint(path: string): string {
  const group = process.platform === 'linux' ? groupOf(path) : undefined;
  if (group === undefined || group === 'root') return '';
  return `: it belongs to the group ${group}; \`sudo usermod -aG ${group} $USER\`, then log in again`;
}

/** The name of the group that owns the file; Debian's is dialout, Arch's uucp. */
function groupOf(path: string): string | undefined {
  try {
    const gid = String(statSync(path).gid);
    const line = readFileSync('/etc/group', 'utf8')
      .split('\n')
      .find((entry) => entry.split(':')[2] === gid);
    return line?.split(':')[0];
  } catch {
    return undefined;
  }
}

/** Where minicom, kermit, pppd, cu and others of the UUCP tradition say that they have a port. FHS 3.0, 5.9 */
const LOCK_DIRECTORIES = ['/run/lock', '/var/lock'];

/**
 * Who holds the port (Linux: a lock on it, or a lock file of a process that lives), in words, or `undefined` if nobody
 * does or nobody can say. Worth asking before opening: serialport applies its settings first and finds a lock
 * afterwards, and of lock files it knows nothing.
 */
export function lockHolder(path: string, directories = LOCK_DIRECTORIES): string | undefined {
  if (process.platform !== 'linux') return undefined;
  return kernelLockHolder(path) ?? lockFileHolder(path, directories);
}

/** Who has the port by a lock file, LCK..ttyUSB0, with the number of the process in ten characters. */
function lockFileHolder(path: string, directories: readonly string[]): string | undefined {
  for (const file of lockFiles(path, directories)) {
    try {
      const [, pid] = /^ *(\d+)/.exec(readFileSync(file, 'latin1')) ?? [];
      // Whoever started us has it for us.
      if (pid === undefined || [process.pid, process.ppid].includes(Number(pid))) continue;
      // A lock file outlives who made it and was killed; it then means nothing.
      if (existsSync(`/proc/${pid}`)) return `${processName(Number(pid))}, says ${file}`;
    } catch {
      // Not there, or not ours to read.
    }
  }
  return undefined;
}

/** The names that a lock file of the port may have: of the device, and of a link that leads to it. A pty has none. */
function lockFiles(path: string, directories: readonly string[]): string[] {
  try {
    const device = realpathSync(path);
    if (device.startsWith('/dev/pts/')) return [];
    const names = [...new Set([basename(device), basename(path)])];
    return directories.flatMap((directory) => names.map((name) => join(directory, `LCK..${name}`)));
  } catch {
    return [];
  }
}

/** Who holds the lock of flock(2) on the port (/proc/locks). */
function kernelLockHolder(path: string): string | undefined {
  try {
    const { ino } = statSync(path);
    for (const line of readFileSync('/proc/locks', 'utf8').split('\n')) {
      // 3: FLOCK  ADVISORY  WRITE 1234 00:18:3 0 EOF
      const found = /^\d+: FLOCK +\S+ +WRITE +(-?\d+) +([0-9a-f]+:[0-9a-f]+):(\d+) /i.exec(line);
      if (!found || Number(found[3]) !== ino || !sameDevice(found[2]!, statSync(path).dev)) continue;
      return processName(Number(found[1]));
    }
  } catch {
    // Without /proc the lock itself still refuses a second opener.
  }
  return undefined;
}

/** Whether `major:minor` in hexadecimal (/proc/locks) is the device number of stat(2). */
function sameDevice(text: string, device: number): boolean {
  const [major, minor] = text.split(':').map((part) => Number.parseInt(part, 16));
  return major === ((device >>> 8) & 0xfff) && minor === ((device & 0xff) | ((device >>> 12) & 0xfff00));
}

function processName(pid: number): string {
  if (pid === process.pid) return 'this process';
  try {
    // The system keeps 15 characters of a name; of flags that is never enough.
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim().replace(/ -.*$/, '');
    return `process ${pid} (${name})`;
  } catch {
    return pid > 0 ? `process ${pid}` : 'another process';
  }
}
