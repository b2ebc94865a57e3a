// Alpaca's option contracts on paper: the terms that the leaf and the SDK read, and the market data of options.
import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { expect, test } from 'vitest';
import { contractsRoute } from '../../../../src/paper/alpaca/option-contracts.js';
import type { VenueAdmin } from '../../../../src/venues/admin.js';
import { alpaca } from '../../../../src/venues/alpaca/alpaca.js';
import { alpacaDesk } from '../../../support/alpaca-desk.js';

const option = 'AAPL280121P00270000';
const list = (query: string) =>
  alpacaDesk()
    .call<{ option_contracts: { symbol: string }[] }>('GET', `/v2/options/contracts?${query}`)
    .body.option_contracts.map(({ symbol }) => symbol);

test('one contract, by its symbol or id, is of a hundred shares', () => {
  const { call } = alpacaDesk();
  const { status, body } = call('GET', `/v2/options/contracts/${option}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    symbol: option,
    underlying_symbol: 'AAPL',
    type: 'put',
    strike_price: '270',
    expiration_date: '2028-01-21',
    multiplier: '100',
    size: '100',
  });
  expect(call('GET', `/v2/options/contracts/${body.id}`).body).toEqual(body);
  expect(call('GET', '/v2/options/contracts/AAPL280121P00001000').status).toBe(422);
  expect(contractsRoute('/v2/assets', {} as Parameters<typeof contractsRoute>[1])).toBeUndefined();
});

test.each([
  ['underlying_symbols=F,SPY&type=call', ['SPY280121C00660000', 'F280121C00013000']],
  ['root_symbol=F', ['F280121C00013000', 'F280121P00013000']],
  ['underlying_symbols=F&type=put&strike_price_gte=13&strike_price_lte=13', ['F280121P00013000']],
  ['underlying_symbols=F&strike_price_gte=14', []],
  ['underlying_symbols=F&strike_price_lte=12', []],
  ['underlying_symbols=F&type=put&expiration_date=2028-01-21', ['F280121P00013000']],
  ['expiration_date=2028-01-20', []],
  ['expiration_date_gte=2028-01-22', []],
  ['expiration_date_lte=2028-01-20', []],
  ['style=european', []],
  ['status=inactive', []],
])('contracts of %s', (query, symbols) => {
  expect(list(query)).toEqual(symbols);
});

test('all of them where nothing is asked for', () => {
  expect(list('')).toHaveLength(10);
});

test('the leaf reads the terms, the price and the book of an option', () => {
  const { ask } = alpacaDesk();
  const admin = alpaca.admin as VenueAdmin;
  const at = { environment: 'paper' } as const;
  const terms = ask(admin.contractTerms(at, option));
  expect(terms).toMatchObject({ isInverse: false, quote: 'USD' });
  expect(terms?.multiplier.toFixed(0)).toBe('100');
  const price = ask(admin.referencePrice(at, option));
  const [bid, last, best] = [price?.bid, price?.last, price?.ask].map((told) => Number(told?.toFixed(4)));
  expect(bid).toBeLessThan(best ?? 0);
  expect(last).toBeGreaterThan(0);
  const book = admin.orderBook?.(at, option, false);
  expect(book && ask(book)?.asks[0]?.price.toFixed(4)).toBe(best?.toFixed(4));
});

test('quotes, trades and bars of options, in contracts', () => {
  const { call } = alpacaDesk();
  const read = <Body>(path: string) => call<Body>('GET', `/v1beta1/options/${path}symbols=${option}`).body;
  const { quotes } = read<{ quotes: Record<string, { ap: number; as: number }> }>('quotes/latest?');
  const { trades } = read<{ trades: Record<string, { p: number; s: number }> }>('trades/latest?');
  const { bars } = read<{ bars: Record<string, { v: number }[]> }>('bars?timeframe=1Min&limit=5&');
  expect(quotes[option]?.ap).toBeGreaterThan(0);
  expect(Number.isInteger(quotes[option]?.as)).toBe(true);
  expect(trades[option]?.p).toBeGreaterThan(0);
  expect(bars[option]?.length).toBe(5);
  expect(call('GET', '/v1beta1/options/quotes/latest?symbols=AAPL').status).toBe(422);
});

test('the SDK lists contracts, buys one and sells it again', async () => {
  const paper = alpacaDesk();
  const client = new Alpaca({
    keyId: paper.secrets.keyId!,
    secret: paper.secrets.secretKey!,
    paper: true,
    fetchApi: paper.fetchPaper as never,
  } as never) as unknown as {
    trading: {
      assets: {
        getOptionsContracts(query: object): Promise<{ optionContracts: { symbol: string; size: string }[] }>;
      };
      orders: { postOrder(request: object): Promise<{ filledQty: string; positionIntent: string }> };
      positions: { getOpenPosition(request: object): Promise<{ qty: string; assetClass: string }> };
    };
  };
  const { trading } = client;
  const { optionContracts } = await trading.assets.getOptionsContracts({ underlyingSymbols: 'AAPL' });
  expect(optionContracts.map(({ symbol, size }) => [symbol, size])).toContainEqual([option, '100']);
  const order = { symbol: option, qty: '2', side: 'buy', type: 'market', timeInForce: 'day' };
  const bought = await trading.orders.postOrder({ postOrderRequest: order });
  expect(bought).toMatchObject({ filledQty: '2', positionIntent: 'buy_to_open' });
  const held = await trading.positions.getOpenPosition({ symbolOrAssetId: option });
  expect(held).toMatchObject({ qty: '2', assetClass: 'us_option' });
  const sold = await trading.orders.postOrder({ postOrderRequest: { ...order, side: 'sell' } });
  expect(sold).toMatchObject({ filledQty: '2', positionIntent: 'sell_to_close' });
});
