// The Bybit v5 dialect of the paper exchange: routes, the signature's check and errors.
// Sources: bybit-exchange/docs docs/v5/guide.mdx and error.mdx (2026-07-24), ccxt 4.5.84 bybit, bybit-api 4.7.7.
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { findCredential } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { PaperFault } from '../fault.js';
import { jsonFields, queryFields } from '../fields.js';
import { isSignedBy } from '../signature-check.js';
import { accountRoutes } from './account.js';
import { wordingOf } from './faults.js';
import { marketRoutes } from './market-data.js';
import { bybitMarket } from './real-market.js';
import { openSocket } from './socket.js';
import { batchRoutes, tradingRoutes } from './trading.js';

const aheadMs = 1000;

export const bybitDialect: Dialect = {
  venue: 'bybit',
  answer(request, exchange) {
    try {
      const { result, retExtInfo } = route(request, exchange);
      return envelope(exchange, 0, 'OK', result, retExtInfo);
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      if (thrown.code === 'PATH_UNKNOWN') return jsonAnswer(404, { error: 'not found' });
      return envelope(exchange, ...wordingOf(thrown), {});
    }
  },
  market: bybitMarket,
  openSocket,
};

function route(request: HttpRequest, exchange: Exchange): { result: unknown; retExtInfo?: unknown } {
  const { engine } = exchange;
  const name = `${request.method} ${request.path}`;
  const fields = request.method === 'GET' ? queryFields(request) : jsonFields(request);
  const open = marketRoutes.get(name);
  if (open !== undefined) return { result: open({ engine, fields }) };
  if (!request.path.startsWith('/v5/')) throw new PaperFault('PATH_UNKNOWN');
  const { id } = authenticate(request, exchange);
  const call = { engine, fields, account: engine.account(id) };
  const batch = batchRoutes.get(name);
  if (batch !== undefined) return batch(call);
  const own = accountRoutes.get(name) ?? tradingRoutes.get(name);
  if (own === undefined) throw new PaperFault('NOT_ON_PAPER');
  return { result: own(call) };
}

/** guide.mdx, "Authentication": timestamp + key + window + query string or body, HMAC-SHA256 in lower-case hex or RSA in base64. */
function authenticate(request: HttpRequest, { credentials, nowMs }: Exchange): PaperCredential {
  const sent = (name: string) => headerOf(request.headers, `x-bapi-${name}`);
  const credential = findCredential(credentials, 'apiKey', sent('api-key'));
  const timestamp = sent('timestamp') ?? '';
  const windowMs = sent('recv-window') ?? '5000';
  const isInTime = Number(timestamp) < nowMs + aheadMs && Number(timestamp) >= nowMs - Number(windowMs);
  if (!isInTime) throw new PaperFault('TIME_OUTSIDE_WINDOW', timestamp);
  const asked = request.method === 'GET' ? Buffer.from(request.query) : request.body;
  const payload = Buffer.concat([Buffer.from(timestamp + (sent('api-key') ?? '') + windowMs), asked]);
  if (!isSignedBy(credential.secrets.secretKey?.reveal(), payload, sent('sign') ?? ''))
    throw new PaperFault('SIGNATURE_WRONG');
  return credential;
}

function envelope(
  { nowMs }: Exchange,
  retCode: number,
  retMsg: string,
  result: unknown,
  retExtInfo: unknown = {},
): HttpAnswer {
  return jsonAnswer(200, { retCode, retMsg, result, retExtInfo, time: nowMs });
}
