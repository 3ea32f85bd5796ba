import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../src/base/text-width.ts';
import { entryCount, entryKey, entryText, entryWeight } from '../../src/view/event-text.ts';

describe('a journal entry in words', () => {
  it('says what happened and the details', () => {
    expect(
      entryText({ at: 1, end: 'near', event: 'damage', cause: 'headerCrc', offset: 9, sizeMax: null }),
    ).toBe('damage  cause headerCrc, offset 9');
    expect(entryText({ at: 1, end: 'near', event: 'clockEstimate', errorMs: 2.25, sessionId: 255 })).toBe(
      'clock estimate  error 2.3 ms, session id 0xff',
    );
    expect(entryText({ at: 1, end: 'near', event: 'listening' })).toBe('listening');
  });

  it('does not say the same twice, leaves out what is empty, and writes lists and lengths of time as people do', () => {
    const entry = { at: 1, end: 'near' };
    expect(entryText({ ...entry, event: 'phase', phase: 'planning' })).toBe('phase  planning');
    expect(entryText({ ...entry, event: 'finished', ending: 'completed', reasons: [] })).toBe(
      'finished  ending completed',
    );
    expect(entryText({ ...entry, event: 'planAgreed', duration: 12_000_000 })).toBe(
      'plan agreed  duration 12s',
    );
    const sent = [
      { stream: 0, bytes: 5 },
      { stream: 1, bytes: 7 },
    ];
    expect(entryText({ ...entry, event: 'streamsEnded', sent })).toBe(
      'streams ended  sent stream 0, bytes 5; stream 1, bytes 7',
    );
  });

  it('weighs a connection that closed by itself as a failure', () => {
    const closed = { at: 1, end: 'near', event: 'closed' };
    expect(entryWeight({ ...closed, cause: 'local' })).toBe('note');
    expect(entryWeight({ ...closed, cause: 'retries' })).toBe('failure');
    expect(entryWeight({ at: 1, end: 'near', event: 'toString' })).toBe('note');
  });

  it('is one bounded line that cannot move the cursor, whatever the entry holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (event, details) => {
        const entry = { ...details, at: 1, end: 'near', event };
        const text = entryText(entry);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
        expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
        expect(textWidth(text)).toBeLessThanOrEqual(200);
        expect(entryCount(entry)).toBeGreaterThanOrEqual(1);
        expect(entryKey(entry)).toBeTypeOf('string');
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
