// A paper exchange with one account of a venue, and ccxt and SDKs that talk to it in this process with the account's real key.
import { randomBytes } from 'node:crypto';
import ccxt, { type Exchange } from 'ccxt';
import { fixedClock } from '../../src/core/clock.js';
import type { HttpRequest } from '../../src/core/http.js';
import { createPaperExchange } from '../../src/paper/exchange.js';
import type { Venue } from '../../src/venues/venue.js';
import { asReal, makeDecoys, requestOf } from './venue-requests.js';

type ExchangeClass = new (config: Record<string, unknown>) => Exchange;

/** The clock starts now: ccxt dates its signatures itself. `seen` are the requests, in order; `more` are fields of the credential. */
export function paperVenue(
  venue: Venue,
  seed = randomBytes(4).toString('hex'),
  more: Record<string, string> = {},
) {
  const secrets = { ...makeDecoys(venue), ...more };
  const clock = fixedClock(Date.now());
  const seen: HttpRequest[] = [];
  const exchange = createPaperExchange({
    seed,
    credentials: [{ venue: venue.id, id: `${venue.id}-paper`, secrets: asReal(secrets) }],
    clock,
  });

  function handle(request: HttpRequest) {
    seen.push(request);
    clock.set(Math.max(clock.nowMs(), Date.now()));
    return exchange.handle(request);
  }

  async function fetchPaper(
    url: string | URL,
    init: { method?: string; headers?: unknown; body?: unknown } = {},
  ) {
    const headers = Object.entries((init.headers ?? {}) as Record<string, string>);
    const body = typeof init.body === 'string' ? init.body : '';
    const answer = handle(requestOf(init.method ?? 'GET', String(url), headers, body));
    return new Response(answer.status === 204 ? null : answer.body.toString(), {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
    });
  }

  function connectCcxt(config: Record<string, unknown>, name = venue.id): Exchange {
    const Implementation = (ccxt as unknown as Record<string, ExchangeClass>)[name];
    if (Implementation === undefined) throw new Error(`ccxt knows no ${name}`);
    const client = new Implementation({
      ...config,
      enableRateLimit: false,
      fetchImplementation: fetchPaper,
    });
    // Without a network between, ccxt's millisecond nonces would repeat.
    let nonce = Date.now();
    if (venue.id === 'kraken') Object.assign(client, { nonce: () => ++nonce });
    return client;
  }

  /** For SDKs built on axios: the option that they pass through. */
  async function adapter(config: {
    url: string;
    method: string;
    params?: Record<string, unknown>;
    data?: unknown;
    headers: { toJSON(): Record<string, unknown> };
  }) {
    const url = new URL(config.url);
    for (const [name, value] of Object.entries(config.params ?? {}))
      url.searchParams.set(name, String(value));
    const headers = Object.entries(config.headers.toJSON()).map(
      ([name, value]) => [name, String(value)] as const,
    );
    const body = config.data === undefined || config.data === null ? '' : String(config.data);
    const answer = handle(requestOf(config.method.toUpperCase(), url.href, headers, body));
    const response = {
      data: JSON.parse(answer.body.toString()) as unknown,
      status: answer.status,
      statusText: '',
      headers: Object.fromEntries(answer.headers),
      config,
      request: {},
    };
    if (answer.status < 300) return response;
    const message = `Request failed with status code ${answer.status}`;
    throw Object.assign(new Error(message), { isAxiosError: true, config, request: {}, response });
  }

  return { exchange, clock, secrets, seen, handle, fetchPaper, connectCcxt, adapter };
}

/** What any trader's client does, through ccxt's one interface; each step is seen to have happened. */
export async function tradeWithCcxt(client: Exchange, symbol: string) {
  await client.loadMarkets();
  // ccxt's older way to Coinbase's balances does not tell what orders hold back.
  const balanceOf = () => client.fetchBalance(client.id === 'coinbase' ? { v3: true } : {});
  const before = await balanceOf();
  const book = await client.fetchOrderBook(symbol, 5);
  const bid = Number(book.bids[0]?.[0]);
  const far = client.priceToPrecision(symbol, bid * 0.9);
  const resting = await client.createOrder(symbol, 'limit', 'buy', 0.01, Number(far));
  const open = await client.fetchOpenOrders(symbol);
  const held = await balanceOf();
  await client.cancelOrder(String(resting.id), symbol);
  const afterwards = await client.fetchOpenOrders(symbol);
  const near = client.priceToPrecision(symbol, bid * 1.01);
  const filled = await client.createOrder(symbol, 'limit', 'buy', 0.01, Number(near));
  const fetched = await client.fetchOrder(String(filled.id), symbol, { acknowledged: true });
  const after = await balanceOf();
  const failure = await client
    .createOrder(symbol, 'limit', 'buy', 400, Number(far))
    .then(() => undefined)
    .catch((error: Error) => error.constructor.name);
  return { bid, before, resting, open, held, afterwards, filled, fetched, after, failure };
}
