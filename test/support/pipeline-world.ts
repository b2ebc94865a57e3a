// A world of rules, credentials and decoys, and exchanges made from bytes: what stages are tested in.
import { randomBytes } from 'node:crypto';
import { fixedClock } from '../../src/core/clock.js';
import { createCredentialBook } from '../../src/sidecar/credentials.js';
import { DecoySearch } from '../../src/sidecar/decoy-search.js';
import { compilePolicy } from '../../src/sidecar/egress-policy.js';
import { Malformed } from '../../src/sidecar/http1/fields.js';
import { parseRequestHead } from '../../src/sidecar/http1/head.js';
import {
  decideHead,
  decideWhole,
  needsRelease,
  newExchange,
  prepareSending,
} from '../../src/sidecar/pipeline.js';
import type { CredentialSetting, HostRule } from '../../src/sidecar/settings.js';
import type { Denial, Exchange, OrderRelease, World } from '../../src/sidecar/stage.js';
import { okx } from '../../src/venues/okx/okx.js';
import type { Environment } from '../../src/venues/venue.js';
import { okxHost, okxRequest } from './okx-client.js';
import { makeDecoys } from './venue-requests.js';

export const random = (prefix: string) => `${prefix}-${randomBytes(12).toString('hex')}`;
export const llmSecret = random('llm-real');
export const llmDecoy = random('llm-decoy');
export const apiDecoy = random('api-decoy');
export const real = makeDecoys(okx);
export const decoys = makeDecoys(okx);

/** When it is in a world, and when `placeOrder` is signed, however long ago this module was loaded. */
export const worldMs = Date.now();

export const rule = (host: string, more: Partial<HostRule> = {}): HostRule => ({
  host,
  ports: [443],
  methods: ['*'],
  paths: ['/**'],
  reason: 'r',
  origin: `test: ${host}`,
  ...more,
});

export const plain = (
  id: string,
  host: string,
  secret: string,
  decoy: string,
  isLlm: boolean,
): CredentialSetting => ({
  kind: 'plain',
  id,
  hosts: [host],
  placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
  secret,
  decoy,
  isLlm,
});
export const venueSetting = (environment: Environment): CredentialSetting => ({
  kind: 'venue',
  id: 'main',
  venue: 'okx',
  environment,
  secrets: real,
  decoys,
});

export function makeWorld(
  options: Partial<World> & {
    environment?: Environment;
    credentials?: never;
    settings?: CredentialSetting[];
  } = {},
): World {
  const { environment = 'demo', settings, ...rest } = options;
  const credentials = createCredentialBook(
    settings ?? [
      plain('llm', 'llm.test', llmSecret, llmDecoy, true),
      plain('api', 'api.test', random('api-real'), apiDecoy, false),
      venueSetting(environment),
    ],
  );
  let nonce = 0n;
  return {
    mode: 'readonly',
    paper: false,
    policy: compilePolicy([
      rule('llm.test'),
      rule('api.test'),
      rule('*.okx.com'),
      rule('open.test', { methods: ['GET'], paths: ['/ok/**'] }),
    ]),
    credentials,
    decoys: new DecoySearch(credentials),
    venueOf: (host) => (okx.hosts.some((one) => one.host === host) ? okx : undefined),
    clock: fixedClock(worldMs),
    nextNonce: () => {
      nonce += 1n;
      return nonce;
    },
    isTainted: () => false,
    ...rest,
  };
}

export function exchangeOf(host: string, bytes: string): { exchange: Exchange; body: Buffer } {
  const end = bytes.indexOf('\r\n\r\n') + 4;
  const headBytes = Buffer.from(bytes.slice(0, end), 'latin1');
  const head = parseRequestHead(headBytes);
  if (head instanceof Malformed) throw new Error(head.code);
  const exchange = newExchange({ id: 'r-1', ingress: 'tls', host, port: 443, head, headBytes });
  return { exchange, body: Buffer.from(bytes.slice(end), 'latin1') };
}

export function decide(
  world: World,
  host: string,
  bytes: string,
): { exchange: Exchange; denied: Denial | undefined } {
  const { exchange, body } = exchangeOf(host, bytes);
  const denied = decideHead(exchange, world) ?? decideWhole(exchange, world, body);
  if (denied !== undefined) return { exchange, denied };
  // Stands for the desk's yes, which has tests of its own.
  if (needsRelease(exchange)) exchange.release = anyRelease;
  return { exchange, denied: prepareSending(exchange, world) };
}

const anyRelease: OrderRelease = {
  order: 'o-1',
  commit: () => {},
  durable: () => Promise.resolve(),
  abandon: () => {},
  sent: () => {},
  heard: () => {},
  closed: () => {},
  ended: () => {},
};

export const get = (host: string, target: string, ...fields: string[]) =>
  `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields.map((one) => `${one}\r\n`).join('')}\r\n`;

export const order = JSON.stringify({
  instId: 'BTC-USDT',
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  sz: '1',
  px: '100',
});
export const signed = (method: string, target: string, body = '', fields = '') =>
  okxRequest(method, target, body, decoys, fields);
export const onOkx = (world: World, bytes: string) => decide(world, okxHost, bytes);
export const placeOrder = signed('POST', '/api/v5/trade/order', order);
