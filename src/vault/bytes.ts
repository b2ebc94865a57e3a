// Bytes from a file, a pipe or a program as a secret, exactly: one line end at the end is not part of it, everything else is.
import { TradeboxError } from '../core/errors.js';
import { isHunted, shortSecretReason } from '../core/needles.js';
import { Secret } from '../core/secret.js';

/** No credential is larger; a file that is was named by mistake. */
export const maxSecretBytes = 16 * 1024;

/**
 * The text of the bytes without one trailing "\n" or "\r\n": the one that editors, `echo` and `op read` add. A second one,
 * spaces, `$`, backslashes, quotes and a byte order mark all belong to the secret.
 * Throws SECRET_INVALID when the bytes are not UTF-8 or too many.
 */
export function secretFromBytes(bytes: Buffer, what: string): Secret {
  if (bytes.length > maxSecretBytes) {
    throw new TradeboxError('SECRET_INVALID', `${what} holds more than ${maxSecretBytes / 1024} KiB`, {
      remedy: 'Name the source that holds the secret alone.',
    });
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The decoder's error is not kept as cause: nothing of the bytes may be printed (S2).
    throw new TradeboxError('SECRET_INVALID', `${what} does not hold UTF-8 text`, {
      remedy: 'Store the secret as text; encode binary keys as the venue documents (base64, hex or PEM).',
    });
  }
  return new Secret(text.replace(/\r?\n$/, ''));
}

/** Why a value cannot be kept as a secret, or as an identifier, which may be short; undefined when it can. Never quotes it (S2). */
export function explainUnusable(
  secret: Secret,
  { isIdentifier = false }: { isIdentifier?: boolean } = {},
): string | undefined {
  const size = Buffer.byteLength(secret.reveal());
  if (size === 0) return 'is empty';
  if (!isIdentifier && !isHunted(secret.reveal())) {
    return `is ${size} bytes long; ${shortSecretReason}`;
  }
  if (size > maxSecretBytes) return `is longer than ${maxSecretBytes / 1024} KiB`;
  if (secret.reveal().includes('\0')) return 'holds a NUL character';
  return undefined;
}

/** The lines of a value as values of their own. */
export function linesOf(secret: Secret): Secret[] {
  return secret
    .reveal()
    .split(/\r?\n/)
    .map((line) => new Secret(line));
}
