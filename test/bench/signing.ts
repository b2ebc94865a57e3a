// What an order costs by each scheme: check of the client's signature, parse, sign anew; beside ccxt's own signing of the same order.
import { setTimeout } from 'node:timers/promises';
import ccxt, { type Exchange } from 'ccxt';
import type { HttpRequest } from '../../src/core/http.js';
import type { Venue } from '../../src/venues/venue.js';
import { findVenue } from '../../src/venues/venues.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../support/venue-requests.js';
import { json, type SigningCase, signingCases } from './signing-cases.js';

export interface SigningRow {
  venue: string;
  scheme: string;
  /** Microseconds. */
  own: { p50: number; p99: number };
  /** Absent where ccxt does not know the scheme. */
  sdk?: { p50: number; p99: number };
  /** Most that p99 may be, microseconds; absent where none is asked for. */
  boundMicros?: number;
}

type Signed = { url: string; method: string; body?: string; headers?: Record<string, string> };
type Signing = Exchange & { signL1Action(action: object, nonce: number): object };

/** Throws when a leaf does not accept what ccxt signed: nothing wrong is timed. */
export async function measureSigning(rounds: number): Promise<SigningRow[]> {
  const rows: SigningRow[] = [];
  for (const one of signingCases) rows.push(await measureVenue(one, rounds));
  return rows;
}

async function measureVenue(one: SigningCase, rounds: number): Promise<SigningRow> {
  const venue = findVenue(one.id);
  if (venue === undefined) throw new Error(`no venue ${one.id}`);
  const makeKeys = () => ({ ...makeDecoys(venue), ...one.keys?.() });
  const decoy = makeKeys();
  const nowMs = Date.now();
  const sdkSign = one.ccxt === undefined ? undefined : signerOf(one, one.ccxt, decoy, nowMs);
  const request = sdkSign === undefined ? signedByLeaf(one, venue, decoy, nowMs) : sentBy(one, sdkSign());
  const real = asReal(makeKeys());
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
    ...(sdkSign === undefined ? {} : { sdk: timed(sdkSign, rounds) }),
    ...(one.boundMicros === undefined ? {} : { boundMicros: one.boundMicros }),
  };
}

function signerOf(
  one: SigningCase,
  { name = one.id, config, call }: NonNullable<SigningCase['ccxt']>,
  decoy: Record<string, string>,
  nowMs: number,
): () => Signed {
  const Implementation = (ccxt as unknown as Record<string, new (config: object) => Signing>)[name];
  if (Implementation === undefined) throw new Error(`ccxt knows no ${name}`);
  const client = new Implementation({ ...config(decoy), enableRateLimit: false });
  return () => {
    if (one.id === 'hyperliquid') {
      const body = { action: one.params, nonce: nowMs, signature: client.signL1Action(one.params, nowMs) };
      return { url: 'https://api.hyperliquid.xyz/exchange', method: 'POST', body: JSON.stringify(body) };
    }
    const [path, api, method] = call;
    return client.sign(path, api as string, method, one.params) as unknown as Signed;
  };
}

function sentBy({ contentType }: SigningCase, { url, method, body = '', headers = {} }: Signed): HttpRequest {
  const sent = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-type');
  return requestOf(method, url, [...sent, ['content-type', contentType]], body);
}

function signedByLeaf(
  { url = '', params, contentType }: SigningCase,
  venue: Venue,
  decoy: Record<string, string>,
  nowMs: number,
): HttpRequest {
  const body =
    contentType === json
      ? JSON.stringify(params)
      : new URLSearchParams(params as Record<string, string>).toString();
  const request = requestOf('POST', url, [['content-type', contentType]], body);
  const stamp = stampAt(nowMs, environmentOf(venue, request.host));
  return { ...request, ...venue.sign(request, asReal(decoy), stamp) };
}

function environmentOf(venue: Venue, host: string): 'live' | 'demo' {
  return venue.hosts.some((one) => one.host === host && one.environments.includes('live')) ? 'live' : 'demo';
}

function namesOf(id: string): ReadonlyMap<string, string> {
  if (id === 'kraken') return new Map([['XBTUSD', 'BTC/USD']]);
  return new Map([id === 'ibkr' ? ['265598', 'AAPL:265598'] : ['0', 'BTC']]);
}

/** Most that one figure may take, milliseconds: pure JavaScript's RSA signs in tens of them. */
const mostMs = 3_000;

function timed(work: () => unknown, rounds: number): { p50: number; p99: number } {
  repeat(Math.min(rounds, 3_000), mostMs / 4, work);
  const micros: number[] = [];
  repeat(rounds, mostMs, () => {
    const from = process.hrtime.bigint();
    work();
    micros.push(Number(process.hrtime.bigint() - from) / 1_000);
  });
  micros.sort((one, other) => one - other);
  const at = (share: number): number => micros[Math.floor(micros.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

function repeat(rounds: number, forMs: number, work: () => unknown): void {
  const until = performance.now() + forMs;
  for (let round = 0; round < rounds && performance.now() < until; round += 1) work();
}

export function renderSigning(rows: readonly SigningRow[], day: string): string {
  const cell = (times: SigningRow['sdk']) =>
    times === undefined ? '–' : `${Math.round(times.p50)} / ${Math.round(times.p99)} µs`;
  const bound = (row: SigningRow) =>
    row.boundMicros === undefined
      ? 'none'
      : `≤ ${row.boundMicros} µs${missedSigning([row]).length > 0 ? ', **missed**' : ''}`;
  return [
    `One order, checked, parsed and signed anew, p50 / p99 (${day}):`,
    '',
    '| venue | scheme | verify+parse+sign | bound of p99 | ccxt signs it in |',
    '|---|---|---|---|---|',
    ...rows.map(
      (row) => `| ${row.venue} | ${row.scheme} | ${cell(row.own)} | ${bound(row)} | ${cell(row.sdk)} |`,
    ),
    '',
  ].join('\n');
}

export function missedSigning(rows: readonly SigningRow[]): string[] {
  return rows.flatMap(({ venue, scheme, own, boundMicros }) =>
    boundMicros !== undefined && own.p99 > boundMicros
      ? [`${venue}, ${scheme}: ${Math.round(own.p99)} µs, bound ${boundMicros} µs`]
      : [],
  );
}
