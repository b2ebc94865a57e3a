// The Bybit v5 dialect of the paper exchange: routes, the signature's check and errors.
// Sources: bybit-exchange/docs docs/v5/guide.mdx and error.mdx (2026-07-24), ccxt 4.5.84 bybit, bybit-api 4.7.7.
import { createHmac } from 'node:crypto';
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { findCredential, isSameSecret } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { jsonFields, queryFields } from '../fields.js';
import { accountRoutes } from './account.js';
import { marketRoutes } from './market-data.js';
import { tradingRoutes } from './trading.js';

const aheadMs = 1000;

export const bybitDialect: Dialect = {
  venue: 'bybit',
  answer(request, exchange) {
    try {
      return envelope(exchange, 0, 'OK', route(request, exchange));
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      const [code, message] = wordings[thrown.code];
      if (thrown.code === 'PATH_UNKNOWN') return jsonAnswer(404, { error: 'not found' });
      return envelope(exchange, code, message.replace('*', thrown.subject), {});
    }
  },
};

function route(request: HttpRequest, exchange: Exchange): unknown {
  const { engine } = exchange;
  const name = `${request.method} ${request.path}`;
  const fields = request.method === 'GET' ? queryFields(request) : jsonFields(request);
  const open = marketRoutes.get(name);
  if (open !== undefined) return open({ engine, fields });
  if (!request.path.startsWith('/v5/')) throw new PaperFault('PATH_UNKNOWN');
  const { id } = authenticate(request, exchange);
  const own = accountRoutes.get(name) ?? tradingRoutes.get(name);
  if (own === undefined) throw new PaperFault('NOT_ON_PAPER');
  return own({ engine, fields, account: engine.account(id) });
}

/** guide.mdx, "Authentication": timestamp + key + window + query string or body, HMAC-SHA256 in lower-case hex. */
function authenticate(request: HttpRequest, { credentials, nowMs }: Exchange): PaperCredential {
  const sent = (name: string) => headerOf(request.headers, `x-bapi-${name}`);
  const credential = findCredential(credentials, 'apiKey', sent('api-key'));
  const timestamp = sent('timestamp') ?? '';
  const windowMs = sent('recv-window') ?? '5000';
  const isInTime = Number(timestamp) < nowMs + aheadMs && Number(timestamp) >= nowMs - Number(windowMs);
  if (!isInTime) throw new PaperFault('TIME_OUTSIDE_WINDOW', timestamp);
  const payload = request.method === 'GET' ? Buffer.from(request.query) : request.body;
  const expected = createHmac('sha256', credential.secrets.secretKey?.reveal() ?? '')
    .update(timestamp + (sent('api-key') ?? '') + windowMs)
    .update(payload)
    .digest('hex');
  if (!isSameSecret(expected, sent('sign') ?? '')) throw new PaperFault('SIGNATURE_WRONG');
  return credential;
}

function envelope({ nowMs }: Exchange, retCode: number, retMsg: string, result: unknown): HttpAnswer {
  return jsonAnswer(200, { retCode, retMsg, result, retExtInfo: {}, time: nowMs });
}

/** error.mdx; spot errors are of the 170xxx family. `*` stands for what the fault is about. */
const wordings: Readonly<Record<FaultCode, readonly [code: number, message: string]>> = {
  KEY_MISSING: [10003, 'API key is invalid.'],
  KEY_UNKNOWN: [10003, 'API key is invalid.'],
  SIGNATURE_WRONG: [10004, 'error sign! please check your signature generation algorithm.'],
  NONCE_NOT_RISING: [10014, 'Invalid duplicate request.'],
  TIME_OUTSIDE_WINDOW: [
    10002,
    'invalid request, please check your server timestamp or recv_window param. req_timestamp[*]',
  ],
  BODY_UNREADABLE: [10001, 'params error: unreadable'],
  PARAMETER_MISSING: [10001, 'params error: * is required'],
  PARAMETER_BAD: [10001, 'params error: *'],
  PATH_UNKNOWN: [404, 'not found'],
  NOT_ON_PAPER: [10032, 'Demo trading are not supported.'],
  INSTRUMENT_UNKNOWN: [10001, 'params error: symbol invalid *'],
  PRICE_NOT_ON_TICK: [170134, 'Order price has too many decimals.'],
  PRICE_TOO_HIGH: [170193, 'Buy order price cannot be higher than the limit.'],
  PRICE_TOO_LOW: [170194, 'Sell order price cannot be lower than the limit.'],
  SIZE_NOT_ON_LOT: [170137, 'Order volume decimal too long'],
  SIZE_TOO_SMALL: [170140, 'Order value exceeded lower limit.'],
  SIZE_TOO_LARGE: [170135, 'Order quantity exceeded upper limit.'],
  INSUFFICIENT_BALANCE: [170131, 'Insufficient balance.'],
  NOTHING_TO_REDUCE: [110017, 'current position is zero, cannot fix reduce-only order qty'],
  CLIENT_ID_TAKEN: [170141, 'Duplicate clientOrderId'],
  TOO_MANY_ORDERS: [170810, 'Cannot exceed maximum of 500 conditional, TP/SL and active orders.'],
  ORDER_UNKNOWN: [170213, 'Order does not exist.'],
  ORDER_DONE: [170213, 'Order does not exist.'],
  NO_CHANGE: [10001, 'The order remains unchanged as the parameters entered match the existing ones.'],
};
