// How text looks on a terminal, and how foreign text is made harmless on one.
import { styleText } from 'node:util';

/** Colours and weights; the identity where colour is off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

type Format = Parameters<typeof styleText>[0];

export function createStyle(isColored: boolean): Style {
  // Whether the stream shows colour is decided by the caller, from the stream that is written to.
  const paint = (format: Format) => (text: string) =>
    isColored ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    red: paint('red'),
    green: paint('green'),
    yellow: paint('yellow'),
  };
}

/** Whether text for a stream is coloured: what the user's environment says, else whether it is a terminal that can. */
export function isColored(
  stream: { isTTY?: boolean },
  options: { noColor: boolean; forceColor: boolean; term: string | undefined },
): boolean {
  if (options.noColor) return false;
  if (options.forceColor) return true;
  return stream.isTTY === true && options.term !== 'dumb';
}

/**
 * Foreign text (of an agent, a venue, a file) for a terminal: control characters, escape sequences' openers, line breaks and
 * bidirectional overrides become visible `\u{…}` (D19).
 */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Rows as aligned columns, two spaces between them. Cells are made printable; `paint` colours a padded cell. */
export function table(
  rows: readonly (readonly string[])[],
  paint: (cell: string, column: number, row: number) => string = (cell) => cell,
): string {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return cells
    .map((row, rowIndex) =>
      row
        .map((cell, column) => {
          const isLast = column === row.length - 1;
          return paint(isLast ? cell : cell.padEnd(widths[column] ?? 0), column, rowIndex);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
