import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/failure.ts';
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { chooseView, colouringFor, glyphsFor, type TerminalFacts } from '../../src/view/choose.ts';

const terminal: TerminalFacts = {
  outputIsTerminal: true,
  inputIsTerminal: true,
  env: { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' },
};

describe('the choice of a view', () => {
  it('is the dashboard on a terminal with a keyboard, plain lines elsewhere', () => {
    expect(chooseView('auto', terminal)).toBe('dashboard');
    expect(chooseView('auto', { ...terminal, outputIsTerminal: false })).toBe('plain');
    expect(chooseView('auto', { ...terminal, inputIsTerminal: false })).toBe('plain');
    expect(chooseView('auto', { ...terminal, env: { TERM: 'dumb' } })).toBe('plain');
  });

  it('is what was asked for, unless that cannot be', () => {
    expect(chooseView('plain', terminal)).toBe('plain');
    expect(chooseView('none', terminal)).toBe('none');
    expect(chooseView('dashboard', { ...terminal, inputIsTerminal: false })).toBe('dashboard');
    expect(() => chooseView('dashboard', { ...terminal, env: { TERM: 'dumb' } })).toThrow(UsageError);
  });
});

describe('what a terminal can show', () => {
  it('is UTF-8 by its locale, in the order in which locales count', () => {
    expect(glyphsFor({ LANG: 'de_DE.UTF-8' }, 'linux')).toBe(UNICODE_GLYPHS);
    expect(glyphsFor({ LANG: 'C.utf8' }, 'linux')).toBe(UNICODE_GLYPHS);
    expect(glyphsFor({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, 'linux')).toBe(ASCII_GLYPHS);
    expect(glyphsFor({ LC_ALL: '', LC_CTYPE: 'de_DE.ISO-8859-1', LANG: 'C.UTF-8' }, 'linux')).toBe(
      ASCII_GLYPHS,
    );
    expect(glyphsFor({}, 'linux')).toBe(ASCII_GLYPHS);
    expect(glyphsFor({}, 'darwin')).toBe(UNICODE_GLYPHS);
    expect(glyphsFor({ WT_SESSION: '1' }, 'win32')).toBe(UNICODE_GLYPHS);
    expect(glyphsFor({ TERM: 'linux', LANG: 'de_DE.UTF-8' }, 'linux')).toBe(ASCII_GLYPHS);
  });

  it('is colour unless someone or something minds', () => {
    expect(colouringFor(terminal)).toBe('colour');
    expect(colouringFor({ ...terminal, env: { ...terminal.env, NO_COLOR: '1' } })).toBe('monochrome');
    expect(colouringFor({ ...terminal, outputIsTerminal: false })).toBe('bare');
  });
});
