// Text that came from an agent, made fit for a human who decides by it: nothing acts on the terminal, nothing looks like what it is not (D19).

/** Longest text that is shown; the rest is counted. */
const defaultLength = 120;

/**
 * Printable ASCII stays; every other character becomes `\u{…}`: control and escape characters, line breaks, bidirectional
 * marks, and letters of other scripts that are read as Latin ones. Venue symbols, ids and amounts are ASCII, so a mark in
 * them is a warning by itself.
 */
export function neutralText(text: string, maxLength = defaultLength): string {
  const characters = [...text];
  const shown = characters
    .slice(0, maxLength)
    .map((character) => {
      if (/^[\x20-\x5b\x5d-\x7e]$/.test(character)) return character;
      return character === '\\' ? '\\\\' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
    })
    .join('');
  const left = characters.length - maxLength;
  return left > 0 ? `${shown}… (${left} more characters)` : shown;
}
