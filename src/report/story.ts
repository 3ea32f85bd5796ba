/** What a run's journal tells a reader: events, bounded in number, and why frames were lost. Draws nothing. */
import type { JournalEntry } from '../soak/sample.ts';
import { entryCount, entryText, entryWeight, type Weight } from '../view/event-text.ts';
import { attemptText, isAttempt } from './call-figures.ts';

/** Events of one kind and end that are listed from the beginning, and as many from the end. */
const LISTED_MAX = 60;

/** Kinds of events, end by end. */
const KINDS_MAX = 100;

/** The longest text of an event, in characters. */
const TEXT_MAX = 400;

/** An event as a page lists it. */
export interface ListedEvent {
  readonly at: number;
  readonly end: string;
  readonly event: string;
  readonly weight: Weight;
  readonly text: string;
  /** How many it stands for. */
  readonly count: number;
}

/** What the journal told. */
export interface Story {
  /** Oldest first; of a frequent kind the first and the last ones. */
  readonly events: readonly ListedEvent[];
  /** How many there were, those not listed included; what an entry sums up counts. */
  readonly total: number;
  /** Damage by end and cause; `''` stands for what was only summed up. */
  readonly damage: readonly { readonly end: string; readonly cause: string; readonly count: number }[];
}

interface Kind {
  readonly first: ListedEvent[];
  readonly last: ListedEvent[];
}

/** What an entry says, and how much it matters; a call that did not pass matters. */
function toldOf(entry: JournalEntry): { readonly text: string; readonly weight: Weight } {
  if (entry.event === 'callEnded' && isAttempt(entry)) {
    const { call, outcome, retried } = entry;
    const weight = outcome === 'passed' ? 'note' : retried ? 'warning' : 'failure';
    return { text: `call ${call}, ${attemptText(entry)}`.slice(0, TEXT_MAX), weight };
  }
  return { text: entryText(entry).slice(0, TEXT_MAX), weight: entryWeight(entry) };
}

/** Gathers a story, entry by entry. */
export class StoryMaker {
  readonly #kinds = new Map<string, Kind>();
  readonly #damage = new Map<string, number>();
  #total = 0;

  /** Takes the next entry, in the order in which the run wrote them. */
  add(entry: JournalEntry): void {
    const { at, end, event } = entry;
    const count = entryCount(entry);
    this.#total += count;
    if (event === 'damage') {
      const cause = typeof entry.cause === 'string' ? entry.cause : '';
      const key = JSON.stringify([end, cause]);
      if (this.#damage.has(key) || this.#damage.size < KINDS_MAX)
        this.#damage.set(key, (this.#damage.get(key) ?? 0) + count);
    }
    const key = JSON.stringify([end, event]);
    if (!this.#kinds.has(key) && this.#kinds.size >= KINDS_MAX) return;
    const kind = this.#kinds.get(key) ?? { first: [], last: [] };
    this.#kinds.set(key, kind);
    const listed = { at, end, event, ...toldOf(entry), count };
    if (kind.first.length < LISTED_MAX) kind.first.push(listed);
    else {
      kind.last.push(listed);
      if (kind.last.length > LISTED_MAX) kind.last.shift();
    }
  }

  /** The story of all that was added. */
  story(): Story {
    const events = [...this.#kinds.values()].flatMap(({ first, last }) => [...first, ...last]);
    return {
      events: events.sort((a, b) => a.at - b.at),
      total: this.#total,
      damage: [...this.#damage].map(([key, count]) => {
        const [end, cause] = JSON.parse(key) as [string, string];
        return { end, cause, count };
      }),
    };
  }
}
