// The spellings in which a secret may come back: what the scrubber looks for (S6, B3, B9). Pure.

/** Spellings shorter than this are not looked for: they would mask innocent text. */
export const minPatternBytes = 6;

/** A secret shorter than this may not be stored: the spellings of it are too short to look for. In UTF-8 bytes. */
export const minSecretBytes = 8;

/** Whether a value is looked for: every secret is, of identifiers those that no innocent text is taken for. */
export const isHunted = (value: string): boolean => Buffer.byteLength(value) >= minSecretBytes;

/** Why the vault refuses short secrets, for its error message. */
export const shortSecretReason = `a secret shorter than ${minSecretBytes} bytes cannot be recognised in an answer without masking innocent text`;

/**
 * Every spelling of a value that common software produces, each at least `minPatternBytes` long, without duplicates:
 * raw UTF-8; percent-encoding (everything, or only what RFC 3986, encodeURIComponent, encodeURI, forms and the URL
 * standard encode; once and twice); JSON string escapes (minimal, `\/`, ASCII only, HTML-safe, every character, and
 * JSON within JSON); HTML entities; hexadecimal; base64 and base64url at each of the three alignments, also
 * percent-encoded and with `\/`.
 *
 * Base64 spellings hold only the characters that the value alone decides, so they are found padded or not, and with
 * anything around them, as in `Basic` credentials. At most six bits of the value's first and last byte remain.
 *
 * Upper and lower case are one: the Matcher ignores ASCII case, so `%2f`, `%2F` and hex in any mixture need no
 * spelling of their own. Not covered: base64 broken into lines, and any spelling that mixes encoded and plain
 * characters at will; a server that does that knows the secret already, because only its own hosts receive it (S5). An
 * agent's decoys in such forms are found by `disguises.ts`.
 */
export function encodingsOf(value: string): Buffer[] {
  const bytes = Buffer.from(value, 'utf8');
  const json = jsonEscapes(value);
  const [minimalJson = value] = json;
  const texts = [
    value,
    ...percentEncodings(bytes),
    ...json,
    ...htmlEscapes(value),
    bytes.toString('hex'),
    ...base64Spellings(bytes),
    ...base64Spellings(Buffer.from(minimalJson, 'utf8')),
  ];
  const seen = new Map<string, Buffer>();
  for (const text of texts) {
    const pattern = Buffer.from(text, 'utf8');
    if (pattern.length >= minPatternBytes) seen.set(asciiLowerCase(text), pattern);
  }
  return [...seen.values()];
}

const alphanumeric = 'A-Za-z0-9';
const escapable = {
  everything: /[\s\S]/g,
  /** RFC 3986 2.3: all but unreserved characters. */
  rfc3986: new RegExp(`[^${alphanumeric}._~-]`, 'g'),
  uriComponent: new RegExp(`[^${alphanumeric}._~!*'()-]`, 'g'),
  uri: new RegExp(`[^${alphanumeric}._~!*'();/?:@&=+$,#-]`, 'g'),
  /** Python's quote(). */
  allButSlash: new RegExp(`[^${alphanumeric}._~/-]`, 'g'),
  /** URL Standard 5.1: the application/x-www-form-urlencoded set. */
  form: new RegExp(`[^${alphanumeric}._*-]`, 'g'),
  /** URL Standard 1.3: the special-query, path and userinfo percent-encode sets. */
  urlQuery: /[^!-~]|["#<>']/g,
  urlPath: /[^!-~]|["#<>?^`{}]/g,
  urlUserinfo: /[^!-~]|["#<>?^`{}/:;=@[\\\]|]/g,
} as const;

function percentEncodings(bytes: Buffer): string[] {
  const octets = bytes.toString('latin1');
  const once = Object.values(escapable).map((set) => percentEncode(octets, set));
  const withPlus = once.map((text) => text.replaceAll('%20', '+'));
  return [...once, ...withPlus, ...once.map((text) => text.replaceAll('%', '%25'))];
}

/** Octets (one per UTF-16 unit) to ASCII text. */
function percentEncode(octets: string, set: RegExp): string {
  return octets.replace(set, (octet) => `%${octet.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function jsonEscapes(value: string): string[] {
  const minimal = JSON.stringify(value).slice(1, -1);
  const ascii = escapeUnits(minimal, /[^\x20-\x7e]/g);
  const slashes = (text: string): string => text.replaceAll('/', '\\/');
  // Go escapes these by default; .NET escapes the quotes, plus and backtick too.
  const htmlSafe = escapeUnits(minimal, /[<>&\u2028\u2029]/g);
  const htmlSafest = escapeUnits(ascii.replaceAll('\\"', '\\u0022'), /[<>&'+`]/g);
  return [
    minimal,
    slashes(minimal),
    ascii,
    slashes(ascii),
    htmlSafe,
    escapeUnits(htmlSafe, /[^\x20-\x7e]/g),
    htmlSafest,
    escapeUnits(value, /[\s\S]/g),
    JSON.stringify(minimal).slice(1, -1),
  ];
}

function escapeUnits(text: string, set: RegExp): string {
  return text.replace(set, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function htmlEscapes(value: string): string[] {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    text,
    text.replaceAll('"', '&quot;'),
    text.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    text.replaceAll('"', '&quot;').replaceAll("'", '&#x27;'),
    text.replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
    text.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ];
}

/** Base64 and base64url of the bytes at each alignment, as encodings of `encodingsOf`. */
export function base64Spellings(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((alignment) => {
    const core = base64Core(bytes, alignment);
    return [
      core,
      core.replaceAll('+', '-').replaceAll('/', '_'),
      core.replaceAll('+', '%2b').replaceAll('/', '%2f'),
      core.replaceAll('/', '\\/'),
    ];
  });
}

/** RFC 4648 4: the characters that depend on these bytes alone when `alignment` bytes (mod 3) stand before them. */
export function base64Core(bytes: Buffer, alignment: number): string {
  const encoded = Buffer.concat([Buffer.alloc(alignment), bytes]).toString('base64');
  const bits = 8 * (alignment + bytes.length);
  return encoded.slice(Math.ceil((8 * alignment) / 6), Math.floor(bits / 6));
}

function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
