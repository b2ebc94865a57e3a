// Exits at Bybit on paper, through its SDK and ccxt: with an order, of a position, trailing, changed and taken away.
import { RestClientV5 } from 'bybit-api';
import { expect, test } from 'vitest';
import { amendExits, attachedExits, setExits } from '../../../../src/paper/bybit/exits.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { paperVenue } from '../../../support/paper-venue.js';

const at = { category: 'linear', symbol: 'BTCUSDT' } as const;

async function connect() {
  const paper = paperVenue(bybit);
  const keys = { key: paper.secrets.apiKey!, secret: paper.secrets.secretKey! };
  const client = new RestClientV5(keys, { adapter: paper.adapter } as never);
  const { result } = await client.getTickers(at);
  const last = Number(result.list[0]!.lastPrice);
  const price = (share: number) => String(Number((last * share).toFixed(1)));
  const open = async () => (await client.getActiveOrders(at)).result.list;
  const position = async () => (await client.getPositionInfo({ ...at })).result.list[0];
  return { paper, client, price, open, position };
}

test('come with an order, are shown with it, amended before it is filled, and end with it', async () => {
  const { client, price, open } = await connect();
  const order = { ...at, side: 'Buy', orderType: 'Limit', qty: '0.1', price: price(0.97) } as const;
  const placed = await client.submitOrder({ ...order, takeProfit: price(1.2), stopLoss: price(0.9) });
  const { orderId } = placed.result;
  expect(await open()).toMatchObject([{ orderId, takeProfit: price(1.2), stopLoss: price(0.9) }]);
  expect((await client.amendOrder({ ...at, orderId, stopLoss: price(0.8) })).retCode).toBe(0);
  expect(await open()).toMatchObject([{ orderId, stopLoss: price(0.8), price: price(0.97) }]);
  await client.cancelOrder({ ...at, orderId });
  expect(await open()).toEqual([]);
  expect((await client.getHistoricOrders(at)).result.list).toHaveLength(1);
});

test('of a position are its own: set, replaced, taken away, gone with it', async () => {
  const { client, price, open, position } = await connect();
  const stops = (more: object) => client.setTradingStop({ ...at, tpslMode: 'Full', positionIdx: 0, ...more });
  expect((await stops({ stopLoss: price(0.9) })).retCode).not.toBe(0);
  await client.submitOrder({ ...at, side: 'Buy', orderType: 'Market', qty: '0.1', stopLoss: price(0.9) });
  expect(await position()).toMatchObject({ stopLoss: price(0.9), takeProfit: '', trailingStop: '0' });
  await stops({ stopLoss: price(0.8), takeProfit: price(1.3), trailingStop: '900' });
  expect(await position()).toMatchObject({
    stopLoss: price(0.8),
    takeProfit: price(1.3),
    trailingStop: '900',
  });
  const kinds = (await open()).map(({ stopOrderType, orderStatus }) => [stopOrderType, orderStatus]);
  expect(kinds.sort()).toEqual([
    ['StopLoss', 'Untriggered'],
    ['TakeProfit', 'Untriggered'],
    ['TrailingStop', 'Untriggered'],
  ]);
  const orderId = (await open()).find(({ stopOrderType }) => stopOrderType === 'TakeProfit')!.orderId;
  const amend = async (change: object) => (await client.amendOrder({ ...at, orderId, ...change })).retCode;
  expect(await amend({ qty: '0.01' })).not.toBe(0);
  expect(await amend({ qty: '0.1', triggerPrice: price(1.4) })).toBe(0);
  expect(await position()).toMatchObject({ takeProfit: price(1.4) });
  expect((await open()).map(({ qty }) => qty)).toEqual(['0.1', '0.1', '0.1']);
  await stops({ takeProfit: '0', trailingStop: '0' });
  expect(await position()).toMatchObject({ stopLoss: price(0.8), takeProfit: '', trailingStop: '0' });
  await client.submitOrder({ ...at, side: 'Sell', orderType: 'Market', qty: '0.1', reduceOnly: true });
  expect(await open()).toEqual([]);
});

test('a trailing stop that waits for its beginning is replaced by the next', async () => {
  const { client, price, open, position } = await connect();
  await client.submitOrder({ ...at, side: 'Buy', orderType: 'Market', qty: '0.1' });
  const trail = (more: object) => client.setTradingStop({ ...at, positionIdx: 0, ...more } as never);
  await trail({ trailingStop: '50', activePrice: price(1.2) });
  await trail({ trailingStop: '2000' });
  expect((await open()).map(({ stopOrderType }) => stopOrderType)).toEqual(['TrailingStop']);
  expect(await position()).toMatchObject({ trailingStop: '2000' });
});

test('of a part are as large as that, and one of them trades', async () => {
  const { client, price, open } = await connect();
  await client.submitOrder({ ...at, side: 'Buy', orderType: 'Market', qty: '0.1' });
  const part = { ...at, tpslMode: 'Partial', positionIdx: 0, tpSize: '0.04', slSize: '0.04' } as const;
  const uneven = { ...part, slSize: '0.05', takeProfit: price(1.2), stopLoss: price(0.9) };
  expect((await client.setTradingStop(uneven)).retCode).toBe(10001);
  expect(await open()).toEqual([]);
  await client.setTradingStop({ ...part, takeProfit: price(1.2), stopLoss: price(0.9) });
  expect((await open()).map(({ stopOrderType, qty }) => [stopOrderType, qty]).sort()).toEqual([
    ['PartialStopLoss', '0.04'],
    ['PartialTakeProfit', '0.04'],
  ]);
  const sell = (qty: string) =>
    client.submitOrder({ ...at, side: 'Sell', orderType: 'Market', qty, reduceOnly: true });
  await sell('0.05');
  expect((await open()).map(({ qty }) => qty)).toEqual(['0.04', '0.04']);
  await sell('0.03');
  expect((await open()).map(({ qty }) => qty)).toEqual(['0.02', '0.02']);
  await sell('0.02');
  expect(await open()).toEqual([]);
});

test('ccxt sets a trailing stop for a position', async () => {
  const { paper, open } = await connect();
  const client = paper.connectCcxt({ apiKey: paper.secrets.apiKey, secret: paper.secrets.secretKey });
  await client.loadMarkets();
  await client.createOrder('BTC/USDT:USDT', 'market', 'buy', 0.1);
  await client.createOrder('BTC/USDT:USDT', 'market', 'sell', 0.1, undefined, { trailingAmount: 500 });
  expect(await open()).toMatchObject([{ stopOrderType: 'TrailingStop', side: 'Sell' }]);
  expect([amendExits, attachedExits, setExits].every((one) => typeof one === 'function')).toBe(true);
});
