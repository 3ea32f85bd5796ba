import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { junitText, xmlText } from '../../src/report/junit.ts';
import { madeUpFailure, madeUpResult } from '../view/made-up-run.ts';

const failures = (xml: string): number => xml.match(/<failure /g)?.length ?? 0;

describe('a result as JUnit', () => {
  it('looks like this', async () => {
    await expect(
      junitText([{ result: madeUpFailure(), name: 'quick on virtual null-modem' }]),
    ).toMatchFileSnapshot('junit-fail.xml');
  });

  it('has one case for the verdict, one per limit and one per stream, and its counts agree', () => {
    const xml = junitText([{ result: madeUpFailure(), name: 'quick' }]);
    expect(xml.match(/<testcase /g)).toHaveLength(1 + 4 + 2);
    expect(xml).toContain('tests="7" failures="6" errors="0" skipped="0"');
    expect(failures(xml)).toBe(6);
    expect(failures(junitText([{ result: madeUpResult(), name: 'quick' }]))).toBe(0);
  });

  it('is green exactly when the run passed: what the profile allows fails no case', () => {
    const allowed = { ...madeUpFailure(), verdict: 'pass' as const, reasons: [], limits: [] };
    expect(failures(junitText([{ result: allowed, name: 'quick' }]))).toBe(0);
    const silent = { ...madeUpResult(), verdict: 'fail' as const, reasons: ['no traffic'] };
    expect(failures(junitText([{ result: silent, name: 'quick' }]))).toBe(1);
    const cut = { ...madeUpResult(), verdict: 'incomplete' as const, reasons: ['interrupted'] };
    expect(junitText([{ result: cut, name: 'quick' }])).toContain('<error message="interrupted"/>');
  });

  it('skips a stream that was not measured', () => {
    const result = madeUpResult();
    const streams = result.streams.map((stream) => ({ ...stream, measured: false }));
    expect(junitText([{ result: { ...result, streams }, name: 'quick' }]).match(/<skipped /g)).toHaveLength(
      2,
    );
  });

  it('holds nothing that XML 1.0 forbids, whatever the names are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = xmlText(text);
        expect(escaped).not.toMatch(/[<>"'\ufffe\uffff]|&(?!(amp|lt|gt|quot|apos|#9|#10|#13);)/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
        expect(escaped).not.toMatch(/[\u0000-\u001f]/);
        expect(encodeURIComponent(escaped)).toBeTypeOf('string');
      }),
      { seed: 9, numRuns: 500 },
    );
  });
});
