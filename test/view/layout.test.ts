import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layout, type PaneName, type Placement } from '../../src/view/layout.ts';

const names = (width: number, height: number): PaneName[] => [
  ...new Set(layout(width, height, 2, false)?.map(({ pane }) => pane)),
];

const apart = (a: Placement, b: Placement): boolean =>
  a.left + a.width <= b.left ||
  b.left + b.width <= a.left ||
  a.top + a.height <= b.top ||
  b.top + b.height <= a.top;

describe('the layout', () => {
  it('drops panes by rank as room gets short', () => {
    const all = ['header', 'throughput', 'errors', 'connection', 'line', 'events', 'keys'];
    expect(names(200, 60)).toEqual(all);
    expect(names(120, 40)).toEqual(all);
    expect(names(80, 40)).toEqual(all);
    expect(names(80, 24)).toEqual(['header', 'throughput', 'errors', 'figures', 'events', 'keys']);
    expect(names(60, 18)).toEqual(['header', 'throughput', 'figures', 'events', 'keys']);
  });

  it('has nothing to say below 60 x 18', () => {
    expect(layout(59, 18, 2, false)).toBeUndefined();
    expect(layout(60, 17, 2, false)).toBeUndefined();
  });

  it('keeps panes on the screen and apart, each of a useful height', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 260 }),
        fc.integer({ min: 18, max: 90 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        (width, height, directions, help) => {
          const places = layout(width, height, directions, help) ?? [];
          for (const [index, place] of places.entries()) {
            expect(place.left + place.width).toBeLessThanOrEqual(width);
            expect(place.top + place.height).toBeLessThanOrEqual(height);
            if (place.pane === 'events') expect(place.height).toBeGreaterThanOrEqual(3);
            if (place.pane === 'throughput') expect(place.height).toBeGreaterThanOrEqual(4);
            for (const other of places.slice(index + 1)) expect(apart(place, other)).toBe(true);
          }
          expect(places.at(-1)).toMatchObject({ pane: 'keys', top: height - 1 });
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });
});
