// The order that brings a perpetual position to zero: Hyperliquid has no market order, only a limit that fills at once or ends.
// Source: hyperliquid.gitbook.io "Tick and lot size"; hyperliquid-python-sdk 7ee976d exchange.py market_close (slippage 5 %).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import type { VenuePosition } from '../admin.js';
import { JsonNumber, type StrictJson, type StrictObject } from '../json-strict.js';
import { priceIn, rowsOf, textIn, zero } from '../venue-answers.js';

const slippage = decimal('0.05');
const one = decimal('1');
const significant = 5;
const mostDecimals = 6;

/** What an `order` action holds besides its type; undefined when the answer of metaAndAssetCtxs does not price the market. */
export function closeAt(
  answer: StrictJson | undefined,
  { instrument, quantity }: VenuePosition,
): StrictObject | undefined {
  const [meta, contexts] = Array.isArray(answer) ? (answer as readonly StrictJson[]) : [];
  const markets = rowsOf((meta as StrictObject | undefined)?.get?.('universe'));
  const asset = markets?.findIndex((row) => textIn(row, 'name') === instrument) ?? -1;
  const mark = priceIn(rowsOf(contexts)?.[asset], 'markPx');
  const sizeDecimals = textIn(markets?.[asset], 'szDecimals') ?? '';
  if (asset < 0 || mark === undefined || !/^\d$/.test(sizeDecimals)) return undefined;
  const isBuy = quantity.lt(zero);
  const worst = mark.times(isBuy ? one.plus(slippage) : one.minus(slippage));
  const order = new Map<string, StrictJson>([
    ['a', new JsonNumber(String(asset))],
    ['b', isBuy],
    ['p', formatDecimal(onTick(worst, Number(sizeDecimals)))],
    ['s', formatDecimal(quantity.abs())],
    ['r', true],
    ['t', new Map([['limit', new Map([['tif', 'Ioc']])]])],
  ]);
  return new Map<string, StrictJson>([
    ['orders', [order]],
    ['grouping', 'na'],
  ]);
}

/** Five significant digits, or a whole number; of a perpetual at most 6 decimals less those of its size. */
function onTick(price: Decimal, sizeDecimals: number): Decimal {
  const decimals = Math.min(mostDecimals - sizeDecimals, significant - 1 - price.e);
  return price.round(Math.max(0, decimals), 1);
}
