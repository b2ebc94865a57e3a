// The account in OKX's dialect: balances, limits, bills and configuration agree with each other.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { accountRoutes } from '../../../../src/paper/okx/account.js';
import { bills } from '../../../../src/paper/okx/bills.js';
import { limitRoutes } from '../../../../src/paper/okx/limits.js';
import { digitsOf, positionRows } from '../../../../src/paper/okx/positions.js';
import { paperOkx } from '../../../support/paper-exchange.js';

const market = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'market', sz: '500' };
const swap = { instId: 'ETH-USDT-SWAP', tdMode: 'cross', side: 'buy', ordType: 'market', sz: '30' };

test('a fresh account', () => {
  const paper = paperOkx();
  const [balance] = paper.get('account/balance').data as unknown as {
    details: Record<string, string>[];
    totalEq: string;
  }[];
  expect(balance!.details).toMatchObject([
    { ccy: 'USDT', eq: '100000', availBal: '100000', frozenBal: '0', cashBal: '100000' },
    { ccy: 'BTC', eq: '1' },
    { ccy: 'ETH', eq: '10' },
  ]);
  const worth = balance!.details.reduce((sum, { eqUsd }) => sum.plus(decimal(eqUsd!)), decimal('0'));
  expect(balance!.totalEq).toBe(formatDecimal(worth));
  expect(paper.get('asset/balances')).toMatchObject({ code: '0', data: [] });
  expect(paper.get('account/positions-history')).toMatchObject({ code: '0', data: [] });
  expect(paper.get('account/risk-state').data).toMatchObject([{ atRisk: false }]);
});

test('bills add up to the balances', () => {
  const paper = paperOkx();
  paper.post('trade/order', market);
  paper.post('trade/order', { ...market, side: 'sell', sz: '0.02' });
  paper.post('trade/order', swap);
  paper.wait(120);
  paper.post('trade/close-position', { instId: 'ETH-USDT-SWAP', mgnMode: 'cross' });
  const opening: Record<string, string> = { USDT: '100000', BTC: '1', ETH: '10' };
  const [balance] = paper.get('account/balance').data as unknown as {
    details: { ccy: string; cashBal: string }[];
  }[];
  for (const { ccy, cashBal } of balance!.details) {
    const changes = paper.get(`account/bills?ccy=${ccy}`).data.map(({ balChg }) => decimal(balChg!));
    expect(formatDecimal(changes.reduce((sum, one) => sum.plus(one), decimal(opening[ccy]!))), ccy).toBe(
      cashBal,
    );
  }
  expect(paper.get('account/bills?type=1').data).toEqual([]);
  expect(paper.get('account/bills-archive?limit=1').data.length).toBe(1);
});

test('what could be bought can be bought, and not a lot more', () => {
  const paper = paperOkx();
  const [{ maxBuy } = { maxBuy: '' }] = paper.get('account/max-size?instId=ETH-USDT-SWAP&tdMode=cross').data;
  const tooMuch = formatDecimal(decimal(maxBuy!).times(decimal('1.01')).round(2, 0));
  const nearly = formatDecimal(decimal(maxBuy!).times(decimal('0.98')).round(2, 0));
  expect(paper.post('trade/order', { ...swap, sz: tooMuch }).data[0]!.sCode).toBe('51008');
  expect(paper.post('trade/order', { ...swap, sz: nearly }).data[0]!.sCode).toBe('0');
  expect(paper.get('account/max-avail-size?instId=BTC-USDT&tdMode=cash').data[0]).toMatchObject({
    availSell: '1',
  });
  expect(paper.get('account/max-size?instId=NOPE&tdMode=cash').code).toBe('51001');
  expect(paper.get('account/max-size?instId=BTC-USDT').code).toBe('50014');
});

test('positions show margin held and profit', () => {
  const paper = paperOkx();
  paper.post('trade/order', swap);
  const [position] = paper.get('account/positions?instId=ETH-USDT-SWAP').data;
  const [usdt] = (
    paper.get('account/balance?ccy=USDT').data as unknown as { details: Record<string, string>[] }[]
  )[0]!.details;
  expect(usdt!.frozenBal).toBe(position!.imr);
  expect(usdt!.upl).toBe(position!.upl);
  expect(decimal(usdt!.eq!).eq(decimal(usdt!.cashBal!).plus(decimal(usdt!.upl!)))).toBe(true);
  expect(paper.get('account/account-position-risk').data).toMatchObject([
    { posData: [{ posId: position!.posId }] },
  ]);
  expect(paper.get('account/leverage-info?instId=ETH-USDT-SWAP&mgnMode=cross').data).toMatchObject([
    { lever: '3', mgnMode: 'cross' },
  ]);
});

test('configuration: a sub-account, net positions, a key that cannot withdraw', () => {
  const paper = paperOkx();
  const [config] = paper.get('account/config').data;
  expect(config).toMatchObject({ perm: 'read_only,trade', posMode: 'net_mode', acctLv: '2' });
  expect(config!.uid).not.toBe(config!.mainUid);
  expect(paper.get('account/max-withdrawal').data.every(({ maxWd }) => maxWd === '0')).toBe(true);
  expect(paper.get('account/trade-fee?instType=SPOT').data).toMatchObject([
    { maker: '-0.0008', taker: '-0.001' },
  ]);
  expect(paper.get('account/trade-fee?instType=SWAP').data).toMatchObject([{ takerU: '-0.0005' }]);
  expect(paper.get('account/instruments?instType=SPOT').data.length).toBeGreaterThan(3);
  expect(paper.get('asset/currencies?ccy=BTC').data).toMatchObject([{ ccy: 'BTC', canWd: false }]);
});

test('the pieces', () => {
  expect(accountRoutes.size).toBeGreaterThan(limitRoutes.size);
  expect(digitsOf('a')).toMatch(/^\d{18}$/);
  expect(digitsOf('a')).not.toBe(digitsOf('b'));
  const nothing = { query: new Map(), account: { fills: [], positions: new Map() } } as never;
  expect(bills(nothing)).toEqual([]);
  expect(positionRows(nothing)).toEqual([]);
});
