import { expect, test } from 'vitest';
import { createStyle, printable, table } from '../../../src/cli/style.js';

test('colours only where colour is on', () => {
  expect(createStyle(false).red('x')).toBe('x');
  expect(createStyle(true).red('x')).toBe('\u001b[31mx\u001b[39m');
});

test('D19: what would move a cursor, break a line or turn text around becomes visible', () => {
  expect(printable('a\u001b[2Jb')).toBe('a\\u{1b}[2Jb');
  expect(printable('a\r\nb\tc\0')).toBe('a\\u{d}\\u{a}b\\u{9}c\\u{0}');
  expect(printable('1\u202e2\u2066 3\u200b4\ufeff')).toBe('1\\u{202e}2\\u{2066} 3\\u{200b}4\\u{feff}');
  expect(printable('\u009b31m')).toBe('\\u{9b}31m');
  expect(printable('ünï 🔑 → ✔')).toBe('ünï 🔑 → ✔');
});

test('aligns columns and paints after padding', () => {
  expect(
    table(
      [
        ['a', 'bb'],
        ['ccc', 'd\n'],
      ],
      (cell, column) => (column === 0 ? `<${cell}>` : cell),
    ),
  ).toBe('<a  >  bb\n<ccc>  d\\u{a}');
});
