// One call of the Bybit dialect: its category, symbols and quantities. Linear contracts are counted in base currency, inverse ones in
// dollars (docs/v5/order/create-order.mdx, `qty`).

import { type Decimal, formatDecimal } from '../../core/decimal.js';
import type { PrivateCall, PublicCall } from '../call.js';
import { makeSymbols, type Symbols, unitOf } from '../desk.js';
import { dollarFutures, dollarSwaps, findInstrument, type Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { isInverse } from '../engine/positions.js';
import { PaperFault } from '../fault.js';

export type { PrivateCall, PublicCall, Row } from '../call.js';

/** Letters of the months in which quarters end, as futures are named: BTCUSDH28. */
const months: Readonly<Record<string, string>> = { '03': 'H', '06': 'M', '09': 'U', '12': 'Z' };

export function nameOf(one: Instrument): string {
  const [year = '', month = ''] = (one.kind === 'swap' ? one.delivery : undefined)?.split('-') ?? [];
  return `${one.base}${one.quote}${months[month] ?? ''}${year.slice(2)}`;
}
export const spot = makeSymbols((one) => (one.kind === 'spot' ? [nameOf(one)] : []));
export const linear = makeSymbols((one) => (one.kind === 'swap' ? [nameOf(one)] : []));
export const inverse = makeSymbols((one) => [nameOf(one)], [...dollarSwaps, ...dollarFutures]);
const none = makeSymbols(() => []);

/** What the call's category lists; options are empty on paper. */
export function symbolsOf({ fields }: PublicCall): Symbols {
  const category = fields.oneOf('category', ['spot', 'linear', 'inverse', 'option']);
  return { spot, linear, inverse, option: none }[category];
}

/** Instruments of the call's category, narrowed by `symbol` and `settleCoin`. */
export function instrumentsOf(call: PublicCall): readonly Instrument[] {
  const symbols = symbolsOf(call);
  const symbol = call.fields.text('symbol');
  const settle = call.fields.text('settleCoin');
  const wanted = symbol === undefined ? symbols.listed : [symbols.need(symbol)];
  return wanted.filter((one) => settle === undefined || one.kind !== 'swap' || one.settle === settle);
}

/** The category of an order, fill or position. */
export function categoryOf({ symbol }: { symbol: string }): 'spot' | 'linear' | 'inverse' {
  const instrument = findInstrument(symbol);
  if (instrument?.kind !== 'swap') return 'spot';
  return isInverse(instrument) ? 'inverse' : 'linear';
}

export function symbolOf({ symbol }: { symbol: string }): string {
  return { spot, linear, inverse }[categoryOf({ symbol })].of({ symbol });
}

/** A quantity of the engine in base currency. */
export function baseOf({ symbol }: { symbol: string }, quantity: Decimal): string {
  const instrument = findInstrument(symbol);
  return formatDecimal(instrument === undefined ? quantity : quantity.times(unitOf(instrument)));
}

/** Orders or fills of the call's category and symbol. */
export function ofCall<Entry extends { symbol: string }>(
  call: PublicCall,
  entries: readonly Entry[],
): readonly Entry[] {
  const wanted = new Set(instrumentsOf(call).map(({ symbol }) => symbol));
  return entries.filter(({ symbol }) => wanted.has(symbol));
}

/** By `orderId`, else by `orderLinkId`; undefined when there is none of the call's symbol. */
export function orderOf(call: PrivateCall): PaperOrder | undefined {
  const id = call.fields.text('orderId');
  const clientId = call.fields.text('orderLinkId');
  if (id === undefined && clientId === undefined) throw new PaperFault('PARAMETER_MISSING', 'orderId');
  const order = call.account.find(id === undefined ? { clientId: clientId ?? '' } : { id });
  return order === undefined ? undefined : ofCall(call, [order])[0];
}
