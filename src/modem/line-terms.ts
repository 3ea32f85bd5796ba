/** What two modems agree on while they train: rate, modulation, error correction, compression. Keeps no state. */
import { type Duration, MILLISECOND } from '../base/instant.ts';
import type { MODULATION_WORDS } from './command-table.ts';
import type { ModemMemory } from './modem-memory.ts';

/** What one side can and wants. */
export interface LineWishes {
  readonly modulation: string;
  /** Whether slower modulations will do. */
  readonly automatic: boolean;
  /** Bits per second. */
  readonly rateMin: number;
  readonly rateMax: number;
  /** Error correction: none at all, if the other has it too, or no call without it. */
  readonly correction: 'never' | 'maybe' | 'must';
  readonly compression: boolean;
}

/** What a call runs with. */
export interface LineTerms {
  /** Bits per second on the telephone line, the same both ways. */
  readonly rate: number;
  /** As reports name it: `V34`. */
  readonly modulation: string;
  /** LAPM, or none. */
  readonly corrected: boolean;
  /** V.42bis, or none. */
  readonly compressed: boolean;
}

/** A modulation: its rates and how long two modems need to agree on it. */
interface Modulation {
  readonly word: (typeof MODULATION_WORDS)[number];
  readonly rates: readonly number[];
  readonly training: Duration;
}

const V34_RATES = Array.from({ length: 14 }, (_, i) => 2_400 * (i + 1));

/** Slowest first. Training as measured by many: answer tone, probing, equalisers, then V.42. */
const MODULATIONS: readonly Modulation[] = [
  { word: 'V21', rates: [300], training: 4_500 * MILLISECOND },
  { word: 'V22', rates: [1_200], training: 5_000 * MILLISECOND },
  { word: 'V22B', rates: [1_200, 2_400], training: 5_500 * MILLISECOND },
  { word: 'V32', rates: [4_800, 9_600], training: 8_000 * MILLISECOND },
  { word: 'V32B', rates: [4_800, 7_200, 9_600, 12_000, 14_400], training: 9_000 * MILLISECOND },
  { word: 'V34', rates: V34_RATES, training: 12_000 * MILLISECOND },
];

/** What the settings of a modem that can do `rateMax` come to. */
export function lineWishes(memory: ModemMemory, rateMax: number): LineWishes {
  const [modulation, automatic, least, most] = memory.fields('+MS');
  const wanted = Number(most) > 0 ? Math.min(Number(most), rateMax) : rateMax;
  const mode = memory.setting('\\N');
  return {
    modulation: String(modulation),
    automatic: automatic === 1,
    rateMin: memory.setting('N') === 0 ? wanted : Number(least),
    rateMax: wanted,
    correction: mode <= 1 ? 'never' : mode === 3 ? 'maybe' : 'must',
    compression: memory.field('+DS') === 3 && memory.setting('%C') !== 0,
  };
}

/** On what two modems come together; `undefined` when they do not. `lineRateMax` is what the telephone line can carry. */
export function agree(a: LineWishes, b: LineWishes, lineRateMax: number): LineTerms | undefined {
  const fastest = Math.min(rank(a.modulation), rank(b.modulation));
  const most = Math.min(a.rateMax, b.rateMax, lineRateMax);
  const least = Math.max(a.rateMin, b.rateMin);
  const corrected = a.correction !== 'never' && b.correction !== 'never';
  if (!corrected && (a.correction === 'must' || b.correction === 'must')) return undefined;
  const slowest = Math.max(...[a, b].map((each) => (each.automatic ? 0 : rank(each.modulation))));
  for (let index = fastest; index >= slowest; index--) {
    const { word, rates } = MODULATIONS[index]!;
    const rate = rates.findLast((each) => each <= most && each >= least);
    const compressed = corrected && a.compression && b.compression;
    if (rate !== undefined) return { rate, modulation: word, corrected, compressed };
  }
  return undefined;
}

function rank(word: string): number {
  return MODULATIONS.findIndex((each) => each.word === word);
}

/** How long training takes between two such modems, whether or not it succeeds. */
export function trainingTime(a: LineWishes, b: LineWishes): Duration {
  const index = Math.max(0, Math.min(rank(a.modulation), rank(b.modulation)));
  return MODULATIONS[index]!.training;
}
