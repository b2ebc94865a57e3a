import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { askWorth } from '../../../../src/venues/kraken-futures/equity.js';

const answer = (told: object) => ({
  status: 200,
  body: Buffer.from(JSON.stringify({ result: 'success', ...told })),
});
const tickers = [
  { symbol: 'PF_XBTUSD', pair: 'XBT:USD', indexPrice: 60_000, last: 1 },
  { symbol: 'PI_ETHUSD', pair: 'ETH:USD', indexPrice: 3000 },
];
/** As the sidecar asks: the second answer counts where there is one. */
const worth = (accounts: object, listed: readonly object[] = tickers) => {
  const call = askWorth({ environment: 'live' });
  const told = call.read(answer({ accounts }));
  const next = told && call.follow?.(told);
  const counted = next === undefined ? told : next.read(answer({ tickers: listed }));
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
