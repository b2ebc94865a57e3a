// The OKX v5 dialect of the paper exchange: routes, authentication and errors. Source: OKX v5 reference, okx CLI 1.2.4, ccxt 4.5.84.
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { parseStrictForm } from '../../venues/form-strict.js';
import { parseStrictJson, type StrictJson } from '../../venues/json-strict.js';
import type { Dialect, Exchange } from '../dialect.js';
import { accountRoutes } from './account.js';
import { badParameter, errorAnswer, notOnPaper, OkxError, ok } from './answers.js';
import { authenticate } from './authentication.js';
import { historyRoutes } from './history.js';
import { publicRoutes } from './market-data.js';
import { okxMarket } from './real-market.js';
import { openSocket } from './socket.js';
import { tradingRoutes } from './trading.js';

const prefix = '/api/v5/';
/** Families that exist at OKX; what is not on paper of them says so, anything else is no path at all. */
const family =
  /^(account|asset|trade|market|public|finance|tradingBot|copytrading|rfq|sprd|users|fiat|broker|rubik)\//;

export const okxDialect: Dialect = {
  venue: 'okx',
  answer(request, exchange) {
    try {
      return route(request, exchange);
    } catch (thrown) {
      if (thrown instanceof OkxError) return errorAnswer(thrown);
      throw thrown;
    }
  },
  openSocket,
  market: okxMarket,
};

function route(request: HttpRequest, exchange: Exchange): HttpAnswer {
  const { method, path } = request;
  const name = path.startsWith(prefix) ? path.slice(prefix.length) : '';
  const { engine } = exchange;
  const isGet = method === 'GET';
  const query = readQuery(request);
  const open = isGet ? publicRoutes.get(name) : undefined;
  if (open !== undefined) return ok(open({ engine, query }));
  if (!family.test(name)) return jsonAnswer(404, { code: '404', data: {}, msg: 'Not Found' });
  const { id } = authenticate(request, exchange.credentials, exchange.nowMs);
  const call = { engine, query, account: engine.account(id), body: isGet ? undefined : readBody(request) };
  const read = isGet ? (accountRoutes.get(name) ?? historyRoutes.get(name)) : undefined;
  if (read !== undefined) return ok(read(call));
  const write = method === 'POST' ? tradingRoutes.get(name) : undefined;
  if (write !== undefined) return write(call);
  throw notOnPaper();
}

function readQuery(request: HttpRequest): ReadonlyMap<string, string> {
  const form = parseStrictForm(request.query, { plus: 'space' });
  if (!form.ok) throw badParameter('query');
  return form.fields;
}

function readBody(request: HttpRequest): StrictJson {
  if (!/^application\/json\b/i.test(headerOf(request.headers, 'content-type') ?? '')) {
    throw new OkxError('50006', 'Invalid Content-Type, please use "application/json".', 400);
  }
  if (request.body.length === 0) throw new OkxError('50000', 'Body for POST request can not be empty.', 400);
  const parsed = parseStrictJson(request.body);
  if (!parsed.ok) throw new OkxError('50002', 'JSON syntax error', 400);
  return parsed.value;
}
