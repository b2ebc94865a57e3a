// Forms of a decoy that no list of spellings holds, because they mix: what is escaped here and there, wrapped in lines or spread by
// separators is brought to a normal form, in which few spellings are looked for (S5, B3). Pure, and linear in the bytes.
import { base64Core, base64Spellings, encodingsOf } from './needles.js';

/** Values longer than this are known by as many bytes of their middle: the ends of keys in PEM are the same in all of them. */
const longValueBytes = 64;
const middleBytes = 48;
/** In the normal form, which keeps letters and digits alone, shorter texts are too likely, and so are fewer digits (an address). */
const minSqueezedBytes = 8;
const minDigits = 18;
/** Base64 that tools wrap has lines of 60 characters (hexadecimal by xxd), 64 (PEM) or 76 (MIME). */
const lineCharacters = 48;
/** Base64 of a wrapped line and a part of the next, in one line. */
const nestedCharacters = 100;

const separators = [' ', ':', '-', ',', ', ', ' 0x', ',0x', ', 0x'] as const;
const listSeparators = [' ', ',', ', '] as const;

/**
 * Spellings of a value in a request: `encodingsOf`, hexadecimal with a separator between the bytes, lists of bytes in decimal, base64
 * of base64 and of UTF-16 (as PowerShell's commands).
 */
export function requestEncodingsOf(value: string): Buffer[] {
  const bytes = recognisable(value);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const texts = [
    ...separators.map((separator) => hex.join(separator)),
    ...listSeparators.map((separator) => bytes.join(separator)),
    ...nestedBase64(bytes),
  ];
  return [...encodingsOf(value), ...texts.map((text) => Buffer.from(text, 'latin1'))];
}

/** What is looked for in a normal form, without duplicates. */
export function squeezedSpellings(value: string): Buffer[] {
  const bytes = recognisable(value);
  const texts = [
    bytes.toString('latin1'),
    bytes.toString('hex'),
    bytes.join(''),
    [...bytes].map((byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(''),
    ...base64Spellings(bytes),
    ...nestedBase64(bytes),
  ].map((text) => squeeze(Buffer.from(text, 'latin1')).toString('latin1'));
  const isTelling = (text: string) => text.length >= (/^\d*$/.test(text) ? minDigits : minSqueezedBytes);
  return [...new Set(texts)].filter(isTelling).map((text) => Buffer.from(text, 'latin1'));
}

function recognisable(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length <= longValueBytes) return bytes;
  const start = (bytes.length - middleBytes) >> 1;
  return bytes.subarray(start, start + middleBytes);
}

function nestedBase64(bytes: Buffer): string[] {
  const inner = [0, 1, 2].flatMap((alignment) => {
    const core = base64Core(bytes, alignment);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const wide = Buffer.from(bytes.toString('latin1'), 'utf16le');
  return [
    ...new Set(
      inner
        .map((core) => Buffer.from(core))
        .concat(wide)
        .flatMap(base64Spellings),
    ),
  ];
}

const none = 0;
const isAlphanumeric = new Uint8Array(256);
const isBase64 = new Uint8Array(256);
/** The value of a hexadecimal digit, 16 for any other byte. */
const hexDigit = new Uint8Array(256).fill(16);
for (let byte = 0; byte < 256; byte++) {
  const char = String.fromCharCode(byte);
  if (/[A-Za-z0-9]/.test(char)) isAlphanumeric[byte] = 1;
  if (/[A-Za-z0-9+/_=-]/.test(char)) isBase64[byte] = 1;
  if (/[0-9A-Fa-f]/.test(char)) hexDigit[byte] = Number.parseInt(char, 16);
}

const NUL = 0;
const HTAB = 9;
const LF = 10;
const CR = 13;
const SP = 32;
const PERCENT = 37;
const AMPERSAND = 38;
const BACKSLASH = 92;
const characterReference = Buffer.from('&#');

/** Whether a form that needs a normal one can stand in the bytes. Of a head, whose lines end anyway, no line's end is a sign of it. */
export function mayBeDisguised(bytes: Buffer, isHead: boolean): boolean {
  if (hasEscape(bytes) || hasWord(bytes, lineCharacters, isBlank)) return true;
  if (isHead) return false;
  return bytes.indexOf(LF) >= 0 || bytes.indexOf(NUL) >= 0 || hasWord(bytes, nestedCharacters, isAny);
}

/** Whether base64 of what was wrapped can stand in the bytes. */
export function mayBeNested(bytes: Buffer): boolean {
  return hasWord(bytes, lineCharacters, isAny);
}

/** Whether `openEscapes` would change anything. */
export function hasEscape(bytes: Buffer): boolean {
  return (
    bytes.indexOf(PERCENT) >= 0 || bytes.indexOf(BACKSLASH) >= 0 || bytes.indexOf(characterReference) >= 0
  );
}

/** Whether so many characters of base64 stand together, followed by what `isEnd` takes. */
function hasWord(bytes: Buffer, least: number, isEnd: (bytes: Buffer, at: number) => boolean): boolean {
  const { length } = bytes;
  // Looks at the end of where a word could be, backwards: what stops there cannot be within one.
  let start = 0;
  while (start + least <= length) {
    let at = start + least - 1;
    while (at >= start && isBase64[bytes[at] as number] === 1) at -= 1;
    if (at >= start) {
      start = at + 1;
      continue;
    }
    at = start + least;
    while (at < length && isBase64[bytes[at] as number] === 1) at += 1;
    if (isEnd(bytes, at)) return true;
    start = at + 1;
  }
  return false;
}

const isAny = (): boolean => true;

/** White space, and more base64 after it: lines as a shell joins them. */
function isBlank(bytes: Buffer, at: number): boolean {
  const byte = bytes[at];
  return (byte === SP || byte === HTAB || byte === CR) && isBase64[bytes[at + 1] ?? NUL] === 1;
}

/**
 * What the base64 in the bytes says, at each of the four places where a group of it can begin: whatever is no base64 is left out, so
 * lines do not matter.
 */
export function openBase64(bytes: Buffer): Buffer[] {
  const text = keep(bytes, isBase64).toString('latin1').replaceAll('=', '');
  return [0, 1, 2, 3].map((from) => Buffer.from(text.slice(from), 'base64'));
}

/** Letters and digits alone: without line ends, separators, padding, and the zeros of UTF-16. */
export function squeeze(bytes: Buffer): Buffer {
  return keep(bytes, isAlphanumeric);
}

function keep(bytes: Buffer, kept: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    out[length] = byte;
    length += kept[byte] as number;
  }
  return out.subarray(0, length);
}

/**
 * One round of decoding whatever is escaped, each by its own rules and in any mixture: percent-encoding (also JavaScript's `%u0061`);
 * `\u0061`, `\u{61}`, `\x61`, `\141`, and escapes of line ends, which vanish; numeric character references of HTML and XML. What is no ASCII
 * becomes NUL. Shorter than the bytes where anything was decoded.
 */
export function openEscapes(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    const read =
      byte === PERCENT
        ? readPercent(bytes, at)
        : byte === BACKSLASH
          ? readBackslash(bytes, at)
          : byte === AMPERSAND
            ? readReference(bytes, at)
            : none;
    if (read === none) {
      out[length] = byte;
      at += 1;
    } else {
      const code = read >> lengthBits;
      out[length] = code < 128 ? code : NUL;
      at += read & lengthMask;
    }
    length += 1;
  }
  return out.subarray(0, length);
}

/** What is read is a number: the character's code over the length of its escape, so that no escape costs an object. */
const lengthBits = 5;
const lengthMask = (1 << lengthBits) - 1;
const readAs = (code: number, escapeBytes: number): number =>
  (Math.min(code, 0xff_ff) << lengthBits) | escapeBytes;

function readPercent(bytes: Buffer, at: number): number {
  const isWide = bytes[at + 1] === 0x75 || bytes[at + 1] === 0x55;
  return isWide ? readHex(bytes, at, at + 2, 4) : readHex(bytes, at, at + 1, 2);
}

/** Exactly so many digits from `from` on, of the escape that begins at `at`. */
function readHex(bytes: Buffer, at: number, from: number, digits: number): number {
  let code = 0;
  for (let index = from; index < from + digits; index++) {
    const digit = hexDigit[bytes[index] ?? NUL] as number;
    if (digit > 15) return none;
    code = (code << 4) | digit;
  }
  return readAs(code, from + digits - at);
}

function readBackslash(bytes: Buffer, at: number): number {
  switch (bytes[at + 1]) {
    case 0x75: // u
      return bytes[at + 2] === 0x7b
        ? readNumber(bytes, at, at + 3, 16, 0x7d)
        : readHex(bytes, at, at + 2, 4) || readAs(NUL, 1);
    case 0x78: // x
      return readHex(bytes, at, at + 2, 2) || readAs(NUL, 1);
    case 0x61: // \a \b \e \f \n \r \t \v
    case 0x62:
    case 0x65:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
    case 0x76:
      return readAs(NUL, 2);
    case BACKSLASH:
      return readAs(BACKSLASH, 2);
    default:
      return readOctal(bytes, at) || readAs(NUL, 1);
  }
}

function readOctal(bytes: Buffer, at: number): number {
  let code = 0;
  for (let index = at + 1; index < at + 4; index++) {
    const digit = (bytes[index] ?? NUL) - 0x30;
    if (digit < 0 || digit > 7) return none;
    code = code * 8 + digit;
  }
  return readAs(code, 4);
}

/** Most digits of a character reference, leading zeros among them. */
const maxDigits = 8;

function readReference(bytes: Buffer, at: number): number {
  if (bytes[at + 1] !== 0x23) return none;
  const isHex = bytes[at + 2] === 0x78 || bytes[at + 2] === 0x58;
  return isHex ? readNumber(bytes, at, at + 3, 16, 0x3b) : readNumber(bytes, at, at + 2, 10, 0x3b);
}

/** A number of any length, and what ends it, which HTML does not insist on. */
function readNumber(bytes: Buffer, at: number, from: number, base: number, end: number): number {
  let code = 0;
  let index = from;
  while (index < from + maxDigits) {
    const digit = hexDigit[bytes[index] ?? NUL] as number;
    if (digit >= base) break;
    code = Math.min(code * base + digit, 0xff_ff);
    index += 1;
  }
  if (index === from) return none;
  if (bytes[index] === end) index += 1;
  return readAs(code, index - at);
}
