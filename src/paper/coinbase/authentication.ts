// The JWT's check of Coinbase's paper exchange. Independent of venues/coinbase on purpose: one would hide the other's mistake.
// Source: docs.cdp.coinbase.com (API key authentication).
import { createPublicKey, verify } from 'node:crypto';
import { isStrictObject, JsonNumber, parseStrictJson, type StrictObject } from '../../venues/json-strict.js';
import { findCredential } from '../desk.js';
import type { Exchange, PaperCredential } from '../dialect.js';
import { PaperFault } from '../fault.js';

const lifetimeSeconds = 120;
const jws = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/** ES256 by the key, of `METHOD host/path` or, on a socket, of none, and in its two minutes. Throws PaperFault. */
export function checkToken(bearer: string, exchange: Exchange, uri: string | undefined): PaperCredential {
  const [, head = '', body = '', signature = ''] = jws.exec(bearer) ?? [];
  const [header, claims] = [decode(head), decode(body)];
  if (header === undefined || claims === undefined) throw new PaperFault('KEY_MISSING');
  const credential = findCredential(exchange.credentials, 'apiKey', textOf(header, 'kid'));
  const pem = credential.secrets.privateKey?.reveal() ?? '';
  const isSigned =
    textOf(header, 'alg') === 'ES256' &&
    verify(
      'sha256',
      Buffer.from(`${head}.${body}`),
      { key: createPublicKey(pem), dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
  const isOfThis = textOf(claims, 'uri') === uri;
  if (!isSigned || !isOfThis || textOf(claims, 'sub') !== textOf(header, 'kid'))
    throw new PaperFault('SIGNATURE_WRONG');
  const [from, until] = [secondsOf(claims, 'nbf'), secondsOf(claims, 'exp')];
  const now = exchange.nowMs / 1000;
  if (!(from <= now + 1 && now < until && until - from <= lifetimeSeconds))
    throw new PaperFault('TIME_OUTSIDE_WINDOW');
  return credential;
}

function decode(part: string): StrictObject | undefined {
  const parsed = parseStrictJson(Buffer.from(part, 'base64url'));
  return parsed.ok && isStrictObject(parsed.value) ? parsed.value : undefined;
}

function textOf(object: StrictObject, name: string): string | undefined {
  const value = object.get(name);
  return typeof value === 'string' ? value : undefined;
}

function secondsOf(object: StrictObject, name: string): number {
  const value = object.get(name);
  return value instanceof JsonNumber ? Number(value.text) : Number.NaN;
}
