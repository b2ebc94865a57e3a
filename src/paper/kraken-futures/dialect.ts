// The Kraken Futures dialect of the paper exchange: routes, the signature's check and errors.
// Sources: docs.kraken.com "Futures REST: authentication" (flow of 20 February 2024) and errors, ccxt 4.5.84 krakenfutures.
import { createHash, createHmac } from 'node:crypto';
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { findCredential, isSameSecret } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { Fields, formFields } from '../fields.js';
import { accountRoutes } from './account.js';
import { marketRoute } from './market-data.js';
import { openSocket } from './socket.js';
import { tradingRoutes } from './trading.js';

const prefix = '/derivatives';
const trading = `${prefix}/api/v3/`;

export const krakenFuturesDialect: Dialect = {
  venue: 'kraken-futures',
  openSocket,
  answer(request, exchange) {
    const serverTime = new Date(exchange.nowMs).toISOString();
    try {
      return jsonAnswer(200, { result: 'success', ...route(request, exchange), serverTime });
    } catch (thrown) {
      if (thrown instanceof PaperFault) return errorAnswer(thrown, serverTime);
      throw thrown;
    }
  },
};

function route(request: HttpRequest, exchange: Exchange): object {
  const { engine } = exchange;
  const { method, path } = request;
  const name = path.startsWith(trading) ? path.slice(trading.length) : path;
  const fields = fieldsOf(request);
  const open = method === 'GET' ? marketRoute(name) : undefined;
  if (open !== undefined) return open({ engine, fields });
  const { id } = authenticate(request, exchange);
  const own = accountRoutes.get(`${method} ${name}`) ?? tradingRoutes.get(`${method} ${name}`);
  if (own === undefined) throw new PaperFault('NOT_ON_PAPER');
  return own({ engine, fields, account: engine.account(id) });
}

/** ccxt writes a batch's JSON unescaped after `json=`. */
function fieldsOf(request: HttpRequest): Fields {
  const text = request.body.length > 0 ? request.body.toString() : request.query;
  return text.startsWith('json={') ? new Fields(new Map([['json', text.slice(5)]])) : formFields(request);
}

/** HMAC-SHA512, keyed with the decoded secret, of SHA-256(parameters + Nonce + path without /derivatives). */
function authenticate(request: HttpRequest, { credentials }: Exchange): PaperCredential {
  const credential = findCredential(credentials, 'apiKey', headerOf(request.headers, 'apikey'));
  const { path, query, body } = request;
  const digest = createHash('sha256')
    .update(body.length > 0 ? body : Buffer.from(query))
    .update(headerOf(request.headers, 'nonce') ?? '')
    .update(path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path)
    .digest();
  const expected = createHmac('sha512', Buffer.from(credential.secrets.secret?.reveal() ?? '', 'base64'))
    .update(digest)
    .digest('base64');
  if (!isSameSecret(expected, headerOf(request.headers, 'authent') ?? ''))
    throw new PaperFault('SIGNATURE_WRONG');
  return credential;
}

const unauthenticated: ReadonlySet<FaultCode> = new Set(['KEY_MISSING', 'KEY_UNKNOWN', 'SIGNATURE_WRONG']);

/** Errors come with 200, but for what is no path. */
function errorAnswer({ code }: PaperFault, serverTime: string): HttpAnswer {
  const error = unauthenticated.has(code)
    ? 'authenticationError'
    : code === 'PARAMETER_MISSING'
      ? 'requiredArgumentMissing'
      : code === 'NOT_ON_PAPER'
        ? 'notFound'
        : 'invalidArgument';
  return jsonAnswer(200, { result: 'error', error, serverTime });
}
