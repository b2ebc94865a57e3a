// A JSON body as one object: what an order is read from, and what is sent is that object again (C3).
import { type HttpRequest, headerOf } from '../core/http.js';
import { formatStrictJson, isStrictObject, parseStrictJson, type StrictObject } from './json-strict.js';

/** The body's object, or why it is not read as one. */
export function readJsonObject(
  request: Pick<HttpRequest, 'headers' | 'body'>,
): { ok: true; object: StrictObject } | { ok: false; problem: string } {
  const type = headerOf(request.headers, 'content-type');
  if (type === undefined || !/^application\/json(?:; ?charset=utf-8)?$/i.test(type)) {
    return { ok: false, problem: 'the body is not sent as application/json' };
  }
  if (headerOf(request.headers, 'content-encoding') !== undefined) {
    return { ok: false, problem: 'the body is compressed' };
  }
  const parsed = parseStrictJson(request.body);
  if (!parsed.ok) return { ok: false, problem: parsed.message };
  if (!isStrictObject(parsed.value)) return { ok: false, problem: 'the body is not a JSON object' };
  return { ok: true, object: parsed.value };
}

/** The bytes to send: none for an empty body, else the same object in compact form. Throws a plain Error on what has no single reading. */
export function rewriteJson(request: Pick<HttpRequest, 'headers' | 'body'>): Buffer {
  if (request.body.length === 0) return request.body;
  const read = readJsonObject(request);
  if (!read.ok) throw new Error(`a body reached signing that nobody could read: ${read.problem}`);
  return Buffer.from(formatStrictJson(read.object));
}
