import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LIMIT_NAMES, LIMITS } from '../../src/soak/limits.ts';
import { PHASES } from '../../src/soak/phases.ts';
import { PAYLOADS } from '../../src/soak/stream-plan.ts';

test('the picture of the phases is the table', () => {
  const arrows = Object.entries(PHASES).flatMap(([from, next]) => next.map((to) => `    ${from} --> ${to}`));
  const picture = ['stateDiagram-v2', '    [*] --> connecting', ...arrows, '    ended --> [*]'].join('\n');
  expect(readFileSync('docs/soak.md', 'utf8')).toContain(`\`\`\`mermaid\n${picture}\n\`\`\``);
});

test('the page on profiles lists every limit with its bound, measure and preset, and every payload', () => {
  const page = readFileSync('docs/profiles.md', 'utf8');
  for (const name of LIMIT_NAMES) {
    const { bound, about, preset } = LIMITS[name];
    const row = `| \`${name}\` | ${bound === 'max' ? 'at most' : 'at least'} | ${about} | ${preset ?? 'no limit'} |`;
    expect(page).toContain(row);
  }
  for (const payload of PAYLOADS) expect(page).toContain(`| \`${payload}\` |`);
});
