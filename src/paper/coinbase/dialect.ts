// The Coinbase Advanced Trade dialect of the paper exchange: routes, the JWT's check and errors.
// Sources: docs.cdp.coinbase.com (Advanced Trade REST, API key authentication), ccxt 4.5.84 coinbase, coinbase-api 1.2.6.
import { createPublicKey, verify } from 'node:crypto';
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { isStrictObject, JsonNumber, parseStrictJson, type StrictObject } from '../../venues/json-strict.js';
import { findCredential } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { jsonFields, queryFields } from '../fields.js';
import { accountRoute } from './account.js';
import { marketRoute } from './market-data.js';
import { tradingRoutes } from './trading.js';

const lifetimeSeconds = 120;
const jws = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/;

export const coinbaseDialect: Dialect = {
  venue: 'coinbase',
  answer(request, exchange) {
    try {
      return jsonAnswer(200, route(request, exchange));
    } catch (thrown) {
      if (thrown instanceof PaperFault) return errorAnswer(thrown);
      throw thrown;
    }
  },
};

function route(request: HttpRequest, exchange: Exchange): unknown {
  const { engine } = exchange;
  const { method, path } = request;
  const fields = method === 'GET' ? queryFields(request) : jsonFields(request);
  const open = method === 'GET' ? marketRoute(path, { engine, fields }) : undefined;
  if (open !== undefined) return open;
  if (!/^\/(api\/v3\/brokerage|v2)\//.test(path)) throw new PaperFault('PATH_UNKNOWN');
  const { id } = authenticate(request, exchange);
  const call = { engine, fields, account: engine.account(id) };
  const read = method === 'GET' ? accountRoute(path, call) : undefined;
  if (read !== undefined) return read;
  const write = method === 'POST' ? tradingRoutes.get(path) : undefined;
  if (write === undefined) throw new PaperFault('NOT_ON_PAPER');
  return write(call);
}

/** ES256 by the key, of this very method, host and path, and in its two minutes. */
function authenticate(request: HttpRequest, exchange: Exchange): PaperCredential {
  const [, head = '', body = '', signature = ''] =
    jws.exec(headerOf(request.headers, 'authorization') ?? '') ?? [];
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
  const isOfThis = textOf(claims, 'uri') === `${request.method} ${request.host}${request.path}`;
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

const unauthorized: ReadonlySet<FaultCode> = new Set([
  'KEY_MISSING',
  'KEY_UNKNOWN',
  'SIGNATURE_WRONG',
  'TIME_OUTSIDE_WINDOW',
]);

/** Authentication errors are a bare word; what an order's own answer carries never comes here. */
function errorAnswer({ code, subject }: PaperFault): HttpAnswer {
  if (unauthorized.has(code)) {
    return { status: 401, headers: [['content-type', 'text/plain']], body: Buffer.from('Unauthorized\n') };
  }
  const isAbsent = code === 'PATH_UNKNOWN' || code === 'ORDER_UNKNOWN' || code === 'INSTRUMENT_UNKNOWN';
  if (isAbsent)
    return jsonAnswer(404, { error: 'NOT_FOUND', error_details: subject, message: `${subject} not found` });
  if (code === 'NOT_ON_PAPER') {
    const message = 'This is not available on paper';
    return jsonAnswer(403, { error: 'PERMISSION_DENIED', error_details: message, message });
  }
  const message = subject === '' ? 'invalid request' : `invalid ${subject}`;
  return jsonAnswer(400, { error: 'INVALID_ARGUMENT', error_details: message, message });
}
