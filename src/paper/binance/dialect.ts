// The Binance dialect of the paper exchange, spot and USDⓈ-M futures: routes and the signature's check.
// Sources: binance-spot-api-docs rest-api.md and errors.md (2026-07-21), ccxt 4.5.84 binance, binance 3.6.5.
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { findCredential } from '../desk.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import { PaperFault } from '../fault.js';
import { type Fields, formFields } from '../fields.js';
import { isSignedBy } from '../signature-check.js';
import { wordingOf } from './faults.js';
import { binanceMarket } from './real-market.js';
import { openRoute, ownRoute } from './routes.js';
import { openSocket } from './socket.js';

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
      if (!(thrown instanceof PaperFault)) throw thrown;
      const [status, code, msg] = wordingOf(thrown, request);
      return jsonAnswer(status, { code, msg });
    }
  },
  market: binanceMarket,
  openSocket,
};

function route(request: HttpRequest, exchange: Exchange): HttpAnswer {
  const { engine } = exchange;
  const name = `${request.method} ${request.path}`;
  const fields = formFields(request);
  const open = openRoute(name);
  if (open !== undefined) return jsonAnswer(200, open({ engine, fields }));
  if (!family.test(request.path)) throw new PaperFault('PATH_UNKNOWN');
  const { id } = authenticate(request, fields, exchange);
  const own = ownRoute(name);
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
  if (request.path.endsWith('/listenKey')) return credential;
  const signature = fields.required('signature');
  const signed = [request.query, request.body.toString('latin1')].map(withoutSignature).join('');
  const payload = Buffer.from(signed, 'latin1');
  // HMAC's hex counts in capitals, too; base64 does not.
  const given = /^[0-9A-F]{64}$/.test(signature) ? signature.toLowerCase() : signature;
  if (!isSignedBy(credential.secrets.secretKey?.reveal(), payload, given))
    throw new PaperFault('SIGNATURE_WRONG');
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
