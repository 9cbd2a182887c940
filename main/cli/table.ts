// Columns that line up in a terminal, whatever letters are in them. Knows nothing of what it shows.
import { stripVTControlCharacters } from 'node:util';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Blocks whose letters take two cells: Hangul, CJK, kana, full-width forms (Unicode's East Asian Width, W and F). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** How many cells `text` takes in a terminal; colour codes take none. */
export function cells(text: string): number {
  let count = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text))) count += wide.test(segment) ? 2 : 1;
  return count;
}

/** The rows as lines: every column but the last padded to its widest cell, two blanks between, none at the end. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cells(cell));
    });
  return rows.map((row) => {
    const padded = row.map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - cells(cell))));
    return padded.join('  ').trimEnd();
  });
}
