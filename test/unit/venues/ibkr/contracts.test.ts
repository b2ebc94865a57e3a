// Contracts by number: asked for by what an order names, and named so that one ticker's several contracts stay apart.
import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { conidOf, contractsIn, instrumentSource } from '../../../../src/venues/ibkr/contracts.js';
import { requestOf } from '../../../support/venue-requests.js';

const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const share = { conid: 265598, ticker: 'AAPL', currency: 'USD', assetClass: 'STK', multiplier: 0.0 };

test('a contract is named by ticker and number, and knows what one unit is of', () => {
  const future = { conid: 495512563, ticker: 'ES', currency: 'USD', assetClass: 'FUT', multiplier: 50.0 };
  const contracts = contractsIn(said({ secdef: [share, future] }));
  expect(
    [...(contracts?.values() ?? [])].map(({ name, multiplier }) => [name, formatDecimal(multiplier)]),
  ).toEqual([
    ['AAPL:265598', '1'],
    ['ES:495512563', '50'],
  ]);
  expect(conidOf('AAPL:265598')).toBe('265598');
  expect(conidOf('AAPL')).toBeUndefined();
});

test('what is said incompletely names nothing', () => {
  const bad = [
    { ...share, ticker: null },
    { ...share, currency: '' },
    { ...share, conid: -1 },
    { ...share, ticker: 'A\nB' },
    { ...share, assetClass: 'OPT' },
  ];
  expect(contractsIn(said({ secdef: bad }))?.size).toBe(0);
  expect(contractsIn(said({ secdef: {} }))).toBeUndefined();
  expect(contractsIn(said({ secdef: [share] }, 401))).toBeUndefined();
});

test('the contracts that a request names are asked for, each once, and nothing else is', () => {
  const url = 'https://api.ibkr.com/v1/api/iserver/account/DU1/orders';
  const asked = (body: unknown) =>
    instrumentSource
      .requests('demo', requestOf('POST', url, [], typeof body === 'string' ? body : JSON.stringify(body)))
      .map(({ path, query }) => `${path}?${query}`);
  const secdef = '/v1/api/trsrv/secdef?conids=';
  expect(asked({ orders: [{ conid: 1 }, { conid: '2' }, { conid: 1 }] })).toEqual([`${secdef}1,2`]);
  expect(asked({ conid: 3 })).toEqual([`${secdef}3`]);
  for (const body of ['', '[]', { orders: [] }, { conid: '1&x=y' }, { conid: 1.5 }, { orders: 'x' }])
    expect(asked(body)).toEqual([]);
  expect(instrumentSource.requests('demo')).toEqual([]);
  const list = instrumentSource.read([said({ secdef: [share] }).body]);
  expect(list?.get('265598')).toBe('AAPL:265598');
  expect(instrumentSource.read([Buffer.from('{}')])).toBeUndefined();
});
