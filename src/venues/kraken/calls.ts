// How the sidecar asks Kraken spot of its own accord, and how the envelope of an answer is read: errors, and a result.
import type { VenueAnswer } from '../admin.js';
import { formatForm, formType } from '../form-body.js';
import type { StrictJson, StrictObject } from '../json-strict.js';
import { type CallParts, objectIn, objectOf, ownRequest } from '../venue-answers.js';

export const host = 'api.kraken.com';

/** A private call; the signature puts its nonce in. */
export function signed(name: string, fields: Readonly<Record<string, string>> = {}): CallParts {
  const text = formatForm(new Map(Object.entries({ nonce: '0', ...fields })));
  return {
    request: ownRequest('POST', host, `/0/private/${name}`, { type: formType, text }),
    isPublic: false,
  };
}

/** A public question. */
export function open(target: string): CallParts {
  return { request: ownRequest('GET', host, `/0/public/${target}`), isPublic: true };
}

/** Undefined when it is no answer of Kraken's. */
export function errorsOf(answer: VenueAnswer): readonly string[] | undefined {
  const errors = objectOf(answer)?.get('error');
  if (!Array.isArray(errors)) return undefined;
  const texts: readonly StrictJson[] = errors;
  return texts.every((text) => typeof text === 'string') ? texts : undefined;
}

/** Of an answer without errors. */
export function resultOf(answer: VenueAnswer): StrictObject | undefined {
  return errorsOf(answer)?.length === 0 ? objectIn(objectOf(answer), 'result') : undefined;
}
