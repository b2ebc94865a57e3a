// One call of the Binance dialect, and Binance's symbols.
import type { PrivateCall, PublicCall } from '../call.js';
import { findSpelled, makeSymbols, numberOf, type Symbols } from '../desk.js';
import { inverseFutures, inverseSwaps, type SwapInstrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { type Fields, textFields } from '../fields.js';

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

/** COIN-M perpetuals, BTCUSD_PERP, and what is delivered, BTCUSD_280331. */
export const coinMargined = makeSymbols(
  (one) => {
    const { delivery } = one as SwapInstrument;
    return [`${one.base}USD_${delivery?.slice(2).replaceAll('-', '') ?? 'PERP'}`];
  },
  [...inverseSwaps, ...inverseFutures],
);

export const spotTypes = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const;
/** Of conditional orders of futures. */
export const algoTypes = [
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
  'TRAILING_STOP_MARKET',
] as const;

/** A conditional order of futures that was never triggered: the book does not know it. */
export const waits = ({ memo, waitsFor }: PaperOrder): boolean =>
  memo.algo !== undefined && waitsFor === 'trigger';

/** By the number under one name, else by the client's id under the other. Throws PaperFault PARAMETER_MISSING. */
export function orderNamed(
  { account, fields }: PrivateCall,
  [numberName, clientName]: readonly [string, string],
): PaperOrder | undefined {
  const number = fields.text(numberName);
  if (number !== undefined) return findSpelled(account, number, ({ id }) => String(numberOf(id)));
  const clientId = fields.text(clientName);
  if (clientId === undefined) throw new PaperFault('PARAMETER_MISSING', numberName);
  return account.find({ clientId });
}

/** By `orderId`, else by `origClientOrderId`. */
export function orderOf(call: PrivateCall, listed: Symbols = symbols): PaperOrder | undefined {
  const { fields } = call;
  const order = orderNamed(call, ['orderId', 'origClientOrderId']);
  const { symbol } = listed.need(fields.required('symbol'));
  return order?.symbol === symbol && !waits(order) ? order : undefined;
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

/** The orders of a JSON list in one parameter ("Place Multiple Orders", "Modify Multiple Orders"). Throws PaperFault BODY_UNREADABLE. */
export const batchOf = (list: string): readonly Fields[] => textFields(`{"list":${list}}`).children('list');
