// The Kraken spot dialect of the paper exchange: routes, the signature's check, nonces and errors.
// Sources: docs.kraken.com REST "Authentication" and "Errors", ccxt 4.5.84 kraken.
import { createHash, createHmac } from 'node:crypto';
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { findCredential, isSameSecret } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import type { Engine } from '../engine/engine.js';
import { PaperFault } from '../fault.js';
import { type Fields, formFields, jsonFields, queryFields } from '../fields.js';
import { accountRoutes } from './account.js';
import { wordingOf } from './faults.js';
import { marketRoutes } from './market-data.js';
import { krakenMarket } from './real-market.js';
import { openSocket } from './socket.js';
import { tradingRoutes } from './trading.js';

const open = '/0/public/';
const own = '/0/private/';

/** The last nonce of each key: Kraken takes only rising ones. Lives as long as the engine. */
const nonces = new WeakMap<Engine, Map<string, bigint>>();

export const krakenDialect: Dialect = {
  venue: 'kraken',
  answer(request, exchange) {
    try {
      return jsonAnswer(200, { error: [], result: route(request, exchange) });
    } catch (thrown) {
      if (thrown instanceof PaperFault) return errorAnswer(thrown);
      throw thrown;
    }
  },
  market: krakenMarket,
  openSocket,
};

function route(request: HttpRequest, exchange: Exchange): unknown {
  const { engine } = exchange;
  const { method, path } = request;
  if (path.startsWith(open)) {
    const fields = method === 'GET' ? queryFields(request) : formFields(request);
    const handler = marketRoutes.get(path.slice(open.length));
    if (handler === undefined) throw new PaperFault('PATH_UNKNOWN');
    return handler({ engine, fields });
  }
  if (!path.startsWith(own) || method !== 'POST') throw new PaperFault('PATH_UNKNOWN');
  const isJson = /^application\/json\b/i.test(headerOf(request.headers, 'content-type') ?? '');
  const fields = isJson ? jsonFields(request) : formFields(request);
  const { id } = authenticate(request, fields, exchange);
  const name = path.slice(own.length);
  const handler = accountRoutes.get(name) ?? tradingRoutes.get(name);
  if (handler === undefined) throw new PaperFault('NOT_ON_PAPER');
  return handler({ engine, fields, account: engine.account(id) });
}

/** HMAC-SHA512 of path and SHA-256(nonce + body), keyed with the decoded secret; then the nonce must rise. */
function authenticate(request: HttpRequest, fields: Fields, exchange: Exchange): PaperCredential {
  const credential = findCredential(exchange.credentials, 'apiKey', headerOf(request.headers, 'api-key'));
  const nonce = fields.text('nonce') ?? '';
  if (!/^\d{1,20}$/.test(nonce)) throw new PaperFault('NONCE_NOT_RISING');
  const digest = createHash('sha256').update(nonce).update(request.body).digest();
  const expected = createHmac('sha512', Buffer.from(credential.secrets.secret?.reveal() ?? '', 'base64'))
    .update(request.path)
    .update(digest)
    .digest('base64');
  const sent = headerOf(request.headers, 'api-sign') ?? '';
  if (!isSameSecret(expected, sent)) throw new PaperFault('SIGNATURE_WRONG');
  const seen = nonces.get(exchange.engine) ?? new Map<string, bigint>();
  nonces.set(exchange.engine, seen);
  if (BigInt(nonce) <= (seen.get(credential.id) ?? -1n)) throw new PaperFault('NONCE_NOT_RISING');
  seen.set(credential.id, BigInt(nonce));
  return credential;
}

function errorAnswer(fault: PaperFault): HttpAnswer {
  return jsonAnswer(fault.code === 'PATH_UNKNOWN' ? 404 : 200, { error: [wordingOf(fault)] });
}
