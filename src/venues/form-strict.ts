// D1: a query string or form body read one way only, or refused: no duplicate, no half escape, no second meaning of a byte.

export type StrictForm =
  | { ok: true; fields: ReadonlyMap<string, string> }
  | { ok: false; code: FormFault; message: string };

export type FormFault =
  | 'FORM_TOO_LARGE'
  | 'FORM_SYNTAX'
  | 'FORM_BAD_ESCAPE'
  | 'FORM_BAD_CHARACTER'
  | 'FORM_DUPLICATE';

export interface FormOptions {
  /** Whether `+` means a space (application/x-www-form-urlencoded) or itself (RFC 3986 query). */
  plus: 'space' | 'literal';
  /** Largest accepted text in bytes. */
  maxBytes?: number;
}

const defaultMaxBytes = 65_536;
const visibleAscii = /^[\x21-\x7e]*$/;
// WHATWG URL, "application/x-www-form-urlencoded": these must be escaped or have a second meaning to some parser (`;` as `&`).
const control = /[\x00-\x1f\x7f]/;
const ambiguous = /["#;<>\\^`{|}]/;

/**
 * Parses `name=value&name=value`, percent-decoding names and values as UTF-8. Order is kept. Empty text has no fields.
 * Refuses duplicates (also after decoding), a pair without `=`, an empty name, malformed escapes, bytes that are not
 * visible ASCII, and control characters after decoding.
 */
export function parseStrictForm(text: string, options: FormOptions): StrictForm {
  if (text.length > (options.maxBytes ?? defaultMaxBytes))
    return fault('FORM_TOO_LARGE', 'the form is too large');
  const fields = new Map<string, string>();
  if (text === '') return { ok: true, fields };
  if (!visibleAscii.test(text) || ambiguous.test(text)) {
    return fault('FORM_BAD_CHARACTER', 'the form holds a character that must be percent-encoded');
  }
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) return fault('FORM_SYNTAX', 'the form holds something else than name=value');
    const name = decode(pair.slice(0, equals), options.plus);
    const value = decode(pair.slice(equals + 1), options.plus);
    if (name === undefined || value === undefined) {
      return fault('FORM_BAD_ESCAPE', 'the form holds a malformed percent-escape');
    }
    // Only an escape can stand for one: the text itself is visible.
    if (pair.includes('%') && (control.test(name) || control.test(value))) {
      return fault('FORM_BAD_CHARACTER', 'the form holds a control character');
    }
    if (fields.has(name)) return fault('FORM_DUPLICATE', 'the form names a parameter twice');
    fields.set(name, value);
  }
  return { ok: true, fields };
}

function decode(text: string, plus: FormOptions['plus']): string | undefined {
  const spaced = plus === 'space' && text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
}

function fault(code: FormFault, message: string): StrictForm {
  return { ok: false, code, message };
}
