// The Alpaca dialect of the paper exchange: pairs, shares and options, routes, the key's check and errors.
// Sources: docs.alpaca.markets (Trading API), @alpacahq/alpaca-trade-api 4.0.2, ccxt 4.5.84 alpaca.
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { findCredential, isSameSecret } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { jsonFields, queryFields } from '../fields.js';
import { accountRoute } from './account.js';
import { marketRoute, optionRoute, stockRoute } from './market-data.js';
import { openSocket } from './socket.js';
import { tradingRoute } from './trading.js';

export const alpacaDialect: Dialect = {
  venue: 'alpaca',
  answer(request, exchange) {
    try {
      const result = route(request, exchange);
      return result === undefined
        ? { status: 204, headers: [], body: Buffer.alloc(0) }
        : jsonAnswer(Array.isArray(result) && request.method === 'DELETE' ? 207 : 200, result);
    } catch (thrown) {
      if (thrown instanceof PaperFault) return errorAnswer(thrown);
      throw thrown;
    }
  },
  openSocket,
};

/** Undefined stands for 204 No Content. */
function route(request: HttpRequest, exchange: Exchange): unknown {
  const { engine } = exchange;
  const { method, path } = request;
  const fields = method === 'GET' || method === 'DELETE' ? queryFields(request) : jsonFields(request);
  const open = method === 'GET' ? marketRoute(path, { engine, fields }) : undefined;
  if (open !== undefined) return open;
  const { id } = authenticate(request, exchange);
  const call = { engine, fields, account: engine.account(id) };
  const read =
    method === 'GET'
      ? (stockRoute(path, call) ?? optionRoute(path, call) ?? accountRoute(path, call))
      : undefined;
  if (read !== undefined) return read;
  const write = method === 'GET' ? undefined : tradingRoute(method, path);
  if (write === undefined) throw new PaperFault(path.startsWith('/v2/') ? 'NOT_ON_PAPER' : 'PATH_UNKNOWN');
  return write(call);
}

/** The key pair in two headers; nothing is signed. */
function authenticate(request: HttpRequest, { credentials }: Exchange): PaperCredential {
  const credential = findCredential(credentials, 'keyId', headerOf(request.headers, 'apca-api-key-id'));
  const sent = headerOf(request.headers, 'apca-api-secret-key') ?? '';
  if (!isSameSecret(credential.secrets.secretKey?.reveal(), sent)) throw new PaperFault('SIGNATURE_WRONG');
  return credential;
}

type Wording = readonly [status: number, code: number, message: string];
const forbidden: Wording = [403, 40310000, 'forbidden.'];
const badPrice: Wording = [422, 42210000, 'limit price is outside what is taken'];

/** docs.alpaca.markets, order endpoints; `*` stands for what the fault is about. */
const wordings: Readonly<Record<FaultCode, Wording>> = {
  KEY_MISSING: [401, 40110000, 'request is not authorized'],
  KEY_UNKNOWN: [401, 40110000, 'request is not authorized'],
  SIGNATURE_WRONG: [401, 40110000, 'request is not authorized'],
  NONCE_NOT_RISING: forbidden,
  TIME_OUTSIDE_WINDOW: forbidden,
  BODY_UNREADABLE: [400, 40010000, 'request body format is invalid'],
  PARAMETER_MISSING: [422, 40010001, '* is required'],
  PARAMETER_BAD: [422, 40010001, 'invalid *'],
  PATH_UNKNOWN: [404, 40410000, 'endpoint not found.'],
  NOT_ON_PAPER: [403, 40310000, 'not available on paper'],
  INSTRUMENT_UNKNOWN: [422, 42210000, 'asset "*" not found'],
  PRICE_NOT_ON_TICK: [422, 42210000, 'invalid limit_price: sub-increment'],
  PRICE_TOO_HIGH: badPrice,
  PRICE_TOO_LOW: badPrice,
  SIZE_NOT_ON_LOT: [422, 42210000, 'invalid qty: sub-increment'],
  SIZE_TOO_SMALL: [403, 40310000, 'cost basis must be >= minimal amount of order'],
  SIZE_TOO_LARGE: [422, 42210000, 'qty is above the maximum'],
  INSUFFICIENT_BALANCE: [403, 40310000, 'insufficient balance for *'],
  NOTHING_TO_REDUCE: [404, 40410000, 'position does not exist'],
  CLIENT_ID_TAKEN: [422, 40010001, 'client_order_id must be unique'],
  TOO_MANY_ORDERS: [403, 40310000, 'too many open orders'],
  ORDER_UNKNOWN: [404, 40410000, 'order not found for *'],
  ORDER_DONE: [422, 42210000, 'order is not cancelable'],
  NO_CHANGE: [422, 42210000, 'order parameters are not changed'],
};

function errorAnswer({ code: fault, subject }: PaperFault): HttpAnswer {
  const [status, code, message] = wordings[fault];
  return jsonAnswer(status, { code, message: message.replace('*', subject) });
}
