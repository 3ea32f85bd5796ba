/** The page about the emulated modem shows what the modem knows, and the modem knows what it shows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BASIC_COMMANDS, EXTENDED_COMMANDS } from '../../src/modem/command-table.ts';
import { PAGE, withCommandSet } from './command-set.ts';
import { Desk } from './desk.ts';

test('the page has the tables as they are declared', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', PAGE), 'utf8');
  expect(page, 'npx tsx test/modem/write-command-set.ts').toBe(withCommandSet(page));
});

test('every command takes the ends of its range and refuses what is beyond', () => {
  for (const { name, min, max } of BASIC_COMMANDS) {
    const beyond = new Desk();
    expect(beyond.ask(0, `ATE0${name}${max + 1}`), `${name}${max + 1}`).toContain('ERROR');
    if (['A', 'O', 'H', 'Q', 'V', '&V', 'I'].includes(name)) continue;
    for (const value of [min, max]) {
      expect(new Desk().ask(0, `ATE0${name}${value}`), `${name}${value}`).toBe('OK');
    }
  }
});

test('every command of several letters can be asked, tells its range, and takes what it answers', () => {
  for (const { name, fields } of EXTENDED_COMMANDS) {
    const desk = new Desk();
    desk.ask(0, 'ATE0');
    expect(desk.ask(0, `AT${name}=?`), name).toContain('OK');
    if (fields.length === 0) {
      expect(desk.ask(0, `AT${name}`), name).toContain('OK');
      continue;
    }
    const answer = desk.ask(0, `AT${name}?`);
    expect(answer, name).toMatch(/^[+#][A-Z]+: \S+\r\nOK$/);
    const value = /: (\S+)/.exec(answer)?.[1];
    expect(desk.ask(0, `AT${name}=${value}`), name).toBe('OK');
    expect(desk.ask(0, `AT${name}?`), name).toBe(answer);
    expect(desk.ask(0, `AT${name}=9999999`), name).toBe('ERROR');
  }
});
