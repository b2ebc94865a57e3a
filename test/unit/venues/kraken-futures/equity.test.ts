import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { askWorth } from '../../../../src/venues/kraken-futures/equity.js';

const serverTime = '2026-11-20T12:00:00.000Z';
const answer = (told: object) => ({
  status: 200,
  body: Buffer.from(JSON.stringify({ result: 'success', serverTime, ...told })),
});
const tickers = [
  { symbol: 'PF_XBTUSD', pair: 'XBT:USD', indexPrice: 60_000, last: 1 },
  { symbol: 'PI_ETHUSD', pair: 'ETH:USD', indexPrice: 3000 },
];
/** As the sidecar asks: the second answer counts where there is one. */
const worth = (
  accounts: object,
  listed: readonly object[] = tickers,
  { first = {}, second = {} }: { first?: object; second?: object } = {},
) => {
  const call = askWorth({ environment: 'live' });
  const told = call.read(answer({ accounts, ...first }));
  const next = told && call.follow?.(told);
  const counted = next === undefined ? told : next.read(answer({ tickers: listed, ...second }));
  return counted && formatDecimal(counted);
};
const flex = { type: 'multiCollateralMarginAccount', balanceValue: 100, portfolioValue: 93.5, pnl: -6.5 };
const cash = (xbt: number, more: object = {}) => ({
  type: 'cashAccount',
  balances: { xbt, eth: 0, ...more },
});
const margin = (currency: string, pv: number) => ({
  type: 'marginAccount',
  currency,
  balances: { [currency]: 7, pi_xbtusd: 500 },
  auxiliary: { pv, usd: 0 },
});

test.each<[string, object, string | undefined]>([
  ['open losses included', { flex }, '93.5'],
  ['with empty wallets beside it', { flex, cash: cash(0), fi_xbtusd: margin('xbt', 0) }, '93.5'],
  ['coins in the cash wallet, at the index', { flex, cash: cash(0.5) }, '30093.5'],
  ['dollars there', { flex, cash: cash(0, { usd: 6.5 }) }, '100'],
  [
    'coins in a wallet of their own, open profit included',
    { flex, fi_xbtusd: margin('xbt', 0.5) },
    '30093.5',
  ],
  ['in two', { flex, fi_xbtusd: margin('xbt', 0.1), fi_ethusd: margin('eth', 2) }, '12093.5'],
  ['more owed than there is', { flex, fi_xbtusd: margin('xbt', -0.001) }, '33.5'],
  ['a coin without a price', { flex, cash: cash(0, { eur: 1 }) }, undefined],
  ['a wallet that nobody knows', { flex, new: { type: 'new' } }, undefined],
  ['a wallet of coins without its worth', { flex, fi_xbtusd: { type: 'marginAccount' } }, undefined],
  ['no multi-collateral wallet', { cash: cash(0) }, undefined],
  ['nothing', {}, undefined],
])('%s', (_title, accounts, expected) => {
  expect(worth(accounts)).toBe(expected);
});

test('without prices nothing is known', () => {
  expect(worth({ flex, fi_xbtusd: margin('xbt', 0.5) }, [])).toBeUndefined();
});

test('of several rows of a pair the one counts by which the account is worth least, and none that is suspended', () => {
  const rows = [
    { pair: 'XBT:USD', indexPrice: 90_000, suspended: true },
    { pair: 'XBT:USD', indexPrice: 60_000, suspended: false },
    { pair: 'XBT:USD', indexPrice: 50_000 },
    { pair: 'XBT:USD', indexPrice: 1, suspended: true },
    { pair: 'XBT:USD' },
    { pair: 'ETH:USD', indexPrice: 1 },
  ];
  expect(worth({ flex, fi_xbtusd: margin('xbt', 1) }, rows)).toBe('50093.5');
  expect(worth({ flex, fi_xbtusd: margin('xbt', -1) }, rows)).toBe('-59906.5');
  expect(worth({ flex, fi_xbtusd: margin('xbt', 1) }, rows.slice(0, 1))).toBeUndefined();
});

test('prices of an answer that is older than the account’s, or of no time, count for nothing', () => {
  const coins = { flex, fi_xbtusd: margin('xbt', 0.5) };
  const at = (first: object, second: object) => worth(coins, tickers, { first, second });
  expect(at({}, { serverTime: '2026-11-20T11:59:55.000Z' })).toBe('30093.5');
  expect(at({}, { serverTime: '2026-11-20T11:59:40.000Z' })).toBeUndefined();
  expect(at({}, { serverTime: undefined })).toBeUndefined();
  expect(at({ serverTime: undefined }, {})).toBeUndefined();
  // Without coins no price is needed.
  expect(worth({ flex }, [], { first: { serverTime: undefined } })).toBe('93.5');
});
