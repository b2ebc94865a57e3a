// The Tradier dialect of the paper exchange: shares and options of a margin account, routes, the token's check and errors.
// Sources: documentation.tradier.com/brokerage-api; QuantConnect Lean.Brokerages.Tradier for the words of errors.
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { findCredential } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { formFields } from '../fields.js';
import { accountRoute } from './account.js';
import { marketRoute } from './market-data.js';
import { openSocket, sessionRoute } from './socket.js';
import { tradingRoute } from './trading.js';

export const tradierDialect: Dialect = {
  venue: 'tradier',
  openSocket,
  answer(request, exchange) {
    try {
      return jsonAnswer(200, route(request, exchange));
    } catch (thrown) {
      if (thrown instanceof PaperFault) return errorAnswer(thrown);
      throw thrown;
    }
  },
};

/** Everything wants the token, quotes too. Answers are JSON, whatever was asked for: the real default is XML. */
function route(request: HttpRequest, exchange: Exchange): unknown {
  const { engine } = exchange;
  const { method, path } = request;
  const { id } = authenticate(request, exchange);
  const call = { engine, fields: formFields(request), account: engine.account(id) };
  const session = sessionRoute(method, path, call);
  if (session !== undefined) return session;
  const isRead = method === 'GET' || path === '/v1/markets/quotes';
  const answer = isRead
    ? (marketRoute(path, call) ?? accountRoute(path, call))
    : tradingRoute(method, path, call);
  if (answer === undefined) throw new PaperFault(path.startsWith('/v1/') ? 'NOT_ON_PAPER' : 'PATH_UNKNOWN');
  return answer;
}

function authenticate(request: HttpRequest, { credentials }: Exchange): PaperCredential {
  const [, token] = /^Bearer (\S+)$/.exec(headerOf(request.headers, 'authorization') ?? '') ?? [];
  return findCredential(credentials, 'accessToken', token);
}

/** The API's own refusals are 400; those of systems behind it 200 with `errors` ("Error Responses"). */
type Wording = readonly [status: number, message: string];
const unsupported: Wording = [400, 'not available on paper'];
const badPrice: Wording = [200, 'Limit price is too far from the market.'];
const badQuantity: Wording = [400, 'Invalid parameter, quantity: must be a whole number.'];

/** `*` stands for what the fault is about. */
const wordings: Readonly<Record<Exclude<FaultCode, 'KEY_MISSING' | 'KEY_UNKNOWN'>, Wording>> = {
  SIGNATURE_WRONG: unsupported,
  NONCE_NOT_RISING: unsupported,
  TIME_OUTSIDE_WINDOW: unsupported,
  BODY_UNREADABLE: [400, 'Invalid request body.'],
  PARAMETER_MISSING: [400, 'Invalid parameter, *: is required.'],
  PARAMETER_BAD: [400, 'Invalid parameter, *: is not valid.'],
  PATH_UNKNOWN: [404, 'Not found.'],
  NOT_ON_PAPER: unsupported,
  INSTRUMENT_UNKNOWN: [400, 'Invalid parameter, symbol: * is not found.'],
  PRICE_NOT_ON_TICK: [400, 'Invalid parameter, price: must be in cents.'],
  PRICE_TOO_HIGH: badPrice,
  PRICE_TOO_LOW: badPrice,
  SIZE_NOT_ON_LOT: badQuantity,
  SIZE_TOO_SMALL: badQuantity,
  SIZE_TOO_LARGE: badQuantity,
  INSUFFICIENT_BALANCE: [200, 'You do not have enough buying power for this trade.'],
  NOTHING_TO_REDUCE: [
    200,
    'Order cannot be placed unless you are closing a position: buy to cover a short position, sell to close a long option.',
  ],
  CLIENT_ID_TAKEN: unsupported,
  TOO_MANY_ORDERS: [200, 'Too many open orders.'],
  ORDER_UNKNOWN: [404, 'order not found: *'],
  ORDER_DONE: [400, 'order already in finalized state: *'],
  NO_CHANGE: [400, 'Invalid parameter, price: is not changed.'],
};

function errorAnswer({ code: fault, subject }: PaperFault): HttpAnswer {
  if (fault === 'KEY_MISSING' || fault === 'KEY_UNKNOWN') {
    const detail = { errorcode: 'keymanagement.service.invalid_access_token' };
    return jsonAnswer(401, { fault: { faultstring: 'Invalid Access Token', detail } });
  }
  const [status, message] = wordings[fault];
  return jsonAnswer(status, { errors: { error: message.replace('*', subject) } });
}
