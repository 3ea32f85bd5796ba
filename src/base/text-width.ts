/** How many columns text takes on a terminal, and text made to fit them. Knows no colours and no terminal. */

/** Ranges of characters that take two columns and that terminals agree on (East Asian Wide and Fullwidth, BMP). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
];

/** Characters that take no column of their own: combining marks, joiners, directional and other format characters. */
const NO_COLUMN = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff\u115f\u3164\uffa0]/u;

/** Characters whose width differs from terminal to terminal: unassigned ones, technical signs, dingbats, pictographs, old Hangul. */
const DISPUTED =
  /[\p{Cn}\u06de\u1734\u2300-\u23ff\u2600-\u2712\u2714-\u2716\u2718-\u27bf\u2900-\u2bff\u302e\u302f\u3248-\u324f\u4dc0-\u4dff\ua960-\ua97c\ufe10-\ufe19]/u;

/** Columns that one character takes: 1 or 2. Only for what {@link cleanText} lets through. */
function columns(character: string): 1 | 2 {
  const code = character.charCodeAt(0);
  if (code < 0x1100 || (code > 0x11ff && code < 0x2e80)) return 1;
  for (const [first, last] of WIDE) if (code >= first && code <= last) return 2;
  return 1;
}

/** What stands in for `character` so that its width is certain; empty for a mark that takes no column. */
function certain(character: string, unicode: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return character;
  if (code === 0x09 || code === 0x0a || code === 0x0d) return ' ';
  if (code < 0xa0) return '?';
  if (NO_COLUMN.test(character)) return '';
  if (!unicode || code > 0xffff || (code >= 0xd800 && code <= 0xf8ff)) return '?';
  return DISPUTED.test(character) ? '?' : character;
}

/**
 * `text` with everything replaced that could move the cursor, change a colour or take a width that terminals disagree
 * on: control characters, escape sequences, emoji, private use, lone surrogates become `?`, tabs and line ends a space.
 * Without `unicode` only printable ASCII is left.
 */
export function cleanText(text: string, unicode = true): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  let clean = '';
  for (const character of text) clean += certain(character, unicode);
  return clean;
}

/** Columns that `text` takes, 0 or more; `text` is one line as {@link cleanText} gives it. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += columns(character);
  return width;
}

/** The longest beginning of `text` that takes at most `width` columns, without a mark that something is missing. */
export function takeColumns(text: string, width: number): string {
  let used = 0;
  let taken = '';
  for (const character of text) {
    used += columns(character);
    if (used > width) return taken;
    taken += character;
  }
  return taken;
}

/** `text` in at most `width` columns; where it is cut, `mark` (one column) says so. */
export function cutText(text: string, width: number, mark = '…'): string {
  if (textWidth(text) <= width) return text;
  return width < 1 ? '' : takeColumns(text, width - 1) + mark;
}

/** `text` in exactly `width` columns: cut with `mark`, or filled with spaces at the end (`left`) or the beginning (`right`). */
export function fitText(
  text: string,
  width: number,
  align: 'left' | 'right' = 'left',
  mark: string = '…',
): string {
  const cut = cutText(text, width, mark);
  const fill = ' '.repeat(Math.max(0, width - textWidth(cut)));
  return align === 'left' ? cut + fill : fill + cut;
}
