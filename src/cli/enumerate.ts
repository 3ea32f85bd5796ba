/** `dplink enumerate`: flags, examples, and the question they ask. */
import type { Argv, CommandModule } from 'yargs';
import { durationComplaint, parseDuration } from '../base/duration-text.ts';
import { UsageError } from '../base/failure.ts';
import { type Duration, MILLISECOND, SECOND } from '../base/instant.ts';
import type { Console } from './console.ts';
import { runEnumeration } from './enumerate-run.ts';
import { type LineFlags, rigFromFlags, withLineFlags } from './line-flags.ts';
import { type HostnameFlag, hostOfAddress, hostsFromFlag, withHostnameFlag } from './network-hosts.ts';

type EnumerateFlags = LineFlags &
  HostnameFlag & {
    readonly duration: string;
    readonly interval: string;
    readonly first: boolean;
    readonly anyApplication: boolean;
    readonly json: boolean;
  };

const DURATION_MAX: Duration = 72 * 3600 * SECOND;

/** The command; `finish` is told the exit code. */
export function enumerateCommand(
  console: Console,
  finish: (code: number) => void,
): CommandModule<object, EnumerateFlags> {
  return {
    command: 'enumerate',
    describe: 'Ask who hosts a session at the other end: names, players, round trip',
    builder: (yargs) =>
      withHostnameFlag(withLineFlags(yargs))
        .option('duration', {
          type: 'string',
          requiresArg: true,
          default: '5s',
          describe: 'How long to ask: 500ms to 72h',
        })
        .option('interval', {
          type: 'string',
          requiresArg: true,
          default: '1500ms',
          describe: 'Between two queries: 100ms to 60s',
        })
        .option('first', {
          type: 'boolean',
          default: false,
          describe: 'End with the first session that answers',
        })
        .option('any-application', {
          type: 'boolean',
          default: false,
          describe: "Ask for any DirectPlay 8 application's sessions, not for DXDiag's alone",
        })
        .option('json', { type: 'boolean', default: false, describe: 'One JSON document on stdout' })
        .example('$0 enumerate --port /dev/ttyUSB0 --baud 115200', 'Who hosts at the other end of the cable')
        .example('$0 enumerate --port COM3 --first --duration 1h', 'Wait until somebody hosts')
        .example('$0 enumerate --hostname 255.255.255.255', 'Who hosts on the local network')
        .example('$0 enumerate --hostname 192.0.2.7:2302,[2001:db8::7]', 'Two places over UDP')
        .epilogue(
          'Exit codes: 0 a session was found, 1 none answered, 2 usage, 3 port, 130/143 interrupted.',
        ) as unknown as Argv<EnumerateFlags>,
    handler: async (flags) => {
      const host = flags.address === undefined ? undefined : hostOfAddress(flags.address);
      const hosts = [...(host === undefined ? [] : [host]), ...hostsFromFlag(flags)];
      const named = host === undefined ? rigFromFlags(flags) : rigFromFlags({ ...flags, address: undefined });
      if (named === undefined && hosts.length === 0) {
        throw new UsageError('a line is needed: --port PATH, --address URL, --rig FILE or --hostname HOST');
      }
      const duration = span('duration', flags.duration, 500 * MILLISECOND, DURATION_MAX, '500ms to 72h');
      const interval = span('interval', flags.interval, 100 * MILLISECOND, 60 * SECOND, '100ms to 60s');
      const { first, anyApplication, json } = flags;
      finish(
        await runEnumeration({ named, hosts, duration, interval, first, anyApplication, json }, console),
      );
    },
  };
}

function span(flag: string, text: string, least: Duration, most: Duration, range: string): Duration {
  const duration = parseDuration(text);
  if (duration !== undefined && duration >= least && duration <= most) return duration;
  throw new UsageError(`--${flag}: ${durationComplaint(text, range)}`);
}
