// When a client says that it signed: the spellings of a moment that venues take.

const digits = /^(\d{9,11})(?:\.\d{1,9})?$|^(\d{13})$|^(\d{16})$/;

/**
 * Milliseconds since the epoch of seconds (a fraction is left out), milliseconds or microseconds since then, told apart by their
 * length, or of an ISO 8601 instant. Undefined when it is none of them.
 */
export function readInstant(text: string | undefined): number | undefined {
  const [, seconds, milliseconds, microseconds] = digits.exec(text ?? '') ?? [];
  if (seconds !== undefined) return Number(seconds) * 1000;
  if (milliseconds !== undefined) return Number(milliseconds);
  if (microseconds !== undefined) return Math.floor(Number(microseconds) / 1000);
  const ms = /^\d{4}-\d\d-\d\dT/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isSafeInteger(ms) ? ms : undefined;
}
