import { expect, test } from 'vitest';
import { markdownTable, replaced } from '../../bench/line/page.ts';

test('a table goes between its marks, and nothing else of the page changes', () => {
  const page = 'above\n<!-- cpu -->\nold\n<!-- /cpu -->\nbelow <!-- line -->\n<!-- /line -->\n';
  const once = replaced(page, 'cpu', 'new');
  expect(once).toBe('above\n<!-- cpu -->\n\nnew\n\n<!-- /cpu -->\nbelow <!-- line -->\n<!-- /line -->\n');
  expect(replaced(once, 'cpu', 'new')).toBe(once);
});

test('a page without the marks is refused', () => {
  expect(() => replaced('nothing', 'cpu', 'new')).toThrow('no <!-- cpu --> before <!-- /cpu --> on the page');
  expect(() => replaced('<!-- /cpu --><!-- cpu -->', 'cpu', 'new')).toThrow();
});

test('a table has its first column to the left and the others to the right', () => {
  expect(markdownTable(['line', 'share'], [['a', '1']])).toBe('| line | share |\n| --- | ---: |\n| a | 1 |');
});
