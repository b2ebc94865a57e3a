// What an order costs at each venue: check of the client's signature, parse, sign anew; beside ccxt's own signing of the same order.
import { setTimeout } from 'node:timers/promises';
import ccxt, { type Exchange } from 'ccxt';
import type { Venue } from '../../src/venues/venue.js';
import { findVenue } from '../../src/venues/venues.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../support/venue-requests.js';

export interface SigningRow {
  venue: string;
  scheme: string;
  /** Microseconds. */
  own: { p50: number; p99: number };
  sdk: { p50: number; p99: number };
  /** Most that p99 may be, microseconds. */
  boundMicros: number;
}

interface Case {
  id: string;
  scheme: string;
  boundMicros: number;
  /** ccxt's names for the decoy's fields. */
  config(decoy: Record<string, string>): Record<string, unknown>;
  /** Arguments of ccxt's `sign`: path, section of its API, method. */
  call: readonly [path: string, api: string | readonly string[], method: string];
  params: Record<string, unknown>;
  contentType: string;
}

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const pair = ({ apiKey, secretKey, secret }: Record<string, string>) => ({
  apiKey,
  secret: secretKey ?? secret,
});
const hmacMicros = 150;
const curveMicros = 1_000;

const cases: readonly Case[] = [
  {
    id: 'okx',
    scheme: 'HMAC-SHA256',
    boundMicros: hmacMicros,
    config: (decoy) => ({ ...pair(decoy), password: decoy.passphrase }),
    call: ['trade/order', 'private', 'POST'],
    params: { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.001', px: '50000' },
    contentType: json,
  },
  {
    id: 'binance',
    scheme: 'HMAC-SHA256',
    boundMicros: hmacMicros,
    config: pair,
    call: ['order', 'private', 'POST'],
    params: {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.001',
      price: '50000',
    },
    contentType: form,
  },
  {
    id: 'bybit',
    scheme: 'HMAC-SHA256',
    boundMicros: hmacMicros,
    config: pair,
    call: ['v5/order/create', 'private', 'POST'],
    params: {
      category: 'spot',
      symbol: 'BTCUSDT',
      side: 'Buy',
      orderType: 'Limit',
      qty: '0.001',
      price: '50000',
    },
    contentType: json,
  },
  {
    id: 'kraken',
    scheme: 'HMAC-SHA512',
    boundMicros: hmacMicros,
    config: pair,
    call: ['AddOrder', 'private', 'POST'],
    params: { pair: 'XBTUSD', type: 'buy', ordertype: 'limit', volume: '0.001', price: '50000' },
    contentType: form,
  },
  {
    id: 'coinbase',
    scheme: 'ES256',
    boundMicros: curveMicros,
    config: ({ apiKey, privateKey }) => ({ apiKey, secret: privateKey }),
    call: ['brokerage/orders', ['v3', 'private'], 'POST'],
    params: {
      client_order_id: 'b7d5e9f0-1c3a-4b1f-9a51-0d2a4f6c8e10',
      product_id: 'BTC-USDT',
      side: 'BUY',
      order_configuration: { limit_limit_gtc: { base_size: '0.001', limit_price: '50000' } },
    },
    contentType: json,
  },
  {
    id: 'hyperliquid',
    scheme: 'EIP-712',
    boundMicros: curveMicros,
    config: ({ privateKey }) => ({ privateKey, walletAddress: `0x${'11'.repeat(20)}` }),
    call: ['exchange', 'private', 'POST'],
    params: {
      type: 'order',
      orders: [{ a: 0, b: true, p: '50000', s: '0.001', r: false, t: { limit: { tif: 'Gtc' } } }],
      grouping: 'na',
    },
    contentType: json,
  },
];

type Signed = { url: string; method: string; body?: string; headers?: Record<string, string> };
type Signing = Exchange & { signL1Action(action: object, nonce: number): object };

/** Throws when a leaf does not accept what ccxt signed: nothing wrong is timed. */
export async function measureSigning(rounds: number): Promise<SigningRow[]> {
  const rows: SigningRow[] = [];
  for (const one of cases) rows.push(await measureVenue(one, rounds));
  return rows;
}

async function measureVenue(one: Case, rounds: number): Promise<SigningRow> {
  const venue = findVenue(one.id);
  const Implementation = (ccxt as unknown as Record<string, new (config: object) => Signing>)[one.id];
  if (venue === undefined || Implementation === undefined) throw new Error(`no venue ${one.id}`);
  const decoy = makeDecoys(venue);
  const client = new Implementation({ ...one.config(decoy), enableRateLimit: false });
  const nowMs = Date.now();
  const sdkSign = (): Signed => {
    if (one.id === 'hyperliquid') {
      const body = { action: one.params, nonce: nowMs, signature: client.signL1Action(one.params, nowMs) };
      return { url: 'https://api.hyperliquid.xyz/exchange', method: 'POST', body: JSON.stringify(body) };
    }
    const [path, api, method] = one.call;
    return client.sign(path, api as string, method, one.params) as unknown as Signed;
  };
  const { url, method, body = '', headers = {} } = sdkSign();
  const sent = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type');
  const request = requestOf(method, url, [...sent, ['content-type', one.contentType]], body);
  const real = asReal(makeDecoys(venue));
  const environment = environmentOf(venue, request.host);
  const context = { account: 'main', environment, instruments: namesOf(one.id) };
  const stamp = stampAt(nowMs, environment);
  const own = (): void => {
    const authentication = venue.authenticate(request, decoy);
    if (authentication.kind !== 'valid') throw new Error(`${one.id}: ${JSON.stringify(authentication)}`);
    const parsed = venue.parseOrders(request, context);
    if (!parsed.ok) throw new Error(`${one.id}: ${parsed.message}`);
    venue.sign(request, real, stamp);
  };
  own();
  // What a leaf compiles aside at its first order is there soon after it.
  await setTimeout(500);
  return {
    venue: venue.title,
    scheme: one.scheme,
    own: timed(own, rounds),
    sdk: timed(sdkSign, rounds),
    boundMicros: one.boundMicros,
  };
}

function environmentOf(venue: Venue, host: string): 'live' | 'demo' {
  return venue.hosts.some((one) => one.host === host && one.environments.includes('live')) ? 'live' : 'demo';
}

function namesOf(id: string): ReadonlyMap<string, string> {
  return new Map([id === 'kraken' ? ['XBTUSD', 'BTC/USD'] : ['0', 'BTC']]);
}

function timed(work: () => unknown, rounds: number): { p50: number; p99: number } {
  for (let round = 0; round < Math.min(rounds, 3_000); round += 1) work();
  const micros: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = process.hrtime.bigint();
    work();
    micros.push(Number(process.hrtime.bigint() - from) / 1_000);
  }
  micros.sort((one, other) => one - other);
  const at = (share: number): number => micros[Math.floor(micros.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

export function renderSigning(rows: readonly SigningRow[], day: string): string {
  const cell = ({ p50, p99 }: { p50: number; p99: number }) => `${Math.round(p50)} / ${Math.round(p99)} µs`;
  return [
    `One order, checked, parsed and signed anew, p50 / p99 (${day}):`,
    '',
    '| venue | scheme | verify+parse+sign | bound of p99 | ccxt signs it in |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ venue, scheme, own, sdk, boundMicros }) =>
        `| ${venue} | ${scheme} | ${cell(own)} | ≤ ${boundMicros} µs | ${cell(sdk)} |`,
    ),
    '',
  ].join('\n');
}

export function missedSigning(rows: readonly SigningRow[]): string[] {
  return rows
    .filter(({ own, boundMicros }) => own.p99 > boundMicros)
    .map(({ venue, own, boundMicros }) => `${venue}: ${Math.round(own.p99)} µs, bound ${boundMicros} µs`);
}
