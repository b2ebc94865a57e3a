// One call of the Alpaca dialect: symbols of pairs, shares and options, ids, and the instruments as assets.

import { formatDecimal } from '../../core/decimal.js';
import type { PrivateCall, Row } from '../call.js';
import { makeSymbols, needSpelled, uuidOf } from '../desk.js';
import { type Instrument, instruments, shareOptions, shares, shortSales } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';

const isAmong = (listed: readonly Instrument[]) => {
  const symbols = new Set(listed.map(({ symbol }) => symbol));
  return ({ symbol }: { symbol: string }): boolean => symbols.has(symbol);
};
export const isShare = isAmong(shares);
export const isShortSale = isAmong(shortSales);
export const isOption = isAmong(shareOptions);

/** AAPL; BTC/USD, also BTCUSD as positions spell it: the engine's USDT stands for dollars. */
export const assets = makeSymbols(
  (one) => {
    if (isShare(one)) return [one.base];
    return one.kind === 'spot' ? [`${one.base}/USD`, `${one.base}USD`] : [];
  },
  [...instruments, ...shares],
);

/** What is owed of a share: by the same symbol. */
export const shorts = makeSymbols(({ base }) => [base], shortSales);

/** By their OCC symbols. */
export const options = makeSymbols(({ symbol }) => [symbol], shareOptions);

/** Alpaca's symbol of an order or fill, whatever it is of. */
export const nameOf = (record: { symbol: string }): string => assets.of({ symbol: shorts.of(record) });

/** What is held of a currency or a share: its market. */
export const assetOf = (base: string): Instrument | undefined =>
  assets.find(base) ?? assets.find(`${base}/USD`);

export function classOf(one: { symbol: string }) {
  if (isOption(one)) return { class: 'us_option', exchange: '' } as const;
  return isShare(one) || isShortSale(one)
    ? ({ class: 'us_equity', exchange: 'NASDAQ' } as const)
    : ({ class: 'crypto', exchange: 'CRYPTO' } as const);
}

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
  const isOfShares = isShare(instrument);
  return {
    id: assetIdOf(symbol),
    ...classOf(instrument),
    symbol,
    name: symbol,
    status: 'active',
    tradable: true,
    // Bought, shares are paid in full; sold short, they are held with half their worth beside the proceeds.
    marginable: false,
    maintenance_margin_requirement: 100,
    shortable: isOfShares,
    easy_to_borrow: isOfShares,
    fractionable: !isOfShares,
    attributes: isOfShares ? ['has_options'] : [],
    min_order_size: formatDecimal(instrument.minSize),
    min_trade_increment: formatDecimal(instrument.lotSize),
    price_increment: formatDecimal(instrument.tickSize),
  };
}
