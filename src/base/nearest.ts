/** "Did you mean": the known word nearest to one that is not known. */

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. Damerau 1964, Levenshtein 1966. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replace, swap, row[j]! + 1, next[j - 1]! + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The choice nearest to `word`, whatever its case, or `undefined` when none is near. */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(word.length / 2.5)) + 1;
  for (const choice of choices) {
    const cost = edits(word.toLowerCase(), choice.toLowerCase());
    // Where every letter is another, nothing is near.
    if (cost < least && cost < word.length) {
      best = choice;
      least = cost;
    }
  }
  return best;
}
