// Kraken on paper: rising nonces, the signature, the dead-man switch, names of pairs and orders, in Kraken's shapes.
import { createHash, createHmac } from 'node:crypto';
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import { accountRoutes, describe as describeOrder } from '../../../../src/paper/kraken/account.js';
import { nameOf, pairs } from '../../../../src/paper/kraken/call.js';
import { krakenDialect } from '../../../../src/paper/kraken/dialect.js';
import { marketRoutes } from '../../../../src/paper/kraken/market-data.js';
import { tradingRoutes } from '../../../../src/paper/kraken/trading.js';
import { kraken } from '../../../../src/venues/kraken/kraken.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { requestOf } from '../../../support/venue-requests.js';

interface Reply {
  error: string[];
  result: Record<string, never> & { txid: string[]; count: number; open: Record<string, unknown> };
}

/** Signs by hand as docs.kraken.com describes it. */
function desk() {
  const paper = paperVenue(kraken);
  let nonce = Date.now();
  const call = (
    name: string,
    fields: Record<string, string> = {},
    given: { nonce?: number; secret?: string } = {},
  ) => {
    nonce += 1;
    const body = new URLSearchParams({ nonce: String(given.nonce ?? nonce), ...fields }).toString();
    const path = `/0/private/${name}`;
    const digest = createHash('sha256')
      .update(`${given.nonce ?? nonce}${body}`)
      .digest();
    const sign = createHmac('sha512', Buffer.from(given.secret ?? paper.secrets.secret!, 'base64'))
      .update(path)
      .update(digest)
      .digest('base64');
    const answer = paper.handle(
      requestOf(
        'POST',
        `https://api.kraken.com${path}`,
        [
          ['API-Key', paper.secrets.apiKey!],
          ['API-Sign', sign],
          ['content-type', 'application/x-www-form-urlencoded'],
        ],
        body,
      ),
    );
    return JSON.parse(answer.body.toString()) as Reply;
  };
  const bid = () => {
    const answer = paper.handle(requestOf('GET', 'https://api.kraken.com/0/public/Ticker?pair=XBT/USDT'));
    const { result } = JSON.parse(answer.body.toString()) as { result: Record<string, { b: string[] }> };
    return Number(result.XBTUSDT!.b[0]);
  };
  return { ...paper, call, bid };
}

const form = [['content-type', 'application/x-www-form-urlencoded']] as const;

const limit = (price: number) => ({
  pair: 'XBTUSDT',
  type: 'buy',
  ordertype: 'limit',
  volume: '0.01',
  price: price.toFixed(1),
});

test('a nonce must rise, for each key by itself', () => {
  const one = desk();
  expect(one.call('Balance').error).toEqual([]);
  expect(one.call('Balance', {}, { nonce: 5 }).error).toEqual(['EAPI:Invalid nonce']);
  expect(one.call('Balance').error).toEqual([]);
  expect(desk().call('Balance', {}, { nonce: 5 }).error).toEqual([]);
});

test('another secret signs nothing, and burns no nonce', () => {
  const one = desk();
  const secret = Buffer.alloc(64, 1).toString('base64');
  const far = Date.now() + 1_000_000;
  expect(one.call('Balance', {}, { secret, nonce: far }).error).toEqual(['EAPI:Invalid signature']);
  expect(one.call('Balance').error).toEqual([]);
});

test('an order rests under a txid, is asked for by it, and goes when the dead-man switch fires', () => {
  const one = desk();
  const placed = one.call('AddOrder', limit(one.bid() * 0.97));
  const [txid = ''] = placed.result.txid;
  expect(txid).toMatch(/^O[A-Z2-7]{5}-[A-Z2-7]{5}-[A-Z2-7]{6}$/);
  expect(one.call('QueryOrders', { txid }).result[txid]).toMatchObject({ status: 'open', vol: '0.01' });
  expect(one.call('CancelAllOrdersAfter', { timeout: '1' }).error).toEqual([]);
  one.clock.set(one.clock.nowMs() + 2000);
  expect(one.call('OpenOrders').result.open).toEqual({});
});

test('an order is amended in place, and what an amendment may not change is refused', () => {
  const one = desk();
  const [txid = ''] = one.call('AddOrder', limit(one.bid() * 0.97)).result.txid;
  const { result, error } = one.call('AmendOrder', { txid, order_qty: '0.02' });
  expect([error, result]).toEqual([[], { amend_id: expect.stringMatching(/^T[A-Z2-7]{5}-/) }]);
  expect(one.call('QueryOrders', { txid }).result[txid]).toMatchObject({ status: 'open', vol: '0.02' });
  expect(one.call('AmendOrder', { txid, order_qty: '400' }).error).toEqual(['EOrder:Insufficient funds']);
  expect(one.call('AmendOrder', { txid, trigger_price: '1' }).error).toHaveLength(1);
  expect(one.call('AmendOrder', { txid, display_qty: '1' }).error).toEqual(['EGeneral:Permission denied']);
});

test('several orders of a pair at once, by ccxt: what one meets with stands in its place', async () => {
  const { connectCcxt, secrets, bid } = desk();
  const client = connectCcxt({ apiKey: secrets.apiKey, secret: secrets.secret });
  await client.loadMarkets();
  const price = Math.floor(bid() * 0.9);
  const order = { symbol: 'BTC/USDT', type: 'limit', side: 'buy', price } as const;
  const place = (...amounts: number[]) =>
    client.createOrders(
      amounts.map((amount) => ({ ...order, amount })) as Parameters<typeof client.createOrders>[0],
    );
  const placed = await place(0.01, 0.02);
  // ccxt raises what one of them met with; the other stands.
  await expect(place(0.03, 9)).rejects.toThrow(ccxt.InsufficientFunds);
  await expect(place(0.04)).rejects.toThrow('Invalid arguments:orders');
  const open = await client.fetchOpenOrders('BTC/USDT');
  expect(open.map(({ amount }) => amount).sort()).toEqual([0.01, 0.02, 0.03]);
  expect(open.map(({ id }) => id)).toEqual(expect.arrayContaining(placed.map(({ id }) => id)));
});

test('a public call may be a POST', () => {
  const answer = desk().handle(
    requestOf('POST', 'https://api.kraken.com/0/public/Ticker', form, 'pair=XBTUSDT'),
  );
  expect(JSON.parse(answer.body.toString())).toMatchObject({ error: [], result: { XBTUSDT: {} } });
});

test('a dry run places nothing', () => {
  const one = desk();
  expect(one.call('AddOrder', { ...limit(one.bid() * 0.97), validate: 'true' }).result.txid).toBeUndefined();
  expect(one.call('OpenOrders').result.open).toEqual({});
});

test.each([
  ['Withdraw', {}, 'EGeneral:Permission denied'],
  ['AddOrder', { ...limit(1), pair: 'XBTNONE' }, 'EQuery:Unknown asset pair'],
  ['AddOrder', { ...limit(1), volume: '1e3' }, 'EGeneral:Invalid arguments:volume'],
  ['AddOrder', { ...limit(1), leverage: '2' }, 'EGeneral:Permission denied'],
  ['CancelOrder', { txid: 'OAAAAA-BBBBB-CCCCCC' }, 'EOrder:Unknown order'],
])('%s %o is refused in Kraken’s words', (name, fields, error) => {
  expect(desk().call(name, fields).error).toEqual([error]);
});

test('every spelling of a pair is the same market, and orders’ names do not repeat', () => {
  const found = ['XBTUSDT', 'XBT/USDT', 'BTC/USDT', 'BTCUSDT'].map((name) => pairs.need(name).symbol);
  expect(new Set(found)).toEqual(new Set(['BTC-USDT']));
  expect(new Set([...Array(500).keys()].map((id) => nameOf('O', String(id)))).size).toBe(500);
  expect(describeOrder).toBeTypeOf('function');
});

test('the routes are those of Kraken’s table', () => {
  const own = (names: Iterable<string>) => [...names].map((name) => `POST /0/private/${name}`);
  // What a key may do is for the sidecar to ask, not for the agent.
  const reads = [...accountRoutes.keys()].filter((name) => name !== 'GetApiKeyInfo');
  expect(classesOf(kraken, 'api.kraken.com', own(reads))).toEqual(['read']);
  expect(classesOf(kraken, 'api.kraken.com', own(tradingRoutes.keys()))).toContain('cancel');
  expect(
    classesOf(
      kraken,
      'api.kraken.com',
      [...marketRoutes.keys()].map((name) => `GET /0/public/${name}`),
    ),
  ).toEqual(['read']);
  expect(krakenDialect.venue).toBe('kraken');
});
