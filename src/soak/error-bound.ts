/** What a number of errors says about the error ratio behind it: the bound that it stays below with 95 % confidence. Counts nothing. */

/** One chance in twenty of being wrong, all of it on the side of too many errors. */
const DOUBT = 0.05;

/** Up to so many errors the distribution is summed term by term; beyond, its closest closed form is used. */
const SUMMED_MAX = 200;

/** The normal deviate with {@link DOUBT} beyond it. */
const DEVIATE = 1.6448536269514722;

/** Halvings of the interval: more than a double has bits. */
const HALVINGS = 60;

/** Trials beyond which, and ratios below which, Poisson's distribution stands for the binomial one. */
const POISSON_TRIALS = 1_000_000;

/**
 * The error ratio that `errors` in `trials` stay below with 95 % confidence: the one-sided bound of Clopper and Pearson
 * (1934), by Poisson's distribution where there are more than a million trials. No errors in N trials give 3/N, never 0.
 * 1 when there were no trials.
 */
export function errorRatioBelow(errors: number, trials: number): number {
  if (trials <= 0 || errors >= trials) return 1;
  if (errors === 0 && trials > POISSON_TRIALS) return 3 / trials;
  if (errors > SUMMED_MAX) return closedForm(errors, trials);
  let low = errors / trials;
  let high = 1;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (atMost(errors, trials, middle) > DOUBT) low = middle;
    else high = middle;
  }
  return high;
}

/** The probability of `errors` or fewer in `trials` when each fails with `ratio`. */
function atMost(errors: number, trials: number, ratio: number): number {
  // The other way round where errors prevail: a term that is too small for a double would take all others with it.
  if (errors > trials / 2) return 1 - atMost(trials - errors - 1, trials, 1 - ratio);
  const poisson = trials > POISSON_TRIALS && ratio < 1e-3;
  let term = poisson ? naturalPower(-trials * ratio) : power(1 - ratio, trials);
  let sum = term;
  const odds = ratio / (1 - ratio);
  for (let k = 1; k <= errors; k++) {
    term *= poisson ? (trials * ratio) / k : ((trials - k + 1) / k) * odds;
    sum += term;
  }
  return sum;
}

/** `base` to the whole `exponent`, by squaring. */
function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

/** e to the power of `exponent`, 0 or less: the series for a 1024th of it, squared ten times. */
function naturalPower(exponent: number): number {
  const part = exponent / 1024;
  if (part < -1) return 0;
  let sum = 1;
  for (let n = 20; n >= 1; n--) sum = 1 + (sum * part) / n;
  return power(sum, 1024);
}

/** Camp and Paulson's approximation to the same bound (1951): beyond 200 errors it is off by less than one in ten thousand. */
function closedForm(errors: number, trials: number): number {
  const a = 1 / (9 * (errors + 1));
  const b = 1 / (9 * (trials - errors));
  const square = DEVIATE * DEVIATE;
  // The cube root of an F quantile, by Paulson's normal form of F.
  const p = (1 - b) * (1 - b) - square * b;
  const q = (1 - a) * (1 - b);
  const r = (1 - a) * (1 - a) - square * a;
  const root = (q + Math.sqrt(Math.max(0, q * q - p * r))) / p;
  const f = root * root * root;
  const weighted = (errors + 1) * f;
  return Math.min(1, weighted / (trials - errors + weighted));
}
