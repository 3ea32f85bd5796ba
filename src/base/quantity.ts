/** Counts, rates, ratios and times of day as people read them on a screen. Text only; computes nothing. */

/** What stands where a number is not known or not a number. */
export const UNKNOWN = '-';

/** `value` with a comma between thousands: `1,234,567`; fractions are cut off. */
export function countText(value: number): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  return Math.trunc(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

const PREFIXES = ['', 'k', 'M', 'G', 'T'] as const;

/** `value` with four significant digits at most and a decimal prefix: `998`, `11.52 k`, `3.4 M`; the unit follows at once. */
export function scaledText(value: number, unit: string): string {
  if (!Number.isFinite(value)) return UNKNOWN;
  let size = value;
  let step = 0;
  while (Math.abs(size) >= 999.95 && step < PREFIXES.length - 1) {
    size /= 1000;
    step++;
  }
  const digits = step === 0 ? (Number.isInteger(size) || size >= 100 ? 0 : 1) : size < 99.995 ? 2 : 1;
  return `${size.toFixed(digits)} ${PREFIXES[step]}${unit}`;
}

/** A ratio 0..1 in percent with one decimal: `97.2 %`; a ratio that is not quite 1 is never shown as `100.0 %`. */
export function percentText(ratio: number): string {
  if (!Number.isFinite(ratio)) return UNKNOWN;
  const percent = ratio * 100;
  return percent < 100 && percent >= 99.95 ? '99.9 %' : `${percent.toFixed(1)} %`;
}

/** Milliseconds with the digits that matter: `0.42 ms`, `8.4 ms`, `120 ms`, `2.40 s`. */
export function millisecondsText(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return UNKNOWN;
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  if (milliseconds === 0) return '0 ms';
  return `${milliseconds.toFixed(milliseconds < 1 ? 2 : milliseconds < 99.95 ? 1 : 0)} ms`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Whole seconds as a clock: `0:07`, `12:34`, `3:04:05`, `2d 03:04:05`; negatives count as 0. */
export function clockText(seconds: number): string {
  if (!Number.isFinite(seconds)) return UNKNOWN;
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const rest = two(whole % 60);
  if (days > 0) return `${days}d ${two(hours)}:${two(minutes)}:${rest}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
