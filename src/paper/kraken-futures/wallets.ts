// Kraken Futures' wallets over the paper account: dollars in the multi-collateral one, each coin that inverse contracts settle in in its own.
// Sources: docs.kraken.com Futures REST "Get wallets", Futures WebSocket "Balances" (`portfolio_value` in the wallet's own `unit`); ccxt
// 4.5.84 krakenfutures and its pro twin.
import type { Desk } from '../desk.js';
import { isInverse } from '../engine/positions.js';
import { openMargin, openPositions, openProfit } from '../open-positions.js';
import { contracts, nameOfBase, numberOf, orderIdOf, type Row } from './call.js';

const dollars = 'USDT';
const coins = [...new Set(contracts.listed.filter(isInverse).map(({ base }) => base))];

function walletOf(desk: Desk, currency: string) {
  const { ledger } = desk.account;
  const [total, gain] = [ledger.total(currency), openProfit(desk, currency)];
  return {
    total: numberOf(total),
    available: numberOf(ledger.available(currency)),
    gain: numberOf(gain),
    margin: numberOf(openMargin(desk.account, currency)),
    marginWithOrders: numberOf(ledger.held(currency)),
    equity: numberOf(total.plus(gain)),
  };
}

/** By the wallet's name. */
export function wallets(desk: Desk): Row {
  const { total, available, gain, margin, marginWithOrders, equity } = walletOf(desk, dollars);
  return {
    flex: {
      type: 'multiCollateralMarginAccount',
      currencies: { USD: { quantity: total, value: total, collateral: total, available } },
      initialMargin: margin,
      initialMarginWithOrders: marginWithOrders,
      maintenanceMargin: 0,
      balanceValue: total,
      portfolioValue: equity,
      collateralValue: total,
      pnl: gain,
      unrealizedFunding: 0,
      totalUnrealized: gain,
      totalUnrealizedAsMargin: gain,
      availableMargin: available,
      marginEquity: equity,
    },
    ...Object.fromEntries(coins.map((coin) => [`fi_${unitOf(coin)}usd`, coinWallet(desk, coin)])),
  };
}

const unitOf = (coin: string): string => nameOfBase(coin).toLowerCase();

/** A wallet of one collateral, in that coin; its balances count contracts, too. */
function coinWallet(desk: Desk, coin: string): Row {
  const { total, available, gain, marginWithOrders, equity } = walletOf(desk, coin);
  const held = openPositions(desk.account, coin).map(({ instrument, position }) => [
    contracts.spell(instrument).toLowerCase(),
    numberOf(position.contracts),
  ]);
  const none = { mm: 0, lt: 0, tt: 0 };
  return {
    type: 'marginAccount',
    currency: unitOf(coin),
    balances: { [unitOf(coin)]: total, ...Object.fromEntries(held) },
    auxiliary: { usd: 0, pv: equity, pnl: gain, af: available, funding: 0 },
    marginRequirements: { im: marginWithOrders, ...none },
    triggerEstimates: { im: 0, ...none },
  };
}

/** Feed `balances` of the WebSocket. */
export function socketBalances(desk: Desk): Row {
  const { total, available, gain, margin, marginWithOrders, equity } = walletOf(desk, dollars);
  const wallet = { quantity: total, value: total, collateral_value: total, available, haircut: 0 };
  return {
    feed: 'balances_snapshot',
    account: orderIdOf(desk.account),
    futures: Object.fromEntries(coins.map((coin) => [`F-${nameOfBase(coin)}:USD`, socketWallet(desk, coin)])),
    flex_futures: {
      currencies: { USD: { ...wallet, conversion_spread: 0 } },
      balance_value: total,
      portfolio_value: equity,
      collateral_value: total,
      initial_margin: marginWithOrders,
      initial_margin_without_orders: margin,
      maintenance_margin: 0,
      pnl: gain,
      unrealized_funding: 0,
      total_unrealized: gain,
      total_unrealized_as_margin: gain,
      margin_equity: equity,
      available_margin: available,
    },
    timestamp: desk.engine.nowMs,
    seq: 0,
  };
}

function socketWallet(desk: Desk, coin: string): Row {
  const { total, available, gain, marginWithOrders, equity } = walletOf(desk, coin);
  const name = nameOfBase(coin);
  return {
    name: `F-${name}:USD`,
    pair: `${name}/USD`,
    unit: name,
    portfolio_value: equity,
    balance: total,
    maintenance_margin: 0,
    initial_margin: marginWithOrders,
    available,
    unrealized_funding: 0,
    pnl: gain,
  };
}

/** What a contract settles in, as the venue calls it. */
export function currencyOf({ feeCurrency }: { feeCurrency: string }): string {
  return feeCurrency === dollars ? 'USD' : nameOfBase(feeCurrency);
}
