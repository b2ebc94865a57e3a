// One call of the Binance dialect, and Binance's symbols.
import type { PrivateCall, PublicCall } from '../call.js';
import { findSpelled, makeSymbols, numberOf, type Symbols } from '../desk.js';
import { inverseSwaps } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';

export type { PrivateCall, PublicCall, Row } from '../call.js';
export { numberOf } from '../desk.js';

/** Spot only: BTCUSDT. */
export const symbols = makeSymbols((instrument) =>
  instrument.kind === 'spot' ? [`${instrument.base}${instrument.quote}`] : [],
);

/** USDⓈ-M perpetuals, spelled like the spot pairs. */
export const perpetuals = makeSymbols((instrument) =>
  instrument.kind === 'swap' ? [`${instrument.base}${instrument.quote}`] : [],
);

/** COIN-M perpetuals: BTCUSD_PERP. */
export const coinMargined = makeSymbols(({ base }) => [`${base}USD_PERP`], inverseSwaps);

/** By `orderId`, else by `origClientOrderId`. */
export function orderOf({ account, fields }: PrivateCall, listed: Symbols = symbols): PaperOrder | undefined {
  const number = fields.text('orderId');
  const clientId = fields.text('origClientOrderId');
  if (number === undefined && clientId === undefined) throw new PaperFault('PARAMETER_MISSING', 'orderId');
  const order =
    number === undefined
      ? account.find({ clientId: clientId ?? '' })
      : findSpelled(account, number, ({ id }) => String(numberOf(id)));
  return order?.symbol === listed.need(fields.required('symbol')).symbol ? order : undefined;
}

/** Orders or fills of the call's symbol; of all symbols of that list without one. */
export function ofSymbol<Entry extends { symbol: string }>(
  { fields }: PublicCall,
  entries: readonly Entry[],
  listed: Symbols = symbols,
): readonly Entry[] {
  const symbol = fields.text('symbol');
  const wanted = symbol === undefined ? listed.listed : [listed.need(symbol)];
  const names = new Set(wanted.map((one) => one.symbol));
  return entries.filter((entry) => names.has(entry.symbol));
}
