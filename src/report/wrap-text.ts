/** Text broken into lines of so many columns, at blanks where there are some. Colours nothing. */
import { takeColumns, textWidth } from '../base/text-width.ts';

/** `text` broken into lines of at most `width` columns; a width below 1 gives what fits, which may be nothing. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    for (line = word; textWidth(line) > width; ) {
      const piece = takeColumns(line, width);
      // A width that holds not even one character would never end.
      if (piece === '') break;
      lines.push(piece);
      line = line.slice(piece.length);
    }
  }
  return line === '' ? lines : [...lines, line];
}
