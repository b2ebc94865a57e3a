// One order of each scheme, as ccxt or the leaf itself signs it, with throwaway keys of the scheme.
import { generateKeyPairSync } from 'node:crypto';
import { plainOrders } from '../support/plain-orders.js';

export interface SigningCase {
  id: string;
  scheme: string;
  boundMicros?: number;
  /** Fields of a credential of this scheme, where they differ from the venue's usual decoy. */
  keys?(): Record<string, string>;
  contentType: string;
  params: Record<string, unknown>;
  /** Absent where ccxt does not know the scheme: then the leaf itself signs as the client. */
  ccxt?: {
    /** Its name of the venue; the leaf's when absent. */
    name?: string;
    /** Its names for the decoy's fields. */
    config(decoy: Record<string, string>): Record<string, unknown>;
    /** Arguments of its `sign`: path, section of its API, method. */
    call: readonly [path: string, api: string | readonly string[], method: string];
  };
  /** Where the leaf itself signs. */
  url?: string;
}

export const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const pair = ({ apiKey, keyId, secretKey, secret }: Record<string, string>) => ({
  apiKey: apiKey ?? keyId,
  secret: secretKey ?? secret,
});
const withPassphrase = (decoy: Record<string, string>) => ({ ...pair(decoy), password: decoy.passphrase });
const cdp = ({ apiKey, privateKey }: Record<string, string>) => ({ apiKey, secret: privateKey });
const hmacMicros = 150;
const curveMicros = 1_000;

/** A throwaway private key in PEM, as venues want it registered. */
function pemKey(kind: 'ed25519' | 'rsa'): string {
  const { privateKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
const pemSecret = (kind: 'ed25519' | 'rsa') => () => ({ secretKey: pemKey(kind) });

/** Seed and public key, base64, as Coinbase hands out Ed25519 keys. */
function ed25519Pair(): { privateKey: string } {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const bytes = [d, x].map((part) => Buffer.from(part, 'base64url'));
  return { privateKey: Buffer.concat(bytes).toString('base64') };
}

const coinbaseOrder = {
  client_order_id: 'b7d5e9f0-1c3a-4b1f-9a51-0d2a4f6c8e10',
  product_id: 'BTC-USDT',
  side: 'BUY',
  order_configuration: { limit_limit_gtc: { base_size: '0.001', limit_price: '50000' } },
};

export const signingCases: readonly SigningCase[] = [
  {
    id: 'okx',
    scheme: 'HMAC-SHA256',
    boundMicros: hmacMicros,
    ccxt: { config: withPassphrase, call: ['trade/order', 'private', 'POST'] },
    params: plainOrders.okx,
    contentType: json,
  },
  {
    id: 'binance',
    scheme: 'HMAC-SHA256',
    boundMicros: hmacMicros,
    ccxt: { config: pair, call: ['order', 'private', 'POST'] },
    params: plainOrders.binance,
    contentType: form,
  },
  {
    id: 'bybit',
    scheme: 'HMAC-SHA256',
    boundMicros: hmacMicros,
    ccxt: { config: pair, call: ['v5/order/create', 'private', 'POST'] },
    params: plainOrders.bybit,
    contentType: json,
  },
  {
    id: 'kraken',
    scheme: 'HMAC-SHA512',
    boundMicros: hmacMicros,
    ccxt: { config: pair, call: ['AddOrder', 'private', 'POST'] },
    params: { pair: 'XBTUSD', type: 'buy', ordertype: 'limit', volume: '0.001', price: '50000' },
    contentType: form,
  },
  {
    id: 'coinbase',
    scheme: 'ES256',
    boundMicros: curveMicros,
    ccxt: { config: cdp, call: ['brokerage/orders', ['v3', 'private'], 'POST'] },
    params: coinbaseOrder,
    contentType: json,
  },
  {
    id: 'hyperliquid',
    scheme: 'EIP-712',
    boundMicros: curveMicros,
    ccxt: {
      config: ({ privateKey }) => ({ privateKey, walletAddress: `0x${'11'.repeat(20)}` }),
      call: ['exchange', 'private', 'POST'],
    },
    params: {
      type: 'order',
      orders: [plainOrders.hyperliquid],
      grouping: 'na',
    },
    contentType: json,
  },
  {
    id: 'binance',
    scheme: 'Ed25519',
    boundMicros: curveMicros,
    keys: pemSecret('ed25519'),
    ccxt: { config: pair, call: ['order', 'private', 'POST'] },
    params: plainOrders.binance,
    contentType: form,
  },
  {
    id: 'binance',
    scheme: 'RSA 2048',
    keys: pemSecret('rsa'),
    ccxt: { config: pair, call: ['order', 'private', 'POST'] },
    params: plainOrders.binance,
    contentType: form,
  },
  {
    id: 'bybit',
    scheme: 'RSA 2048',
    keys: pemSecret('rsa'),
    ccxt: { config: pair, call: ['v5/order/create', 'private', 'POST'] },
    params: plainOrders.bybit,
    contentType: json,
  },
  {
    id: 'coinbase',
    scheme: 'EdDSA',
    boundMicros: curveMicros,
    keys: ed25519Pair,
    ccxt: { config: cdp, call: ['brokerage/orders', ['v3', 'private'], 'POST'] },
    params: coinbaseOrder,
    contentType: json,
  },
  {
    id: 'coinbase-exchange',
    scheme: 'HMAC-SHA256',
    boundMicros: hmacMicros,
    ccxt: { name: 'coinbaseexchange', config: withPassphrase, call: ['orders', 'private', 'POST'] },
    params: { type: 'limit', side: 'buy', product_id: 'BTC-USDT', price: '50000', size: '0.001' },
    contentType: json,
  },
  {
    id: 'kraken-futures',
    scheme: 'HMAC-SHA512',
    boundMicros: hmacMicros,
    ccxt: { name: 'krakenfutures', config: pair, call: ['sendorder', 'private', 'POST'] },
    params: { symbol: 'PF_XBTUSD', side: 'buy', orderType: 'lmt', size: '0.001', limitPrice: '50000' },
    contentType: form,
  },
  {
    id: 'alpaca',
    scheme: 'headers',
    boundMicros: hmacMicros,
    ccxt: { config: pair, call: ['v2/orders', ['trader', 'private'], 'POST'] },
    params: {
      symbol: 'BTC/USD',
      side: 'buy',
      type: 'limit',
      time_in_force: 'gtc',
      qty: '0.001',
      limit_price: '50000',
    },
    contentType: json,
  },
  {
    id: 'tradier',
    scheme: 'Bearer',
    boundMicros: hmacMicros,
    url: 'https://sandbox.tradier.com/v1/accounts/VA00000001/orders',
    params: {
      class: 'equity',
      symbol: 'F',
      side: 'buy',
      type: 'limit',
      duration: 'gtc',
      quantity: '1',
      price: '10',
    },
    contentType: form,
  },
  {
    id: 'ibkr',
    scheme: 'OAuth 1.0a',
    boundMicros: hmacMicros,
    url: 'https://api.ibkr.com/v1/api/iserver/account/U0000001/orders',
    params: { orders: [plainOrders.ibkr] },
    contentType: json,
  },
];
