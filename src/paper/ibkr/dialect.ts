// The Interactive Brokers dialect of the paper exchange: the Client Portal Web API, routes, the signature's check and errors.
// Sources: ibkrcampus.com cpapi-v1 and webapi reference; Voyz/ibind a3d8fe1.
import { type HttpRequest, jsonAnswer } from '../../core/http.js';
import type { Dialect, Exchange } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { jsonFields, queryFields } from '../fields.js';
import { accountRoutes, ownRead } from './account.js';
import { authenticate } from './authentication.js';
import { openSocket } from './socket.js';
import { tradingRoute } from './trading.js';

const prefix = '/v1/api/';

export const ibkrDialect: Dialect = {
  venue: 'ibkr',
  openSocket,
  answer(request, exchange) {
    try {
      const { headers, ...answer } = jsonAnswer(200, route(request, exchange));
      // Nothing else tells IBKR's time.
      return { ...answer, headers: [...headers, ['date', new Date(exchange.engine.nowMs).toUTCString()]] };
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      const [status, error] = wordings[thrown.code];
      return jsonAnswer(status, { error: error.replace('*', thrown.subject), statusCode: status });
    }
  },
};

function route(request: HttpRequest, exchange: Exchange): unknown {
  const { engine } = exchange;
  const { method } = request;
  if (!request.path.startsWith(prefix)) throw new PaperFault('PATH_UNKNOWN');
  const path = request.path.slice(prefix.length);
  const { id } = authenticate(request, exchange);
  const fields = method === 'GET' || request.body.length === 0 ? queryFields(request) : jsonFields(request);
  const call = { engine, fields, account: engine.account(id) };
  const answer =
    accountRoutes.get(`${method} ${path}`)?.(call) ??
    (method === 'GET' ? ownRead(path, call) : tradingRoute(method, path, call));
  if (answer === undefined) throw new PaperFault('NOT_ON_PAPER');
  return answer;
}

type Wording = readonly [status: number, error: string];
const unauthorized: Wording = [401, 'unauthorized'];
const badPrice: Wording = [400, 'The limit price is too far from the market.'];
const badSize: Wording = [400, 'Invalid order quantity.'];

/** `*` stands for what the fault is about. */
const wordings: Readonly<Record<FaultCode, Wording>> = {
  KEY_MISSING: unauthorized,
  KEY_UNKNOWN: unauthorized,
  SIGNATURE_WRONG: [401, 'invalid signature'],
  TIME_OUTSIDE_WINDOW: [401, 'invalid timestamp'],
  NONCE_NOT_RISING: unauthorized,
  BODY_UNREADABLE: [400, 'Bad Request: no valid body'],
  PARAMETER_MISSING: [400, 'Bad Request: missing *'],
  PARAMETER_BAD: [400, 'Bad Request: invalid *'],
  PATH_UNKNOWN: [404, 'Resource not found'],
  NOT_ON_PAPER: [501, 'not available on paper'],
  INSTRUMENT_UNKNOWN: [400, 'No contract * found'],
  PRICE_NOT_ON_TICK: [400, 'The price does not conform to the minimum price variation.'],
  PRICE_TOO_HIGH: badPrice,
  PRICE_TOO_LOW: badPrice,
  SIZE_NOT_ON_LOT: badSize,
  SIZE_TOO_SMALL: badSize,
  SIZE_TOO_LARGE: badSize,
  INSUFFICIENT_BALANCE: [400, 'Your order is not accepted: insufficient funds.'],
  NOTHING_TO_REDUCE: [400, 'There is no position to close.'],
  CLIENT_ID_TAKEN: [400, "Order couldn't be submitted: Local order ID=* is already registered."],
  TOO_MANY_ORDERS: [400, 'Too many open orders.'],
  ORDER_UNKNOWN: [400, "OrderID * doesn't exist"],
  ORDER_DONE: [400, "OrderID * doesn't exist"],
  NO_CHANGE: [400, 'Nothing is changed.'],
};
