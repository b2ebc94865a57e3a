// One call of the Alpaca dialect: symbols of pairs and shares, ids, and the instruments as assets.

import { formatDecimal } from '../../core/decimal.js';
import type { PrivateCall, Row } from '../call.js';
import { makeSymbols, needSpelled, uuidOf } from '../desk.js';
import { type Instrument, instruments, shares } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';

const bySymbol = new Set(shares.map(({ symbol }) => symbol));
export const isShare = ({ symbol }: { symbol: string }): boolean => bySymbol.has(symbol);

/** AAPL; BTC/USD, also BTCUSD as positions spell it: the engine's USDT stands for dollars. */
export const assets = makeSymbols(
  (one) => {
    if (isShare(one)) return [one.base];
    return one.kind === 'spot' ? [`${one.base}/USD`, `${one.base}USD`] : [];
  },
  [...instruments, ...shares],
);

/** What is held of a currency or a share: its market. */
export const assetOf = (base: string): Instrument | undefined =>
  assets.find(base) ?? assets.find(`${base}/USD`);

export const classOf = (one: { symbol: string }) =>
  isShare(one)
    ? ({ class: 'us_equity', exchange: 'NASDAQ' } as const)
    : ({ class: 'crypto', exchange: 'CRYPTO' } as const);

/** An order that was replaced goes by another id. */
export function orderIdOf({ id, memo }: Pick<PaperOrder, 'id' | 'memo'>): string {
  return uuidOf(`alpaca order ${memo.replaces ?? id}`);
}

export function assetIdOf(symbol: string): string {
  return uuidOf(`alpaca asset ${symbol}`);
}

/** Throws PaperFault ORDER_UNKNOWN. */
export function needOrder(call: PrivateCall, orderId: string): PaperOrder {
  return needSpelled(call, orderId, orderIdOf);
}

export function assetRow(instrument: Instrument): Row {
  const symbol = assets.spell(instrument);
  return {
    id: assetIdOf(symbol),
    ...classOf(instrument),
    symbol,
    name: symbol,
    status: 'active',
    tradable: true,
    marginable: false,
    maintenance_margin_requirement: 100,
    shortable: false,
    easy_to_borrow: false,
    fractionable: !isShare(instrument),
    attributes: [],
    min_order_size: formatDecimal(instrument.minSize),
    min_trade_increment: formatDecimal(instrument.lotSize),
    price_increment: formatDecimal(instrument.tickSize),
  };
}
