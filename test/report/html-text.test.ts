import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, jsonScript } from '../../src/report/html-text.ts';
import { pageScript } from '../../src/report/page-script.ts';

/** Any text, and more often what HTML is made of. */
const text = fc
  .array(
    fc.oneof(fc.constantFrom('<', '>', '"', "'", '&', '</script>', '-->'), fc.string({ unit: 'binary' })),
  )
  .map((parts) => parts.join(''));

describe('a piece of HTML', () => {
  it('is broken out of by no text, in an element or an attribute', () => {
    fc.assert(
      fc.property(text, (text) => {
        const inside = html`<a title="${text}">${text}</a>`.text;
        expect(inside.match(/[<>"]/g)).toEqual(['<', '"', '"', '>', '<', '>']);
        expect(encodeURIComponent(inside)).toBeTypeOf('string');
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('holds other pieces, lists of them, and nothing where there is nothing to show', () => {
    const list = ['<', 2].map((each) => html`<b>${each}</b>`);
    expect(html`<p>${list}${undefined}${false}</p>`.text).toBe('<p><b>&lt;</b><b>2</b></p>');
  });

  it('as JSON in a script ends where it should, and reads back the same', () => {
    const value = { text: '</script><!-- \u2028 & "', list: [1, null] };
    const { text } = jsonScript('data', value);
    const json = /^<script type="application\/json" id="data">([\s\S]*)<\/script>$/.exec(text)![1]!;
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toEqual(value);
  });
});

describe("the page's own program", () => {
  it('is one text that imports nothing and ends no script element', () => {
    const text = pageScript();
    expect(text).not.toMatch(/^(?:import|export)\b/m);
    expect(text).not.toContain('</script');
    expect(text).toContain('class ChartView');
  });
});
