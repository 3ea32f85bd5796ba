/** `dplink chat`: flags, examples, and the conversation they ask for. */
import { hostname, userInfo } from 'node:os';
import type { Argv, CommandModule } from 'yargs';
import { UsageError } from '../base/failure.ts';
import { isOfMachines, type MachinesFile, machinesOfLine, parseMachines } from '../rig/machines-file.ts';
import { PLAYERS_MAX } from '../session/name-table.ts';
import { recorded } from './chat-capture.ts';
import { openChatLines } from './chat-lines.ts';
import { type ChatRequest, runChat } from './chat-run.ts';
import type { Console } from './console.ts';
import { type LineFlags, rigFromFlags, withLineFlags } from './line-flags.ts';
import { readDocument } from './named-file.ts';
import {
  type HostnameFlag,
  hostOfAddress,
  hostsFromFlag,
  resolveHosts,
  withHostnameFlag,
} from './network-hosts.ts';
import { type PatienceFlag, patienceFromFlags, withPatienceFlag } from './patience.ts';
import { type CaptureFlags, captureFromFlags, withCaptureFlags } from './run-capture.ts';

type ChatFlags = LineFlags &
  CaptureFlags &
  HostnameFlag &
  PatienceFlag & {
    readonly role: 'host' | 'join' | undefined;
    readonly as: string | undefined;
    readonly name: string | undefined;
    readonly session: string | undefined;
    readonly password: string | undefined;
    readonly maxPlayers: number;
    readonly migrate: boolean;
    readonly stay: boolean;
    readonly jsonStream: boolean;
  };

const HOSTNAME =
  'Over UDP, HOST[:PORT], several with commas. join: who is asked, at port 6073 unless said. host: your own address, 0.0.0.0 or :: for all of them';

/** The longest name, session name or password, in UTF-16 units. */
const TEXT_LENGTH_MAX = 100;

/** The command; `finish` is told the exit code. */
export function chatCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, ChatFlags> {
  return {
    command: 'chat [role]',
    describe: 'Host or join a session and talk, as DXDiag does',
    builder: (yargs) =>
      withChatFlags(
        withPatienceFlag(withHostnameFlag(withCaptureFlags(withLineFlags(yargs)), HOSTNAME)).default(
          'patience',
          '0s',
        ),
      )
        .example('$0 chat host --port /dev/ttyUSB0 --name Ann', 'Host a session at this end of the cable')
        .example('$0 chat join --port COM3 --name Bob', 'Join the one that is hosted at the other end')
        .example('$0 chat host --hostname 0.0.0.0 --session Kitchen', 'Host over UDP')
        .example('$0 chat join --hostname 192.0.2.7', 'Join over UDP')
        .example('$0 chat --rig rigs/triangle.yaml', 'Three machines and their cables in this process')
        .epilogue(
          'Type /help for commands. Exit codes: 0 left, 1 refused, removed or left alone, 2 usage, 3 port, 130/143 interrupted.',
        ) as unknown as Argv<ChatFlags>,
    handler: async (flags) => {
      const named = rigOf(flags);
      const request = requestOf(flags, named?.rig);
      const isHost = request.role === 'host';
      const host = flags.address === undefined ? undefined : hostOfAddress(flags.address);
      const hosts = [...(host === undefined ? [] : [host]), ...hostsFromFlag(flags, isHost ? 0 : undefined)];
      if (named === undefined && hosts.length === 0) {
        throw new UsageError('a line is needed: --port PATH, --address URL, --rig FILE or --hostname HOST');
      }
      const { as } = flags;
      const patience = patienceFromFlags(flags);
      const capture = captureFromFlags(flags);
      const open = await openChatLines({ named, as, hosts: await resolveHosts(hosts), isHost, patience });
      let lines = open;
      try {
        lines = recorded(open, capture, (text) => console.stderr.write(`dplink: ${text}\n`));
        finish(await runChat(request, lines, console));
      } finally {
        await lines.close();
      }
    },
  };
}

function withChatFlags<T>(yargs: Argv<T>): Argv<T> {
  return yargs
    .positional('role', { choices: ['host', 'join'], describe: 'Host a session, or join one' })
    .option('as', {
      type: 'string',
      requiresArg: true,
      describe: 'With --rig: the machine of it that this is',
    })
    .option('name', { type: 'string', requiresArg: true, describe: 'Your name as a player [your login]' })
    .option('session', {
      type: 'string',
      requiresArg: true,
      describe: 'What the session is called; join: the only one that is joined',
    })
    .option('password', { type: 'string', requiresArg: true, describe: 'Of the session' })
    .option('max-players', {
      type: 'number',
      requiresArg: true,
      default: 0,
      describe: `host: how many there may be, yourself included, up to ${PLAYERS_MAX}; 0 for no limit`,
    })
    .option('migrate', {
      type: 'boolean',
      default: true,
      describe: 'host: whether another takes over when you go; --no-migrate ends the session then',
    })
    .option('stay', {
      type: 'boolean',
      default: false,
      describe: 'Stay when the input has ended, until a signal comes',
    })
    .option('json-stream', {
      type: 'boolean',
      default: false,
      describe: 'What happens as one JSON object per line on stdout',
    }) as unknown as Argv<T>;
}

/** The rig of the flags, whatever kind it is, as one of machines. */
function rigOf(flags: ChatFlags): { file: string; rig: MachinesFile } | undefined {
  const isNetwork = flags.address !== undefined && hostOfAddress(flags.address) !== undefined;
  if (flags.rig !== undefined && flags.address === undefined && flags.port === undefined) {
    const text = readDocument(flags.rig, 'rigs');
    if (isOfMachines(flags.rig, text)) return { file: flags.rig, rig: parseMachines(flags.rig, text) };
  }
  const named = rigFromFlags(isNetwork ? { ...flags, address: undefined } : flags);
  return named && { file: named.file, rig: machinesOfLine(named.rig) };
}

/** What is wanted, checked. Throws UsageError. */
function requestOf(flags: ChatFlags, rig: MachinesFile | undefined): ChatRequest {
  const { as, maxPlayers, migrate, stay, jsonStream } = flags;
  const isShared = rig !== undefined && as === undefined && flags.rig !== undefined;
  if (flags.role === undefined && !isShared) throw new UsageError('chat: expected host or join');
  if (as !== undefined && flags.rig === undefined) throw new UsageError('--as goes with --rig');
  if (!Number.isInteger(maxPlayers) || maxPlayers < 0 || maxPlayers === 1 || maxPlayers > PLAYERS_MAX) {
    throw new UsageError(`--max-players: expected 2 to ${PLAYERS_MAX}, or 0, got ${maxPlayers}`);
  }
  return {
    role: flags.role ?? 'host',
    name: shortText('name', flags.name) ?? as ?? (isShared ? undefined : loginName()),
    session: shortText('session', flags.session),
    password: shortText('password', flags.password),
    playersMax: maxPlayers,
    mayMigrate: migrate,
    stay,
    jsonStream,
  };
}

function shortText(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // A null would end it early at the other side, and no name has a line end.
  if (text === '' || text.length > TEXT_LENGTH_MAX || /\p{Cc}/u.test(text)) {
    throw new UsageError(`--${flag}: expected 1 to ${TEXT_LENGTH_MAX} characters without control characters`);
  }
  return text;
}

/** What the system calls who runs this, or else the machine. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return hostname();
  }
}
