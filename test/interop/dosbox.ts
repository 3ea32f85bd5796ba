/** Softmodems of DOSBox, each reached through a pty: a program in DOSBox joins its modem on COM1 to a null modem on COM2, socat that to the pty. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs without which there are no softmodems here; empty where there are. */
export const NO_SOFTMODEM = [
  ['dosbox', '-version'],
  ['socat', '-V'],
]
  .filter(([name, flag]) => spawnSync(name!, [flag!]).error)
  .map(([name]) => name)
  .join(' and ');

/** A softmodem that listens for calls. */
export interface Softmodem {
  /** The pty that is its DTE side. */
  readonly path: string;
  /** What to dial to reach it. Dial nothing else there: DOSBox takes it for the name of a host, and connects to that. */
  readonly number: string;
}

/** Running softmodems. */
export interface Softmodems {
  readonly modems: readonly Softmodem[];
  close(): void;
}

/**
 * A DOS program (a COM file, no stack used but for the returns): sets both UARTs to 115200 8N1 with DTR and RTS on, then
 * carries bytes between COM1 and COM2 for ever, whole and at full rate in both directions. DOSBox has no means of its own
 * for that.
 */
const BRIDGE = [
  'ba f8 03 e8 1a 00', //       mov dx, 3F8h; call init
  'ba f8 02 e8 14 00', //       mov dx, 2F8h; call init
  'be f8 03 bf f8 02 e8 30 00', // next: mov si, 3F8h; mov di, 2F8h; call move
  'be f8 02 bf f8 03 e8 27 00', //       mov si, 2F8h; mov di, 3F8h; call move
  'eb ec', //                   jmp next
  '83 c2 03 b0 83 ee', // init: add dx, 3; mov al, 83h; out dx, al    line control: divisor latch
  '83 ea 03 b0 01 ee', //       sub dx, 3; mov al, 1; out dx, al      divisor 1: 115200
  '42 b0 00 ee', //             inc dx; mov al, 0; out dx, al
  '83 c2 02 b0 03 ee', //       add dx, 2; mov al, 3; out dx, al      8N1
  '4a b0 c7 ee', //             dec dx; mov al, 0C7h; out dx, al      FIFO on
  '4a b0 00 ee', //             dec dx; mov al, 0; out dx, al         no interrupts
  '83 c2 03 b0 03 ee c3', //    add dx, 3; mov al, 3; out dx, al; ret DTR and RTS on
  '89 f2 83 c2 05 ec a8 01 74 10', // move: mov dx, si; add dx, 5; in al, dx; test al, 1; jz done
  '89 fa 83 c2 05 ec a8 20 74 06', //       mov dx, di; add dx, 5; in al, dx; test al, 20h; jz done
  '89 f2 ec 89 fa ee', //                   mov dx, si; in al, dx; mov dx, di; out dx, al
  'c3', //                            done: ret
].join(' ');

/** Everything but the two serial ports switched off; 6000 instructions a millisecond carry 115200. */
function configuration(folder: string, modemPort: number, bridgePort: number): string {
  return `[sdl]
output=surface
priority=normal,normal
[dosbox]
memsize=1
[cpu]
cycles=fixed 6000
[mixer]
nosound=true
[midi]
mpu401=none
mididevice=none
[sblaster]
sbtype=none
[speaker]
pcspeaker=false
tandy=off
disney=false
[joystick]
joysticktype=none
[serial]
serial1=modem listenport:${modemPort}
serial2=nullmodem port:${bridgePort} transparent:1 rxdelay:1000 txdelay:1
[autoexec]
mount c ${folder}
c:
bridge.com
`;
}

/** A TCP port that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until `condition` holds; throws after 60 s, with what DOSBox said. */
async function until(what: string, condition: () => boolean, said: () => string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} never came: ${said()}`);
}

/** Starts `count` softmodems. Close them: besides that, only the end of this process ends them. */
export async function startSoftmodems(count: number): Promise<Softmodems> {
  const folder = mkdtempSync(join(tmpdir(), 'dplink-dosbox-'));
  writeFileSync(join(folder, 'BRIDGE.COM'), Buffer.from(BRIDGE.replaceAll(' ', ''), 'hex'));
  const children: ChildProcess[] = [];
  const close = (): void => {
    process.off('exit', close);
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', close);
  try {
    const modems: Softmodem[] = [];
    for (let index = 0; index < count; index++) {
      const [modemPort, bridgePort] = [await freePort(), await freePort()];
      const file = join(folder, `${index}.conf`);
      writeFileSync(file, configuration(folder, modemPort, bridgePort));
      let said = '';
      // Headless: it draws and plays into nothing.
      const dosbox = spawn('dosbox', ['-conf', file, '-noconsole'], {
        env: { ...process.env, SDL_VIDEODRIVER: 'dummy', SDL_AUDIODRIVER: 'dummy', HOME: folder },
      });
      children.push(dosbox);
      for (const output of [dosbox.stdout, dosbox.stderr]) output.on('data', (text) => (said += text));
      const path = join(folder, `modem${index}`);
      // DOSBox listens when it has started; until then socat asks again, and makes the pty behind that.
      const address = `tcp:127.0.0.1:${bridgePort},nodelay,retry=200,interval=0.1`;
      children.push(spawn('socat', [address, `pty,raw,echo=0,link=${path}`], { stdio: 'ignore' }));
      await until(
        `softmodem ${index}`,
        () => existsSync(path),
        () => said,
      );
      modems.push({ path, number: `127.0.0.1:${modemPort}` });
    }
    return { modems, close };
  } catch (error) {
    close();
    throw error;
  }
}
