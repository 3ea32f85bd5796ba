/** "Did you mean": the known word nearest to one that is not known. */

/** Edits (insert, delete, replace) that turn `a` into `b`. Levenshtein 1966. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
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
    if (cost < least) {
      best = choice;
      least = cost;
    }
  }
  return best;
}
