// A paper exchange with one OKX account, and ways to ask it: signed by hand here, independent of the leaf and of the exchange.
import { createHmac, randomBytes } from 'node:crypto';
import { fixedClock } from '../../src/core/clock.js';
import type { HttpAnswer, HttpRequest } from '../../src/core/http.js';
import { createPaperExchange } from '../../src/paper/exchange.js';
import { okx } from '../../src/venues/okx/okx.js';
import { asReal, makeDecoys } from './venue-requests.js';

export const paperStartMs = 1_795_000_000_000;

export interface OkxReply {
  status: number;
  code: string;
  msg: string;
  data: Record<string, string>[];
}

/** Each call gives a fresh exchange; `ask` signs with the account's key unless told otherwise. */
export function paperOkx(seed = randomBytes(4).toString('hex')) {
  const secrets = makeDecoys(okx);
  const clock = fixedClock(paperStartMs);
  const exchange = createPaperExchange({
    seed,
    credentials: [{ venue: 'okx', id: 'okx-paper', secrets: asReal(secrets) }],
    clock,
  });

  function sign(method: string, target: string, body = '', more: Record<string, string> = {}): HttpRequest {
    const [path = '', query = ''] = `/api/v5/${target}`.split('?');
    const timestamp = more['OK-ACCESS-TIMESTAMP'] ?? new Date(clock.nowMs()).toISOString();
    const text = `${timestamp}${method}/api/v5/${target}${body}`;
    const headers = {
      'OK-ACCESS-KEY': secrets.apiKey ?? '',
      'OK-ACCESS-SIGN': createHmac('sha256', secrets.secretKey ?? '')
        .update(text)
        .digest('base64'),
      'OK-ACCESS-TIMESTAMP': timestamp,
      'OK-ACCESS-PASSPHRASE': secrets.passphrase ?? '',
      'x-simulated-trading': '1',
      'Content-Type': 'application/json',
      ...more,
    };
    const sent = Object.entries(headers).filter(([, value]) => value !== '');
    return { method, host: 'www.okx.com', port: 443, path, query, headers: sent, body: Buffer.from(body) };
  }

  const reply = (answer: HttpAnswer): OkxReply =>
    ({
      data: [],
      ...(JSON.parse(answer.body.toString()) as object),
      status: answer.status,
    }) as unknown as OkxReply;

  return {
    exchange,
    clock,
    secrets,
    sign,
    handle: (request: HttpRequest) => reply(exchange.handle(request)),
    get: (target: string) => reply(exchange.handle(sign('GET', target))),
    post: (target: string, body: unknown) =>
      reply(exchange.handle(sign('POST', target, JSON.stringify(body)))),
    wait: (seconds: number) => clock.set(clock.nowMs() + seconds * 1000),
  };
}
