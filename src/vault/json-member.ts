// One member of a secret that is a JSON object, as cloud secret managers keep several values in one.
import { TradeboxError } from '../core/errors.js';
import { Secret } from '../core/secret.js';

/** The text of a member, exactly. Throws SECRET_INVALID without quoting anything of it (S2). */
export function jsonMember(secret: Secret, key: string, what: string): Secret {
  let value: unknown;
  try {
    value = JSON.parse(secret.reveal());
  } catch {
    // The parser's message quotes what it read.
    throw invalid(`${what} is not JSON, so it has no member "${key}"`);
  }
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
  const member = isObject ? (value as Record<string, unknown>)[key] : undefined;
  if (typeof member === 'string' && member !== '') return new Secret(member);
  throw invalid(`${what} has no text named "${key}"`);
}

function invalid(message: string): TradeboxError {
  return new TradeboxError('SECRET_INVALID', message, {
    remedy: 'Mend the name after "#", or leave it out for the whole value.',
  });
}
