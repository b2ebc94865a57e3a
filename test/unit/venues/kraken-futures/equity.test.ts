import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { admin } from '../../../../src/venues/kraken-futures/admin.js';

const worth = (accounts: object) => {
  const body = Buffer.from(JSON.stringify({ result: 'success', accounts }));
  const told = admin.equity?.({ environment: 'live' }).read({ status: 200, body });
  return told && formatDecimal(told);
};
const flex = { type: 'multiCollateralMarginAccount', balanceValue: 100, portfolioValue: 93.5, pnl: -6.5 };
const cash = (xbt: number) => ({ type: 'cashAccount', balances: { xbt, eth: 0 } });
const margin = (pv: number) => ({
  type: 'marginAccount',
  currency: 'xbt',
  balances: { xbt: pv },
  auxiliary: { pv, usd: 0 },
});

test.each<[string, object, string | undefined]>([
  ['open losses included', { flex }, '93.5'],
  ['with empty wallets beside it', { flex, cash: cash(0), fi_xbtusd: margin(0) }, '93.5'],
  ['coins in the cash wallet', { flex, cash: cash(0.5) }, undefined],
  ['coins in a wallet of their own', { flex, fi_xbtusd: margin(0.5) }, undefined],
  ['a wallet that nobody knows', { flex, new: { type: 'new' } }, undefined],
  ['no multi-collateral wallet', { cash: cash(0) }, undefined],
  ['nothing', {}, undefined],
])('%s', (_title, accounts, expected) => {
  expect(worth(accounts)).toBe(expected);
});
