// Where a message's body ends (RFC 9112 section 6), for requests and for answers. No I/O.
import { type Fields, Malformed } from './fields.js';

/** `close` is only for answers: the body ends with the connection. */
export type Framing =
  | { kind: 'none' }
  | { kind: 'length'; length: number }
  | { kind: 'chunked' }
  | { kind: 'close' };

export const noBody: Framing = { kind: 'none' };
/** A whole body in hand. */
export const lengthOf = (body: Buffer): Framing => ({ kind: 'length', length: body.length });

const chunkedBody: Framing = { kind: 'chunked' };
const closeBody: Framing = { kind: 'close' };

const plainLength = /^(?:0|[1-9]\d{0,14})$/;

/** The declared framing, or undefined when none is declared. Refuses both, duplicates, lists and any coding but `chunked`. */
export function declaredFraming(fields: Fields): Framing | Malformed | undefined {
  let length: number | undefined;
  let chunked = false;
  for (let index = 0; index < fields.count; index += 1) {
    const name = fields.names[index];
    if (name === 'content-length') {
      if (length !== undefined) return new Malformed('LENGTH_DUPLICATE');
      const value = fields.value(index);
      if (!plainLength.test(value)) return new Malformed('LENGTH_BAD');
      length = Number(value);
    } else if (name === 'transfer-encoding') {
      if (chunked || fields.value(index).toLowerCase() !== 'chunked') return new Malformed('CODING_UNKNOWN');
      chunked = true;
    }
  }
  if (chunked) return length === undefined ? chunkedBody : new Malformed('LENGTH_WITH_CHUNKED');
  return length === undefined ? undefined : { kind: 'length', length };
}

/** A request without declared framing has no body. */
export function requestFraming(fields: Fields): Framing | Malformed {
  const declared = declaredFraming(fields);
  if (declared === undefined) return noBody;
  return declared instanceof Malformed || declared.kind !== 'length' || declared.length > 0
    ? declared
    : noBody;
}

/** An answer's body depends on the request's method and the status (RFC 9112 section 6.3). */
export function answerFraming(fields: Fields, method: string, status: number): Framing | Malformed {
  const declared = declaredFraming(fields);
  if (declared instanceof Malformed) return declared;
  if (method === 'HEAD' || status === 204 || status === 304 || status < 200) return noBody;
  return declared ?? closeBody;
}
