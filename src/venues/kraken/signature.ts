// Kraken spot's signature, and the nonce that the sidecar puts in place of the client's.
import { createHash } from 'node:crypto';
import { type HttpRequest, headerOf } from '../../core/http.js';
import { parseStrictForm } from '../form-strict.js';
import { hmac } from '../hmac.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  parseStrictJson,
  type StrictJson,
} from '../json-strict.js';

/** A private call's body: its fields, its nonce, and the same body with another nonce. */
export interface PrivateBody {
  contentType: 'application/x-www-form-urlencoded' | 'application/json';
  fields: ReadonlyMap<string, StrictJson>;
  nonce: string;
  /** Keeps the order of the fields, and a form's encoding byte for byte. */
  withNonce(nonce: bigint): Buffer;
}

const unsigned64 = /^(?:0|[1-9]\d{0,19})$/;

/** Reads a form or JSON body, or says why it is refused. */
export function readPrivateBody(
  request: Pick<HttpRequest, 'headers' | 'body'>,
): PrivateBody | { problem: string } {
  if (headerOf(request.headers, 'content-encoding') !== undefined)
    return { problem: 'the body is compressed' };
  const type = headerOf(request.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return readForm(request.body);
  if (type === 'application/json') return readJson(request.body);
  return { problem: 'the body is neither a form nor JSON' };
}

/**
 * `API-Sign`: base64 of HMAC-SHA512 under the decoded secret over path and SHA-256 of nonce and body.
 * Source: docs.kraken.com/api/docs/guides/spot-rest-auth.
 */
export function apiSign(secret: string, path: string, nonce: string, body: Buffer): string {
  const digest = createHash('sha256').update(nonce).update(body).digest();
  return hmac('sha512', Buffer.from(secret, 'base64'), [path, digest], 'base64');
}

function readForm(body: Buffer): PrivateBody | { problem: string } {
  const text = body.toString('latin1');
  const form = parseStrictForm(text, { plus: 'space' });
  if (!form.ok) return { problem: form.message };
  const nonce = form.fields.get('nonce');
  if (nonce === undefined || !unsigned64.test(nonce)) return { problem: 'the body holds no valid nonce' };
  return {
    contentType: 'application/x-www-form-urlencoded',
    fields: form.fields,
    nonce,
    withNonce: (own) =>
      Buffer.from(
        text
          .split('&')
          .map((pair) => replaceNonce(pair, own))
          .join('&'),
        'latin1',
      ),
  };
}

function replaceNonce(pair: string, nonce: bigint): string {
  const name = pair.slice(0, pair.indexOf('='));
  return decodeURIComponent(name.replaceAll('+', ' ')) === 'nonce' ? `${name}=${nonce}` : pair;
}

function readJson(body: Buffer): PrivateBody | { problem: string } {
  const parsed = parseStrictJson(body);
  if (!parsed.ok) return { problem: parsed.message };
  if (!isStrictObject(parsed.value)) return { problem: 'the body is not a JSON object' };
  const fields = parsed.value;
  const given = fields.get('nonce');
  const nonce = given instanceof JsonNumber ? given.text : given;
  if (typeof nonce !== 'string' || !unsigned64.test(nonce))
    return { problem: 'the body holds no valid nonce' };
  return {
    contentType: 'application/json',
    fields,
    nonce,
    withNonce: (own) => {
      const value = given instanceof JsonNumber ? new JsonNumber(`${own}`) : `${own}`;
      return Buffer.from(formatStrictJson(new Map([...fields]).set('nonce', value)));
    },
  };
}
