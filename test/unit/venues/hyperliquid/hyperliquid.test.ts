// Hyperliquid against ccxt: its actions pass with the decoy key, ours with the real key are its own to the last byte.
import ccxt, { type Exchange } from 'ccxt';
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { actionClasses } from '../../../../src/venues/hyperliquid/actions.js';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';
import { parseHyperliquidOrders } from '../../../../src/venues/hyperliquid/orders.js';
import { captureOne, ccxtWire, isRetryable, raisedBy } from '../../../support/ccxt-wire.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const decoy = makeDecoys(hyperliquid);
const nowMs = 1_800_000_000_000;
const wallet = `0x${'12'.repeat(20)}`;
const market = {
  id: 'BTC',
  symbol: 'BTC/USDC:USDC',
  base: 'BTC',
  quote: 'USDC',
  settle: 'USDC',
  baseId: '0',
  type: 'swap',
  swap: true,
  contract: true,
  precision: { amount: 1e-5, price: 0.1 },
  limits: {},
  info: {},
};

function exchangeWith(keys: Record<string, string>, nonce: number, isTestnet = false) {
  const wire = ccxtWire('hyperliquid', { walletAddress: wallet, privateKey: keys.privateKey });
  if (isTestnet) wire.exchange.setSandboxMode(true);
  wire.exchange.setMarkets([market] as never);
  Object.assign(wire.exchange, { nonce: () => nonce, incrementingNonce: () => nonce });
  return wire;
}

/** ccxt writes r and s without leading zeros, we with them; the venue takes both. */
function parsedBody(body: Buffer): Record<string, unknown> {
  const pad = (_: string, value: unknown) =>
    typeof value === 'string' && /^0x[0-9a-f]{50,63}$/.test(value)
      ? `0x${value.slice(2).padStart(64, '0')}`
      : value;
  return JSON.parse(body.toString(), pad) as Record<string, unknown>;
}

type Builder = (exchange: Exchange) => Record<string, unknown>;
const builders: Record<string, Builder> = {
  'an order': (exchange) =>
    exchange.createOrdersRequest([
      { symbol: 'BTC/USDC:USDC', type: 'limit', side: 'buy', amount: 0.25, price: 30000, params: {} },
    ]),
  'an order with its exits': (exchange) =>
    exchange.createOrdersRequest([
      {
        symbol: 'BTC/USDC:USDC',
        type: 'limit',
        side: 'buy',
        amount: 0.25,
        price: 30000,
        params: { stopLoss: { triggerPrice: 29000 }, takeProfit: { triggerPrice: 31000 } },
      },
    ]),
  'a cancel': (exchange) => exchange.cancelOrdersRequest(['5'], 'BTC/USDC:USDC'),
};
const post = (build: Builder) => (exchange: Exchange) => exchange.privatePostExchange(build(exchange));

for (const [name, build] of Object.entries(builders)) {
  for (const isTestnet of [false, true]) {
    test(`${name} on ${isTestnet ? 'testnet' : 'mainnet'}`, async () => {
      const sent = await captureOne(exchangeWith(decoy, nowMs - 9, isTestnet), post(build));
      expect(hyperliquid.authenticate(sent, decoy)).toEqual({ kind: 'valid' });
      const real = makeDecoys(hyperliquid);
      const expected = await captureOne(exchangeWith(real, nowMs, isTestnet), post(build));
      const signed = hyperliquid.sign(sent, asReal(real), stampAt(nowMs, isTestnet ? 'demo' : 'live'));
      expect(parsedBody(signed.body)).toEqual(parsedBody(expected.body));
      expect(Object.keys(JSON.parse(signed.body.toString()))).toEqual(
        Object.keys(JSON.parse(sent.body.toString())),
      );
      expect(hyperliquid.classify(sent)).toMatchObject({
        class: name === 'a cancel' ? 'cancel' : 'order',
        isPublic: false,
      });
      const instruments = new Map([['0', 'BTC']]);
      expect(parseHyperliquidOrders(sent, { account: 'a', environment: 'live', instruments })).toMatchObject({
        ok: true,
      });
    });
  }
}

const l1 = (keys: Record<string, string>, action: object, nonce = nowMs) => {
  const { exchange } = exchangeWith(keys, nonce);
  return { action, nonce, signature: exchange.signL1Action(action, nonce) };
};
const requestWith = (body: object | string, host = 'api.hyperliquid.xyz') =>
  requestOf(
    'POST',
    `https://${host}/exchange`,
    [['content-type', 'application/json']],
    typeof body === 'string' ? body : JSON.stringify(body),
  );
const cancelAction = { type: 'cancel', cancels: [{ a: 0, o: 5 }] };

test('only what the decoy signed, in the order it signed, for the network it signed', () => {
  const good = l1(decoy, cancelAction);
  expect(hyperliquid.authenticate(requestWith(good), decoy)).toEqual({ kind: 'valid' });
  const bad: Record<string, HttpRequest> = {
    'another nonce': requestWith({ ...good, nonce: nowMs + 1 }),
    'another order id': requestWith({ ...good, action: { type: 'cancel', cancels: [{ a: 0, o: 6 }] } }),
    'members in another order': requestWith({
      ...good,
      action: { cancels: cancelAction.cancels, type: 'cancel' },
    }),
    'another network': requestWith(good, 'api.hyperliquid-testnet.xyz'),
    'another vault': requestWith({ ...good, vaultAddress: wallet }),
    'another expiry': requestWith({ ...good, expiresAfter: nowMs }),
    'another key': requestWith(l1(makeDecoys(hyperliquid), cancelAction)),
    'a signature that is none': requestWith({ ...good, signature: { r: '0x1', s: '0x1', v: 5 } }),
    'a fraction in the action': requestWith({ ...good, action: { ...cancelAction, x: 1.5 } }),
  };
  for (const [name, request] of Object.entries(bad)) {
    expect(hyperliquid.authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(hyperliquid.authenticate(requestWith(good), {})).toMatchObject({ kind: 'invalid' });
  const unsigned = requestWith({ action: cancelAction, nonce: nowMs });
  const twice = requestWith(JSON.stringify(good).replace('{', '{"nonce":1,'));
  for (const bare of [unsigned, twice, requestWith('[]'), requestWith('')]) {
    expect(hyperliquid.authenticate(bare, decoy)).toEqual({ kind: 'none' });
  }
  const info = requestOf('POST', 'https://api.hyperliquid.xyz/info', [], '{"type":"meta"}');
  expect(hyperliquid.authenticate(info, decoy)).toEqual({ kind: 'none' });
});

test('a signature with added entropy is the decoy’s all the same', async () => {
  const { secp256k1 } = await import('@noble/curves/secp256k1.js');
  const { keccak_256 } = await import('@noble/hashes/sha3.js');
  const { exchange } = exchangeWith(decoy, nowMs);
  const connectionId = exchange.actionHash(cancelAction, undefined, nowMs);
  const types = {
    Agent: [
      { name: 'source', type: 'string' },
      { name: 'connectionId', type: 'bytes32' },
    ],
  };
  const domain = { chainId: 1337, name: 'Exchange', version: '1', verifyingContract: `0x${'00'.repeat(20)}` };
  const digest = keccak_256(exchange.ethEncodeStructuredData(domain, types, { source: 'a', connectionId }));
  const key = Buffer.from(decoy.privateKey!.slice(2), 'hex');
  const bytes = secp256k1.sign(digest, key, { prehash: false, format: 'recovered', extraEntropy: true });
  const hex = Buffer.from(bytes).toString('hex');
  const signature = { r: `0x${hex.slice(2, 66)}`, s: `0x${hex.slice(66)}`, v: 27 + bytes[0]! };
  expect(signature).not.toEqual(exchange.signL1Action(cancelAction, nowMs));
  expect(
    hyperliquid.authenticate(requestWith({ action: cancelAction, nonce: nowMs, signature }), decoy),
  ).toEqual({ kind: 'valid' });
});

test('every action has the committed class; whatever moves funds is never signed, whoever asks (S7)', async () => {
  const outcome: Record<string, string[]> = {};
  for (const [type, kind] of actionClasses)
    outcome[kind] = [...(outcome[kind] ?? []), `POST /exchange ${type}`];
  outcome['public read'] = ['POST /info'];
  for (const rows of Object.values(outcome)) rows.sort();
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/hyperliquid.json',
  );
  for (const [type, kind] of actionClasses) {
    const isSigned = kind !== 'funds' && type !== 'approveBuilderFee';
    if (isSigned)
      expect(type).not.toMatch(
        /withdraw|send|transfer|vault|subaccount|approve|borrow|deploy|deposit|multi/i,
      );
    const request = requestWith(l1(decoy, { type }));
    expect(hyperliquid.classify(request).class, type).toBe(kind);
    if (isSigned) continue;
    expect(hyperliquid.authenticate(request, decoy), type).toMatchObject({ kind: 'invalid' });
    expect(() => hyperliquid.sign(request, asReal(decoy), stampAt(nowMs)), type).toThrow('does not sign');
  }
});

test('ccxt’s API map, and what no table names', () => {
  const classify = (path: string, body?: object, more: object = {}) =>
    hyperliquid.classify({
      host: 'api.hyperliquid.xyz',
      method: 'POST',
      path,
      query: '',
      headers: [['content-type', 'application/json']],
      ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
      ...more,
    });
  expect(classify('/info')).toMatchObject({ class: 'read', isPublic: true });
  expect(classify('/exchange')).toMatchObject({ class: 'order' });
  expect(classify('/exchange#withdraw3')).toMatchObject({ class: 'funds' });
  expect(classify('/exchange', { action: { type: 'withdraw3' } })).toMatchObject({ class: 'funds' });
  for (const unknown of [
    classify('/exchange', {}),
    classify('/exchange', { action: { type: 'noop' } }),
    classify('/exchange', { action: { type: 'newThing' } }),
    classify('/exchange#order', { action: { type: 'withdraw3' } }),
    classify('/exchange', undefined, { body: Buffer.alloc(0) }),
    classify('/exchange', { action: { type: 'order' } }, { query: 'x=1' }),
    classify('/exchange', { action: { type: 'order' } }, { method: 'PUT' }),
    classify('/info', undefined, { host: 'evil.example' }),
    classify('/ws'),
  ]) {
    expect(unknown.class).toBe('unknown');
  }
});

test('nonces outside the venue’s window, other hosts and vaults are not signed', () => {
  const request = requestWith(l1(decoy, cancelAction));
  const sign = (given: HttpRequest, stamp: ReturnType<typeof stampAt>) => () =>
    hyperliquid.sign(given, asReal(decoy), stamp);
  expect(sign(request, stampAt(nowMs))).not.toThrow();
  expect(sign(request, { ...stampAt(nowMs), nonce: BigInt(nowMs) + 90_000_000n })).toThrow('window');
  expect(sign(request, { ...stampAt(nowMs), nonce: BigInt(nowMs) - 180_000_000n })).toThrow('window');
  expect(sign(request, stampAt(nowMs, 'demo'))).toThrow('host');
  expect(sign({ ...request, host: 'evil.example' }, stampAt(nowMs))).toThrow('host');
  expect(sign(requestWith({ ...l1(decoy, cancelAction), vaultAddress: wallet }), stampAt(nowMs))).toThrow(
    'does not sign',
  );
  const info = requestOf(
    'POST',
    'https://api.hyperliquid.xyz/info',
    [['Content-Type', 'application/json']],
    '{ "type": "meta" }',
  );
  expect(hyperliquid.sign(info, undefined, stampAt(nowMs)).body.toString()).toBe('{"type":"meta"}');
});

test('decoys are keys, fresh each time', () => {
  const [field] = hyperliquid.credential;
  expect(decoy.privateKey).toMatch(/^0x[0-9a-f]{64}$/);
  expect(field!.explainMalformed?.(decoy.privateKey!)).toBeUndefined();
  expect(field!.explainMalformed?.('0x12')).toContain('64 hex digits');
  expect(makeDecoys(hyperliquid).privateKey).not.toBe(decoy.privateKey);
  for (const fill of [0, 0xff])
    expect(field!.explainMalformed?.(field!.makeDecoy((size) => Buffer.alloc(size, fill)))).toBeUndefined();
});

test('ccxt raises a refusal for good, with its words', async () => {
  const answer = hyperliquid.refuse({ code: 'DENIED', message: 'no orders here', requestId: 'r-9' });
  const raised = await raisedBy(
    'hyperliquid',
    { walletAddress: wallet, privateKey: decoy.privateKey },
    answer,
    (exchange) => exchange.privatePostExchange({}),
  );
  expect(raised).toBeInstanceOf(ccxt.ExchangeError);
  expect(isRetryable(raised)).toBe(false);
  expect(raised.message).toContain('no orders here (request r-9)');
});
