// The Coinbase Advanced Trade dialect of the paper exchange: routes and errors.
// Sources: docs.cdp.coinbase.com (Advanced Trade REST, API key authentication), ccxt 4.5.84 coinbase, coinbase-api 1.2.6.
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import type { Dialect, Exchange } from '../dialect.js';
import { type FaultCode, PaperFault } from '../fault.js';
import { jsonFields, queryFields } from '../fields.js';
import { accountRoute } from './account.js';
import { checkToken } from './authentication.js';
import { marketRoute } from './market-data.js';
import { openSocket } from './socket.js';
import { tradingRoutes } from './trading.js';

export const coinbaseDialect: Dialect = {
  venue: 'coinbase',
  answer(request, exchange) {
    try {
      return jsonAnswer(200, route(request, exchange));
    } catch (thrown) {
      if (thrown instanceof PaperFault) return errorAnswer(thrown);
      throw thrown;
    }
  },
  openSocket,
};

function route(request: HttpRequest, exchange: Exchange): unknown {
  const { engine } = exchange;
  const { method, path } = request;
  const fields = method === 'GET' ? queryFields(request) : jsonFields(request);
  const open = method === 'GET' ? marketRoute(path, { engine, fields }) : undefined;
  if (open !== undefined) return open;
  if (!/^\/(api\/v3\/brokerage|v2)\//.test(path)) throw new PaperFault('PATH_UNKNOWN');
  const token = headerOf(request.headers, 'authorization') ?? '';
  const { id } = checkToken(token, exchange, `${method} ${request.host}${path}`);
  const call = { engine, fields, account: engine.account(id) };
  const read = method === 'GET' ? accountRoute(path, call) : undefined;
  if (read !== undefined) return read;
  const write = method === 'POST' ? tradingRoutes.get(path) : undefined;
  if (write === undefined) throw new PaperFault('NOT_ON_PAPER');
  return write(call);
}

const unauthorized: ReadonlySet<FaultCode> = new Set([
  'KEY_MISSING',
  'KEY_UNKNOWN',
  'SIGNATURE_WRONG',
  'TIME_OUTSIDE_WINDOW',
]);

/** Authentication errors are a bare word; what an order's own answer carries never comes here. */
function errorAnswer({ code, subject }: PaperFault): HttpAnswer {
  if (unauthorized.has(code)) {
    return { status: 401, headers: [['content-type', 'text/plain']], body: Buffer.from('Unauthorized\n') };
  }
  const isAbsent = code === 'PATH_UNKNOWN' || code === 'ORDER_UNKNOWN' || code === 'INSTRUMENT_UNKNOWN';
  if (isAbsent)
    return jsonAnswer(404, { error: 'NOT_FOUND', error_details: subject, message: `${subject} not found` });
  if (code === 'NOT_ON_PAPER') {
    const message = 'This is not available on paper';
    return jsonAnswer(403, { error: 'PERMISSION_DENIED', error_details: message, message });
  }
  const message = subject === '' ? 'invalid request' : `invalid ${subject}`;
  return jsonAnswer(400, { error: 'INVALID_ARGUMENT', error_details: message, message });
}
