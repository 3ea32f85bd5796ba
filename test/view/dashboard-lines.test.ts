import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ASCII_GLYPHS, lineText, lineWidth, UNICODE_GLYPHS } from '../../src/base/styled-text.ts';
import { dashboardLines, dashboardText } from '../../src/view/dashboard-lines.ts';
import { firstOptions, UNITS } from '../../src/view/pane.ts';
import { beginView, concludeView, fold, type ViewState } from '../../src/view/state.ts';
import { stateAfter } from './folded.ts';
import { MADE_UP_PLAN, madeUpSamples } from './made-up-run.ts';

const unicode = firstOptions(UNICODE_GLYPHS);
const text = (state: ViewState, width: number, height: number, options = unicode, help = false): string =>
  dashboardText(dashboardLines(state, width, height, options, help));

describe('the dashboard', () => {
  it.each([
    [60, 18],
    [80, 24],
    [120, 40],
    [200, 60],
  ])('at %i x %i looks like this', async (width, height) => {
    await expect(text(stateAfter(130), width, height)).toMatchFileSnapshot(
      `dashboard-${width}x${height}.txt`,
    );
  });

  it('without UTF-8 looks like this', async () => {
    const ascii = text(stateAfter(130), 80, 24, firstOptions(ASCII_GLYPHS));
    expect(ascii).toMatch(/^[\x20-\x7e\n]*$/);
    await expect(ascii).toMatchFileSnapshot('dashboard-ascii.txt');
  });

  it('shows its keys and words on a page', async () => {
    await expect(text(stateAfter(130), 80, 24, unicode, true)).toMatchFileSnapshot('dashboard-help.txt');
  });

  it('shows the verdict when the run is over, and that drawing is held', () => {
    const [first = ''] = text(concludeView(stateAfter(130), 'fail'), 80, 24).split('\n');
    expect(first).toMatch(/^ FAIL /);
    const [held = ''] = text(stateAfter(130), 80, 24, { ...unicode, paused: true }).split('\n');
    expect(held).toMatch(/^ PAUSED /);
  });

  it('says that there is no link while an end is not connected in the middle of the run', () => {
    const state = stateAfter(30);
    const sample = madeUpSamples(31).at(-1)!;
    const cut = fold(state, { ...sample, connection: { ...sample.connection, state: 'closed' } });
    expect(text(cut, 80, 24)).toMatch(/^ NO LINK /);
  });

  it('claims nothing of a far end that has not been heard of', () => {
    const samples = madeUpSamples(10).filter(({ end }) => end === 'near');
    const page = text(samples.reduce(fold, beginView(MADE_UP_PLAN)), 120, 40);
    expect(page).toContain('at far  not known here');
    expect(page).toMatch(/round trip +\d+\.\d ms +-/);
    expect(page).toMatch(/near → far sent ─/);
  });

  it('says that it is too small for less than 60 x 18, in any room there is', () => {
    expect(text(stateAfter(5), 59, 18)).toContain('it needs 60 x 18, this is 59 x 18');
    expect(text(stateAfter(5), 200, 17)).toContain('it needs 60 x 18, this is 200 x 17');
    expect(dashboardLines(stateAfter(5), 0, 0, unicode)).toEqual([]);
  });

  it('fills exactly the room it is given, at every size, time, unit and time scale, whatever the names are', () => {
    const states = [0, 1, 2, 60, 700].map((seconds) => stateAfter(seconds));
    const odd = stateAfter(40, {
      profile: '日本語のプロファイル\u001b[31m',
      rig: 'a\nb\tc 👍🏽 é'.repeat(9),
      seed: '',
      durationSeconds: null,
      runDirectory: null,
      ends: [
        { name: 'near', port: '/dev/serial/by-id/usb-FTDI_日本語_FT4232H-if00-port0', settings: null },
        { name: '遠い端', port: '', settings: null },
      ],
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 220 }),
        fc.integer({ min: 0, max: 70 }),
        fc.constantFrom(...states, odd, beginView({ ...MADE_UP_PLAN, ends: [] })),
        fc.constantFrom(...UNITS),
        fc.nat(3),
        fc.boolean(),
        fc.boolean(),
        (width, height, state, unit, scale, utf8, help) => {
          const glyphs = utf8 ? UNICODE_GLYPHS : ASCII_GLYPHS;
          const lines = dashboardLines(
            state,
            width,
            height,
            { glyphs, unit, scale, paused: false, note: '' },
            help,
          );
          expect(lines).toHaveLength(height);
          for (const line of lines) {
            expect(lineWidth(line)).toBe(width);
            // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
            expect(lineText(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
          }
        },
      ),
      { seed: 11, numRuns: 400 },
    );
  });

  it('switches units: bytes, bits, share of the line', () => {
    const first = (unit: (typeof UNITS)[number]): string =>
      text(stateAfter(60), 80, 24, { ...unicode, unit })
        .split('\n')
        .slice(2, 4)
        .join('\n');
    expect(first('bytes')).toMatch(/11\.\d\d kB\/s[\s\S]* 11\.52k /);
    expect(first('bits')).toMatch(/8\d\.\d\d kbit\/s[\s\S]* 92\.16k /);
    expect(first('share')).toMatch(/ 9\d\.\d %[\s\S]* 100% /);
  });
});
