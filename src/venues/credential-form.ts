// What is wrong with the form of a real credential value, in words that never quote it (S2).

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A value of printable ASCII that is sent in a header, `min` to `max` characters long. */
export function explainText(value: string, min: number, max: number): string | undefined {
  if (value === '') return 'is empty';
  if (/[\r\n]/.test(value)) return 'holds a line break; was a trailing newline stored with it?';
  if (!/^[\x20-\x7e]*$/.test(value)) return 'holds a character outside printable ASCII';
  if (value !== value.trim()) return 'begins or ends with a space';
  if (value.length < min || value.length > max)
    return `is ${value.length} characters long, not ${min} to ${max}`;
  return undefined;
}

/** Padded base64 of `minBytes` to `maxBytes` bytes. */
export function explainBase64(value: string, minBytes: number, maxBytes: number): string | undefined {
  const malformed = explainText(value, 4, Math.ceil(maxBytes / 3) * 4 + 4);
  if (malformed !== undefined) return malformed;
  if (!base64.test(value)) return 'is not base64';
  const size = Buffer.from(value, 'base64').length;
  if (size < minBytes || size > maxBytes) return `is base64 of ${size} bytes, not ${minBytes} to ${maxBytes}`;
  return undefined;
}
