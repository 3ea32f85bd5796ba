/** `dplink dissector`: the Wireshark dissector, printed or written to a file. */
import type { CommandModule } from 'yargs';
import { dissectorText } from '../wire/dissector.ts';
import type { Console } from './console.ts';
import { writeNamedFile } from './named-file.ts';

interface DissectorFlags {
  readonly output: string | undefined;
}

/** The command. */
export function dissectorCommand(console: Console): CommandModule<object, DissectorFlags> {
  return {
    command: 'dissector',
    describe: 'Print the Wireshark dissector (Lua) for captures made with --capture',
    builder: (yargs) =>
      yargs
        .option('output', { alias: 'o', type: 'string', requiresArg: true, describe: 'Write to this file' })
        .example(
          '$0 dissector -o dpdx.lua',
          'Then: tshark -X lua_script:dpdx.lua -r capture.pcapng',
        ) as never,
    handler: ({ output }) => {
      const text = dissectorText();
      if (output === undefined) {
        console.stdout.write(text);
        return;
      }
      writeNamedFile(output, text);
    },
  };
}
