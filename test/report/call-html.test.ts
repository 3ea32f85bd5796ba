import { describe, expect, it } from 'vitest';
import { stageSpreads } from '../../src/report/call-figures.ts';
import { callsSection } from '../../src/report/call-html.ts';
import type { CallsResult, Result } from '../../src/soak/result.ts';
import { madeUpResult } from '../view/made-up-run.ts';
import { madeUpCallResult } from './made-up-calls.ts';

function pageOf(result: Result): string {
  const section = callsSection(result);
  return section === false ? '' : section.text;
}

/** The counts that a histogram's columns tell, in the order of the columns. */
function columns(page: string, id: string): number[] {
  const drawing = page.split(`data-spread="${id}"`)[1]!.split('</figure>')[0]!;
  return [...drawing.matchAll(/<title>[^<]*: ([\d,]+)<\/title>/g)].map(([, count]) =>
    Number(count!.replaceAll(',', '')),
  );
}

const rowsOf = (page: string): string[] => page.split('id="calls"')[1]!.split('<tr>').slice(2);

describe('the calls on a page', () => {
  it('are there for a series of calls alone', () => {
    expect(pageOf(madeUpResult())).toBe('');
    expect(pageOf(madeUpCallResult(3, 1))).toContain('calls passed, 1 needed');
  });

  it('have a row each, and histograms whose columns hold every call', () => {
    const result = madeUpCallResult(200, 1);
    const page = pageOf(result);
    expect(rowsOf(page)).toHaveLength(result.calls!.attempts.length);
    for (const { id, count } of stageSpreads(result.calls!))
      expect(columns(page, id).reduce((sum, each) => sum + each, 0)).toBe(count);
  });

  it('of which there are more than a page holds are listed where they did not pass, and the rest is counted', () => {
    const result = madeUpCallResult(1500, 1);
    const { attempts } = result.calls!;
    const odd = attempts.filter(({ outcome }) => outcome !== 'passed');
    const page = pageOf(result);
    const rows = rowsOf(page);
    expect(odd.length).toBeLessThan(1000);
    expect(rows).toHaveLength(1000);
    expect(rows.filter((row) => row.includes('✗'))).toHaveLength(odd.length);
    expect(page).toContain(`Not listed: ${attempts.length - 1000} attempts`);
  });

  it('stay within a few hundred kilobytes however much the modems told', () => {
    const result = madeUpCallResult(5000, 1);
    const told = { command: 'ATI11', text: 'x'.repeat(8000), ending: 'ok' as const };
    const attempts = result.calls!.attempts.map((attempt) => ({ ...attempt, diagnostics: [told, told] }));
    const page = pageOf({ ...result, calls: { ...result.calls!, attempts } });
    expect(page.length).toBeLessThan(1_200_000);
    expect(page).toContain('what the modem told');
  });

  it('are broken out of by nothing that a modem says', () => {
    const result = madeUpCallResult(5, 1);
    const bad = '</td><script>alert(1)</script>';
    const attempts = result.calls!.attempts.map((attempt) => ({
      ...attempt,
      text: bad,
      diagnostics: [{ command: bad, text: bad, ending: 'ok' as const }],
    }));
    const calls: CallsResult = {
      ...result.calls!,
      attempts,
      escape: { findings: [], advice: { safe: 'no', text: bad, settings: [bad] } },
    };
    expect(pageOf({ ...result, calls })).not.toContain('<script>');
  });

  it('of one that took no time at all are drawn as well', () => {
    const result = madeUpCallResult(1, 1);
    const one = { ...result.calls!.attempts[0]!, dialled: 0, hangUp: 0, firstFrame: 0 };
    const page = pageOf({ ...result, calls: { ...result.calls!, attempts: [one] } });
    expect(page).not.toMatch(/NaN|Infinity/);
  });
});
