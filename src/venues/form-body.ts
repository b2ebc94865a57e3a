// A form body as one list of fields: what an order is read from, and what is sent is that list again (C3).
import { type HttpRequest, headerOf } from '../core/http.js';
import { parseStrictForm } from './form-strict.js';

export const formType = 'application/x-www-form-urlencoded';

/** The body's fields in wire order, or why it is not read as a form. An empty body has none. */
export function readFormBody(
  request: Pick<HttpRequest, 'headers' | 'body'>,
): { ok: true; fields: ReadonlyMap<string, string> } | { ok: false; problem: string } {
  if (headerOf(request.headers, 'content-encoding') !== undefined) {
    return { ok: false, problem: 'the body is compressed' };
  }
  if (request.body.length === 0) return { ok: true, fields: new Map() };
  const type = headerOf(request.headers, 'content-type');
  if (type === undefined || !/^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i.test(type)) {
    return { ok: false, problem: `the body is not sent as ${formType}` };
  }
  const form = parseStrictForm(request.body.toString('latin1'), { plus: 'space' });
  return form.ok ? form : { ok: false, problem: form.message };
}

/** One canonical text of fields: RFC 3986 percent-encoding, given order. */
export function formatForm(fields: ReadonlyMap<string, string>): string {
  return [...fields]
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

/** The bytes to send: the same fields in canonical form. Throws a plain Error on what has no single reading. */
export function rewriteForm(request: Pick<HttpRequest, 'headers' | 'body'>): Buffer {
  const read = readFormBody(request);
  if (!read.ok) throw new Error(`a body reached signing that nobody could read: ${read.problem}`);
  return Buffer.from(formatForm(read.fields));
}
