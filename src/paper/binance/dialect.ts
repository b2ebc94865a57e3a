// The Binance dialect of the paper exchange, spot and USDⓈ-M futures: routes, the signature's check and errors.
// Sources: binance-spot-api-docs rest-api.md and errors.md (2026-07-21), ccxt 4.5.84 binance, binance 3.6.5.
import { createHmac } from 'node:crypto';
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { findCredential, isSameSecret } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { type Fields, formFields } from '../fields.js';
import { accountRoutes } from './account.js';
import { futuresAccountRoutes } from './futures-account.js';
import { futuresMarketRoutes } from './futures-market.js';
import { futuresTradingRoutes } from './futures-trading.js';
import { marketRoutes } from './market-data.js';
import { tradingRoutes } from './trading.js';

/** Families that exist at Binance; what is not on paper of them says so. */
const family = /^\/(api\/v3|sapi\/v\d|[fdep]api\/v\d)\//;
/** rest-api.md, "Timing security": 5000 unless told otherwise, 60000 at most; a second into the future is borne. */
const defaultWindowMs = 5000;
const mostWindowMs = 60_000;
const aheadMs = 1000;

export const binanceDialect: Dialect = {
  venue: 'binance',
  answer(request, exchange) {
    try {
      return route(request, exchange);
    } catch (thrown) {
      if (thrown instanceof PaperFault) return errorAnswer(thrown, request);
      throw thrown;
    }
  },
};

function route(request: HttpRequest, exchange: Exchange): HttpAnswer {
  const { engine } = exchange;
  const name = `${request.method} ${request.path}`;
  const fields = formFields(request);
  const open = marketRoutes.get(name) ?? futuresMarketRoutes.get(name);
  if (open !== undefined) return jsonAnswer(200, open({ engine, fields }));
  if (!family.test(request.path)) throw new PaperFault('PATH_UNKNOWN');
  const { id } = authenticate(request, fields, exchange);
  const own = [accountRoutes, tradingRoutes, futuresAccountRoutes, futuresTradingRoutes]
    .find((routes) => routes.has(name))
    ?.get(name);
  if (own === undefined) throw new PaperFault('NOT_ON_PAPER');
  return jsonAnswer(200, own({ engine, fields, account: engine.account(id) }));
}

/** The key, the signature over query and body without a separator, and the time (rest-api.md, "Request security"). */
function authenticate(request: HttpRequest, fields: Fields, exchange: Exchange): PaperCredential {
  const credential = findCredential(
    exchange.credentials,
    'apiKey',
    headerOf(request.headers, 'x-mbx-apikey'),
  );
  const signature = fields.required('signature');
  const payload = [request.query, request.body.toString('latin1')].map(withoutSignature).join('');
  const expected = createHmac('sha256', credential.secrets.secretKey?.reveal() ?? '')
    .update(payload, 'latin1')
    .digest('hex');
  if (!isSameSecret(expected, signature.toLowerCase())) throw new PaperFault('SIGNATURE_WRONG');
  const sentMs = Number(fields.required('timestamp'));
  const windowMs = Number(fields.text('recvWindow') ?? defaultWindowMs);
  if (!(windowMs > 0 && windowMs <= mostWindowMs)) throw new PaperFault('PARAMETER_BAD', 'recvWindow');
  const isInTime = sentMs < exchange.nowMs + aheadMs && exchange.nowMs - sentMs <= windowMs;
  if (!isInTime) throw new PaperFault('TIME_OUTSIDE_WINDOW');
  return credential;
}

function withoutSignature(text: string): string {
  return text
    .split('&')
    .filter((pair) => !pair.startsWith('signature='))
    .join('&');
}

type Wording = readonly [status: number, code: number, message: string];
const unsupported: Wording = [400, -1020, 'This operation is not supported.'];

/** errors.md; `*` stands for what the fault is about. */
const wordings: Readonly<Record<FaultCode, Wording>> = {
  KEY_MISSING: [401, -2014, 'API-key format invalid.'],
  KEY_UNKNOWN: [401, -2015, 'Invalid API-key, IP, or permissions for action.'],
  SIGNATURE_WRONG: [400, -1022, 'Signature for this request is not valid.'],
  NONCE_NOT_RISING: unsupported,
  TIME_OUTSIDE_WINDOW: [400, -1021, 'Timestamp for this request is outside of the recvWindow.'],
  BODY_UNREADABLE: [400, -1101, 'Too many parameters; expected fewer.'],
  PARAMETER_MISSING: [400, -1102, "Mandatory parameter '*' was not sent, was empty/null, or malformed."],
  PARAMETER_BAD: [400, -1100, "Illegal characters found in parameter '*'."],
  PATH_UNKNOWN: [404, -1, 'Not found.'],
  NOT_ON_PAPER: unsupported,
  INSTRUMENT_UNKNOWN: [400, -1121, 'Invalid symbol.'],
  PRICE_NOT_ON_TICK: [400, -1013, 'Filter failure: PRICE_FILTER'],
  PRICE_TOO_HIGH: [400, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
  PRICE_TOO_LOW: [400, -1013, 'Filter failure: PERCENT_PRICE_BY_SIDE'],
  SIZE_NOT_ON_LOT: [400, -1013, 'Filter failure: LOT_SIZE'],
  SIZE_TOO_SMALL: [400, -1013, 'Filter failure: LOT_SIZE'],
  SIZE_TOO_LARGE: [400, -1013, 'Filter failure: LOT_SIZE'],
  INSUFFICIENT_BALANCE: [400, -2010, 'Account has insufficient balance for requested action.'],
  NOTHING_TO_REDUCE: [400, -2010, 'Order would trigger immediately.'],
  CLIENT_ID_TAKEN: [400, -2010, 'Duplicate order sent.'],
  TOO_MANY_ORDERS: [400, -1013, 'Filter failure: MAX_NUM_ORDERS'],
  ORDER_UNKNOWN: [400, -2011, 'Unknown order sent.'],
  ORDER_DONE: [400, -2011, 'Unknown order sent.'],
  NO_CHANGE: [400, -2038, 'The requested action would change no state; rejecting.'],
};

/** errors.md: a query of an order that does not exist is told otherwise than a cancel of one. */
const noSuchOrder: Wording = [400, -2013, 'Order does not exist.'];

/** Where futures say it otherwise (developers.binance.com USDⓈ-M Futures, "Error Codes"). */
const futuresWordings: Partial<Readonly<Record<FaultCode, Wording>>> = {
  PRICE_NOT_ON_TICK: [400, -4014, 'Price not increased by tick size.'],
  PRICE_TOO_HIGH: [400, -4016, "Limit price can't be higher than the cap."],
  PRICE_TOO_LOW: [400, -4024, "Limit price can't be lower than the floor."],
  SIZE_NOT_ON_LOT: [400, -4023, 'Quantity not increased by step size.'],
  SIZE_TOO_SMALL: [400, -4003, 'Quantity less than or equal to zero.'],
  SIZE_TOO_LARGE: [400, -4005, 'Quantity greater than max quantity.'],
  INSUFFICIENT_BALANCE: [400, -2019, 'Margin is insufficient.'],
  NOTHING_TO_REDUCE: [400, -2022, 'ReduceOnly Order is rejected.'],
  CLIENT_ID_TAKEN: [400, -4116, 'ClientOrderId is duplicated.'],
  TOO_MANY_ORDERS: [400, -2025, 'Reach max open order limit.'],
  NO_CHANGE: [400, -5027, 'No need to modify the order.'],
};

function errorAnswer({ code: fault, subject }: PaperFault, { method, path }: HttpRequest): HttpAnswer {
  const isFutures = path.startsWith('/fapi/');
  const isAbsent = fault === 'ORDER_UNKNOWN' && (method === 'GET' || method === 'PUT');
  const usual = (isFutures ? futuresWordings[fault] : undefined) ?? wordings[fault];
  const [status, code, message] = isAbsent ? noSuchOrder : usual;
  return jsonAnswer(status, { code, msg: message.replace('*', subject) });
}
