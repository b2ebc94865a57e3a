// The Coinbase Exchange dialect of the paper exchange: routes, the signature's check and errors.
// Sources: docs.cdp.coinbase.com Exchange "REST API authentication" and "Errors", ccxt 4.5.84 coinbaseexchange.
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { type Fields, jsonFields, queryFields } from '../fields.js';
import { checkSignature } from './authentication.js';
import { marketRoute } from './market-data.js';
import { orderRoute } from './orders.js';
import { openSocket } from './socket.js';

export const coinbaseExchangeDialect: Dialect = {
  venue: 'coinbase-exchange',
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

function route(request: HttpRequest, exchange: Exchange): unknown {
  const { engine } = exchange;
  const open = request.method === 'GET' ? marketRoute(request.path) : undefined;
  if (open !== undefined) return open({ engine, fields: queryFields(request) });
  const { id } = authenticate(request, exchange);
  const own = orderRoute(`${request.method} ${request.path}`);
  if (own === undefined) throw new PaperFault('NOT_ON_PAPER');
  return own({ engine, fields: fieldsOf(request), account: engine.account(id) });
}

/** Of a repeated `status` the last one counts: here all of them name what is open. */
function fieldsOf(request: HttpRequest): Fields {
  if (request.body.length > 0) return jsonFields(request);
  const once = request.query.replace(/(?:^|&)status=(?:open|pending|active)(?=&|$)/g, '').replace(/^&/, '');
  return queryFields({ ...request, query: once });
}

function authenticate(request: HttpRequest, exchange: Exchange): PaperCredential {
  const sent = (name: string) => headerOf(request.headers, `cb-access-${name}`) ?? '';
  const { method, path, query, body } = request;
  const target = `${method}${query === '' ? path : `${path}?${query}`}`;
  const [key, timestamp, sign, passphrase] = [
    sent('key'),
    sent('timestamp'),
    sent('sign'),
    sent('passphrase'),
  ];
  return checkSignature({ key, timestamp, sign, passphrase }, [target, body], exchange);
}

/** Status and message, as SDKs match them. `*` stands for what the fault is about. */
const wordings: Partial<Readonly<Record<FaultCode, readonly [status: number, message: string]>>> = {
  KEY_MISSING: [401, 'CB-ACCESS-KEY header is required'],
  KEY_UNKNOWN: [401, 'Invalid API Key'],
  SIGNATURE_WRONG: [401, 'invalid signature'],
  TIME_OUTSIDE_WINDOW: [400, 'request timestamp expired'],
  NOT_ON_PAPER: [400, 'This is not available on paper'],
  INSTRUMENT_UNKNOWN: [404, 'NotFound'],
  ORDER_UNKNOWN: [404, 'order not found'],
  ORDER_DONE: [400, 'Order already done'],
  INSUFFICIENT_BALANCE: [400, 'Insufficient funds'],
  PRICE_NOT_ON_TICK: [400, 'price is too accurate'],
  PRICE_TOO_HIGH: [400, 'price is too far from the market'],
  PRICE_TOO_LOW: [400, 'price is too far from the market'],
  SIZE_NOT_ON_LOT: [400, 'size is too accurate'],
  SIZE_TOO_SMALL: [400, 'size is too small'],
  SIZE_TOO_LARGE: [400, 'size is too large'],
  CLIENT_ID_TAKEN: [400, 'client_oid is already used'],
};

function errorAnswer({ code, subject }: PaperFault): HttpAnswer {
  const [status, message] = wordings[code] ?? [400, `invalid ${subject}`];
  return jsonAnswer(status, { message });
}
