// One call of the Alpaca dialect: crypto symbols, ids, and the instruments as assets.

import { formatDecimal } from '../../core/decimal.js';
import type { PrivateCall, Row } from '../call.js';
import { makeSymbols, needSpelled, uuidOf } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';

export { isoTime, type PrivateCall, type PublicCall, type Row } from '../call.js';

/** BTC/USD, also BTCUSD as positions spell it: the engine's USDT stands for dollars. Stocks are not on paper. */
export const assets = makeSymbols((one) =>
  one.kind === 'spot' ? [`${one.base}/USD`, `${one.base}USD`] : [],
);

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
    class: 'crypto',
    exchange: 'CRYPTO',
    symbol,
    name: symbol,
    status: 'active',
    tradable: true,
    marginable: false,
    maintenance_margin_requirement: 100,
    shortable: false,
    easy_to_borrow: false,
    fractionable: true,
    attributes: [],
    min_order_size: formatDecimal(instrument.minSize),
    min_trade_increment: formatDecimal(instrument.lotSize),
    price_increment: formatDecimal(instrument.tickSize),
  };
}
