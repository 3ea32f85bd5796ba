/** Code, comments and texts are told apart, also where they look alike. */
import { expect, test } from 'vitest';
import { lineAt, mask, sourcesUnder } from './masked-source.ts';

const code = (text: string): string => mask('x.ts', text).code.replaceAll(/\s+/g, ' ').trim();

test('comments and what stands between quotes are no code', () => {
  expect(code("a(); // b('c')")).toBe('a();');
  expect(code('a /* b */ c')).toBe('a c');
  expect(code("a('// no comment', 'it\\'s'); b")).toBe("a(' ', ' '); b");
  expect(code('#!/usr/bin/env node\na')).toBe('a');
});

test('what stands in the braces of a template is code again, however deep', () => {
  // § stands for the dollar sign, which would make a template of these texts.
  const dollars = (text: string): string => text.replaceAll('§', '$');
  const seen = (text: string): string => code(dollars(text));
  expect(seen('`x §{a} y §{b({ c: `d §{e}` })} z`; f')).toBe(dollars('` §{a} §{b({ c: ` §{e}` })} `; f'));
  expect(seen('`\\`§{a}\\§{b}`; c')).toBe(dollars('` §{a} `; c'));
});

test('a slash divides after a value and begins a regular expression elsewhere', () => {
  expect(code("a = b / c / d; 'e'")).toBe("a = b / c / d; ' '");
  expect(code('a = /\'[/"]/.test(b); c')).toBe('a = / /.test(b); c');
  expect(code("return /'/; a")).toBe('return / /; a');
  expect(code("(a) / b; 'c' / d")).toBe("(a) / b; ' ' / d");
});

test('the three views lie over the original, position for position', () => {
  for (const source of sourcesUnder('src')) {
    const views = [source.code, source.comments, source.texts];
    const laid = [...source.original].length === source.original.length ? [...source.original] : [];
    const again = laid.map((_, at) => views.map((view) => view[at]).find((c) => c !== ' ') ?? ' ').join('');
    if (laid.length > 0) expect(again, source.path).toBe(source.original);
    expect(views.map((view) => view.length)).toEqual(views.map(() => source.original.length));
  }
});

test('lines are counted from one', () => {
  expect(lineAt('a\nb\nc', 0)).toBe(1);
  expect(lineAt('a\nb\nc', 2)).toBe(2);
  expect(lineAt('a\nb\nc', 4)).toBe(3);
});
