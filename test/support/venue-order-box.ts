// A sidecar in `propose` whose account of any venue trades on that venue's paper dialect, with faults on the way.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readJournal } from '../../src/audit/verify.js';
import { type Clock, systemClock } from '../../src/core/clock.js';
import { type HttpAnswer, type HttpRequest, headerOf, jsonAnswer } from '../../src/core/http.js';
import { createPaperExchange } from '../../src/paper/exchange.js';
import { accountNumberOf as ibkrAccountOf } from '../../src/paper/ibkr/call.js';
import { startPaperServer } from '../../src/paper/server.js';
import { accountNumberOf } from '../../src/paper/tradier/call.js';
import { createAuthority } from '../../src/sidecar/authority.js';
import type { VenueAdmin, VenueCall } from '../../src/venues/admin.js';
import type { Environment, SignedRequest, Venue } from '../../src/venues/venue.js';
import { type Http2Answer, h2Fetch, h2Session } from './http2-client.js';
import { okxHost } from './okx-client.js';
import { plainOrders } from './plain-orders.js';
import { exchange, rule, type SettingsPatch, startTestBox } from './sidecar-box.js';
import { asReal, makeDecoys, stampAt } from './venue-requests.js';

/** A venue as these tests need it: an order that rests far from the market, written as its clients write it. */
export interface VenueCase {
  /** An order number as the venue writes it; a UUID when absent. */
  orderNumber?: string;
  /** Where a host serves live and demo alike and the account tells which. */
  environment?: Environment;
  /** What tells it from other cases of the venue. */
  name: string;
  venue: Venue;
  hosts: readonly string[];
  /** What a numbered market is called, where orders name it by number. */
  instruments?: ReadonlyMap<string, string>;
  /** Most levels of a side that the venue tells, where it is fewer than large orders need. */
  bookLevels?: number;
  /** Paths that the account has no right to, which the paper account behind it has. */
  closed?: RegExp;
  /** What the venue answers where the paper exchange behind it has no such operation. */
  answers?(request: HttpRequest): HttpAnswer | undefined;
  /** What an inverse contract is worth, in the currency of prices; other quantities are of the base currency. */
  contractSize?: string;
  /** Currency of prices; USDT when absent. */
  quote?: string;
  /** The venue does not say whether a key can withdraw. */
  isSilentOfWithdrawals?: true;
  /** A client order id in the venue's own form; as it is when absent. */
  clientId?(name: string): string;
  /** Without a client order id unless one is given. */
  order(
    clientOrderId?: string,
  ): Pick<HttpRequest, 'method' | 'path' | 'query'> & { type: string; body: string };
}

/** A key of Binance has futures of its own or those of portfolio margin; on paper it has both. */
const portfolioMargin = /^\/papi\//;
const ownFutures = /^\/[fd]api\/v\d\/(?:positionRisk|open(?:Algo)?Orders|order|algoOrder|account)/;
const notPermitted = { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' };

const far = { price: '50000', size: '0.001' };

/** Waits until the market falls far enough. */
const conditional =
  'algoType=CONDITIONAL&symbol=BTCUSDT&side=BUY&type=TAKE_PROFIT&timeInForce=GTC' +
  `&quantity=${far.size}&price=${far.price}&triggerPrice=${far.price}`;
const strategy =
  'symbol=BTCUSDT&side=BUY&strategyType=TAKE_PROFIT&timeInForce=GTC' +
  `&quantity=${far.size}&price=${far.price}&stopPrice=${far.price}`;
const inContracts = (text: string) =>
  text.replace('symbol=BTCUSDT', 'symbol=BTCUSD_PERP').replace(`quantity=${far.size}`, 'quantity=5');

export const orderOf = ({ hosts, order }: VenueCase, clientOrderId?: string): HttpRequest => {
  const { type, body, ...target } = order(clientOrderId);
  return {
    ...target,
    host: hosts[0] ?? '',
    port: 443,
    headers: body === '' ? [] : [['content-type', type]],
    body: Buffer.from(body),
  };
};

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

/** OKX's, which has a box of its own for most tests (order-box.ts). */
export const okxCase = (okx: Venue): VenueCase => ({
  name: 'okx',
  venue: okx,
  hosts: [okxHost],
  environment: 'demo',
  order: (clOrdId) => ({
    method: 'POST',
    path: '/api/v5/trade/order',
    query: '',
    type: json,
    body: JSON.stringify({
      instId: 'BTC-USDT',
      tdMode: 'cash',
      side: 'buy',
      ordType: 'limit',
      sz: far.size,
      px: far.price,
      clOrdId,
    }),
  }),
});

export const casesOf = (venues: Readonly<Record<string, Venue>>): VenueCase[] => {
  const need = (id: string): Venue => {
    const venue = venues[id];
    if (venue === undefined) throw new Error(`no venue ${id}`);
    return venue;
  };
  const post = { method: 'POST', query: '' };
  return [
    {
      name: 'binance',
      venue: need('binance'),
      hosts: ['api.binance.com', 'fapi.binance.com', 'dapi.binance.com', 'papi.binance.com'],
      closed: portfolioMargin,
      order: (id) => ({
        ...post,
        path: '/api/v3/order',
        type: form,
        body:
          `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=${far.size}&price=${far.price}` +
          (id === undefined ? '' : `&newClientOrderId=${id}`),
      }),
    },
    {
      name: 'binance margin',
      venue: need('binance'),
      hosts: ['api.binance.com', 'fapi.binance.com', 'dapi.binance.com', 'papi.binance.com'],
      closed: portfolioMargin,
      order: (id) => ({
        ...post,
        path: '/sapi/v1/margin/order',
        type: form,
        body:
          `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=${far.size}&price=${far.price}` +
          (id === undefined ? '' : `&newClientOrderId=${id}`),
      }),
    },
    {
      name: 'binance futures',
      venue: need('binance'),
      hosts: ['fapi.binance.com', 'api.binance.com', 'dapi.binance.com', 'papi.binance.com'],
      closed: portfolioMargin,
      order: (id) => ({
        ...post,
        path: '/fapi/v1/order',
        type: form,
        body:
          `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=${far.size}&price=${far.price}` +
          (id === undefined ? '' : `&newClientOrderId=${id}`),
      }),
    },
    {
      name: 'binance conditional',
      venue: need('binance'),
      hosts: ['fapi.binance.com', 'api.binance.com', 'dapi.binance.com', 'papi.binance.com'],
      closed: portfolioMargin,
      order: (id) => ({
        ...post,
        path: '/fapi/v1/algoOrder',
        type: form,
        body: conditional + (id === undefined ? '' : `&clientAlgoId=${id}`),
      }),
    },
    {
      name: 'binance portfolio conditional',
      venue: need('binance'),
      hosts: ['papi.binance.com', 'api.binance.com', 'fapi.binance.com', 'dapi.binance.com'],
      closed: ownFutures,
      order: (id) => ({
        ...post,
        path: '/papi/v1/um/algo/order',
        type: form,
        body: conditional + (id === undefined ? '' : `&clientAlgoId=${id}`),
      }),
    },
    {
      name: 'binance coin conditional',
      venue: need('binance'),
      hosts: ['dapi.binance.com', 'api.binance.com', 'fapi.binance.com', 'papi.binance.com'],
      closed: portfolioMargin,
      quote: 'USD',
      contractSize: '100',
      order: (id) => ({
        ...post,
        path: '/dapi/v1/algoOrder',
        type: form,
        body: inContracts(conditional) + (id === undefined ? '' : `&clientAlgoId=${id}`),
      }),
    },
    {
      name: 'binance portfolio strategy',
      venue: need('binance'),
      hosts: ['papi.binance.com', 'api.binance.com', 'fapi.binance.com', 'dapi.binance.com'],
      closed: ownFutures,
      order: (id) => ({
        ...post,
        path: '/papi/v1/um/conditional/order',
        type: form,
        body: strategy + (id === undefined ? '' : `&newClientStrategyId=${id}`),
      }),
    },
    {
      name: 'binance portfolio coin strategy',
      venue: need('binance'),
      hosts: ['papi.binance.com', 'api.binance.com', 'fapi.binance.com', 'dapi.binance.com'],
      closed: ownFutures,
      quote: 'USD',
      contractSize: '100',
      order: (id) => ({
        ...post,
        path: '/papi/v1/cm/conditional/order',
        type: form,
        body: inContracts(strategy) + (id === undefined ? '' : `&newClientStrategyId=${id}`),
      }),
    },
    {
      name: 'binance coin futures',
      venue: need('binance'),
      hosts: ['dapi.binance.com', 'api.binance.com', 'fapi.binance.com', 'papi.binance.com'],
      closed: portfolioMargin,
      quote: 'USD',
      contractSize: '100',
      order: (id) => ({
        ...post,
        path: '/dapi/v1/order',
        type: form,
        body:
          `symbol=BTCUSD_PERP&side=BUY&type=LIMIT&timeInForce=GTC&quantity=5&price=${far.price}` +
          (id === undefined ? '' : `&newClientOrderId=${id}`),
      }),
    },
    {
      name: 'binance portfolio margin',
      venue: need('binance'),
      hosts: ['papi.binance.com', 'api.binance.com', 'fapi.binance.com', 'dapi.binance.com'],
      closed: ownFutures,
      order: (id) => ({
        ...post,
        path: '/papi/v1/um/order',
        type: form,
        body:
          `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=${far.size}&price=${far.price}` +
          (id === undefined ? '' : `&newClientOrderId=${id}`),
      }),
    },
    {
      name: 'bybit',
      venue: need('bybit'),
      hosts: ['api.bybit.com'],
      order: (orderLinkId) => ({
        ...post,
        path: '/v5/order/create',
        type: json,
        body: JSON.stringify({
          category: 'spot',
          symbol: 'BTCUSDT',
          side: 'Buy',
          orderType: 'Limit',
          qty: far.size,
          price: far.price,
          orderLinkId,
        }),
      }),
    },
    {
      name: 'kraken',
      venue: need('kraken'),
      hosts: ['api.kraken.com'],
      order: (id) => ({
        ...post,
        path: '/0/private/AddOrder',
        type: form,
        body:
          `nonce=1&pair=XBTUSDT&type=buy&ordertype=limit&volume=${far.size}&price=${far.price}` +
          (id === undefined ? '' : `&cl_ord_id=${id}`),
      }),
    },
    {
      name: 'kraken-futures',
      venue: need('kraken-futures'),
      hosts: ['futures.kraken.com'],
      quote: 'USD',
      order: (id) => ({
        ...post,
        path: '/derivatives/api/v3/sendorder',
        query:
          `symbol=PF_XBTUSD&side=buy&orderType=lmt&size=${far.size}&limitPrice=${far.price}` +
          (id === undefined ? '' : `&cliOrdId=${id}`),
        type: form,
        body: '',
      }),
    },
    {
      name: 'coinbase',
      venue: need('coinbase'),
      hosts: ['api.coinbase.com'],
      order: (client_order_id) => ({
        ...post,
        path: '/api/v3/brokerage/orders',
        type: json,
        body: JSON.stringify({
          client_order_id,
          product_id: 'BTC-USDT',
          side: 'BUY',
          order_configuration: { limit_limit_gtc: { base_size: far.size, limit_price: far.price } },
        }),
      }),
    },
    {
      name: 'hyperliquid',
      venue: need('hyperliquid'),
      hosts: ['api.hyperliquid.xyz'],
      instruments: new Map([['0', 'BTC']]),
      bookLevels: 20,
      quote: 'USDC',
      clientId: (name) => `0x${Buffer.from(name).toString('hex').padStart(32, '0')}`,
      order: (c) => ({
        ...post,
        path: '/exchange',
        type: json,
        body: JSON.stringify({
          action: {
            type: 'order',
            orders: [{ a: 0, b: true, p: far.price, s: far.size, r: false, t: { limit: { tif: 'Gtc' } }, c }],
            grouping: 'na',
          },
          nonce: 1,
          signature: {},
        }),
      }),
    },
    {
      name: 'coinbase-exchange',
      venue: need('coinbase-exchange'),
      hosts: ['api.exchange.coinbase.com'],
      isSilentOfWithdrawals: true,
      clientId: (name) => `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0')}`,
      order: (client_oid) => ({
        ...post,
        path: '/orders',
        type: json,
        body: JSON.stringify({
          type: 'limit',
          side: 'buy',
          product_id: 'BTC-USDT',
          price: far.price,
          size: far.size,
          client_oid,
        }),
      }),
    },
    {
      name: 'alpaca',
      quote: 'USD',
      isSilentOfWithdrawals: true,
      venue: need('alpaca'),
      hosts: ['paper-api.alpaca.markets', 'data.alpaca.markets'],
      order: (client_order_id) => ({
        ...post,
        path: '/v2/orders',
        type: json,
        body: JSON.stringify({
          symbol: 'BTC/USD',
          side: 'buy',
          type: 'limit',
          time_in_force: 'gtc',
          qty: far.size,
          limit_price: far.price,
          client_order_id,
        }),
      }),
    },
    {
      name: 'tradier',
      bookLevels: 1,
      quote: 'USD',
      isSilentOfWithdrawals: true,
      venue: need('tradier'),
      hosts: ['sandbox.tradier.com'],
      orderNumber: '257459',
      order: (tag) => ({
        ...post,
        path: `/v1/accounts/${accountNumberOf({ id: 'paper' })}/orders`,
        type: form,
        body:
          'class=equity&symbol=AAPL&side=buy&quantity=1&type=limit&duration=gtc&price=150' +
          (tag === undefined ? '' : `&tag=${tag}`),
      }),
    },
    {
      name: 'ibkr',
      quote: 'USD',
      isSilentOfWithdrawals: true,
      bookLevels: 1,
      venue: need('ibkr'),
      hosts: ['api.ibkr.com'],
      environment: 'demo',
      instruments: new Map([['265598', 'AAPL:265598']]),
      orderNumber: '1210386759',
      order: (cOID) => ({
        ...post,
        path: `/v1/api/iserver/account/${ibkrAccountOf({ id: 'paper' })}/orders`,
        type: json,
        body: JSON.stringify({
          orders: [{ ...plainOrders.ibkr, cOID }],
        }),
      }),
    },
  ];
};

/** Asks a paper exchange as the sidecar does: signed by the leaf, read by the call, on to what follows. */
export function venueDesk(one: VenueCase, clock: Clock = systemClock, seed = randomBytes(4).toString('hex')) {
  const real = asReal(makeDecoys(one.venue));
  const paper = createPaperExchange({
    seed,
    credentials: [{ venue: one.venue.id, id: 'paper', secrets: real }],
    clock,
  });
  let nonce = clock.nowMs();
  const send = (request: HttpRequest, isPublic = false, more: { isOwn?: true } = {}): HttpAnswer => {
    const stamp = { ...stampAt(clock.nowMs(), 'paper'), nonce: BigInt(++nonce), ...more };
    const signed = one.venue.sign(request, isPublic ? undefined : real, stamp);
    return paper.handle({ ...request, ...signed });
  };
  const ask = <T>(call: VenueCall<T>): T | undefined => {
    const answer = send(call.request, call.isPublic, { isOwn: true });
    const value = call.read({ ...answer, date: headerOf(answer.headers, 'date') });
    const next = value === undefined ? undefined : call.follow?.(value);
    return next === undefined ? value : ask(next);
  };
  return { ask, send, admin: one.venue.admin as VenueAdmin };
}

export type VenueFault = 'error-after' | 'cut-after';

export interface AgentOptions {
  /** What the client's clock shows. */
  nowMs?: number;
  alter?(signed: SignedRequest): SignedRequest;
}

/** Starts the exchange and a sidecar in `propose`, or one that holds an exchange of its own where the patch has `paper`; `agent` signs with the decoys, as a client in the box does. */
export async function startVenueOrderBox(one: VenueCase, patch: SettingsPatch = {}) {
  const { venue, hosts } = one;
  const real = makeDecoys(venue);
  const decoys = makeDecoys(venue);
  const accountsDir = mkdtempSync(path.join(tmpdir(), 'tradebox-orders-'));
  const paper = createPaperExchange({
    seed: 'orders',
    credentials: [{ venue: venue.id, id: 'paper', secrets: asReal(real) }],
    clock: systemClock,
  });
  // Only a box whose sidecar holds the exchange itself has paper accounts; else the exchange here stands where the venue does.
  const [first] = venue.hosts.filter(({ host }) => host === hosts[0]);
  const isLive = first?.environments.includes('live') === true;
  const isOnPaper = patch.paper !== undefined;
  const environment = isOnPaper ? 'paper' : (one.environment ?? (isLive ? 'live' : 'demo'));
  const orderPath = one.order().path;
  const faults: VenueFault[] = [];
  const placed: HttpRequest[] = [];
  const taken: HttpRequest[] = [];
  const handle = (request: HttpRequest): HttpAnswer => {
    if (one.closed?.test(request.path)) return jsonAnswer(401, notPermitted);
    // Hyperliquid's actions share a path, the dead-man switch among them.
    const isOrder =
      request.method === 'POST' && request.path === orderPath && !request.body.includes('"scheduleCancel"');
    const answer = one.answers?.(request) ?? paper.handle(request);
    taken.push(request);
    if (!isOrder) return answer;
    placed.push(request);
    const fault = faults.shift();
    if (fault === 'cut-after') throw new Error('cut');
    return fault === 'error-after' ? jsonAnswer(503, {}) : answer;
  };
  const authority = createAuthority({ clock: systemClock });
  const servers = await Promise.all(
    hosts.map((host) => startPaperServer({ exchange: { handle }, tls: authority.leafFor(host) })),
  );
  const box = await startTestBox(
    ({ tls }) => ({
      mode: 'propose',
      approval: { holdMs: 30 },
      reflexes: { duplicateMs: 0 },
      accountsDir,
      policy: { rules: hosts.map((host) => rule(host, tls, { venue: venue.id })) },
      credentials: [{ kind: 'venue', id: 'paper', venue: venue.id, environment, secrets: real, decoys }],
      ...patch,
    }),
    {
      routes: (isOnPaper ? [] : hosts).map((host, index) => ({
        host,
        address: '127.0.0.1',
        port: servers[index]?.port ?? 0,
        ca: authority.caPem,
      })),
    },
  );
  let nonce = Date.now();
  const signedAt = (request: HttpRequest, nowMs: number): SignedRequest => {
    nonce += 1;
    const stamp = { ...stampAt(nowMs, environment), nonce: BigInt(nonce) + BigInt(nowMs - Date.now()) };
    return venue.sign(request, asReal(decoys), stamp);
  };
  const targetOf = ({ path, query }: SignedRequest) => (query === '' ? path : `${path}?${query}`);
  return {
    control: box.sidecar.state.orders,
    faults,
    placed,
    /** All that came to the venue. */
    taken,
    events: () => box.events(),
    restart: (clock: Clock) => box.restart(clock),
    /** The account's journal. */
    accountEvents: () => [...readJournal(path.join(accountsDir, 'paper'))].map(({ event }) => event),
    /** The whole answer to the request; `alter` changes what was signed, as something on the way might. */
    agent(
      request: HttpRequest,
      { nowMs = Date.now(), alter = (signed) => signed }: AgentOptions = {},
    ): Promise<string> {
      const signed = alter(signedAt(request, nowMs));
      const fields = signed.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const length = signed.body.length === 0 ? '' : `content-length: ${signed.body.length}\r\n`;
      const head = `${signed.method} ${targetOf(signed)} HTTP/1.1\r\nhost: ${request.host}\r\n${fields}${length}\r\n`;
      return exchange(box, request.host, Buffer.concat([Buffer.from(head), signed.body]));
    },
    /** The answers to so many of the request, so many of them at once: over HTTP/2, a hundred on a connection. */
    async agents(request: HttpRequest, count: number, atOnce = count): Promise<Http2Answer[]> {
      const sessions = await Promise.all(
        Array.from({ length: Math.ceil(atOnce / 100) }, () => h2Session(box, request.host)),
      );
      const ask = (_: unknown, index: number): Promise<Http2Answer> => {
        const signed = signedAt(request, Date.now());
        const target = { ':method': signed.method, ':path': targetOf(signed), ':authority': request.host };
        const fields = signed.headers.map(([name, value]) => [name.toLowerCase(), value]);
        const session = sessions[index % sessions.length] as (typeof sessions)[number];
        const body = signed.body.length === 0 ? undefined : signed.body;
        return h2Fetch(session, { ...target, ...Object.fromEntries(fields) }, body);
      };
      const answers: Http2Answer[] = [];
      while (answers.length < count)
        answers.push(...(await Promise.all(Array.from({ length: atOnce }, ask))));
      for (const session of sessions) session.destroy();
      return answers;
    },
    async stop() {
      await box.stop();
      for (const server of servers) await server.close();
      rmSync(accountsDir, { recursive: true, force: true });
    },
  };
}
