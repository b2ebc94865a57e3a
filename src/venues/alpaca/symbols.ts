// Alpaca's symbols in one spelling each: shares and options as they are, pairs as `BTC/USD`.
import { type Decimal, decimal } from '../../core/decimal.js';
import { refuseOrder } from '../order-fields.js';

const share = /^[A-Z]{1,6}(?:[.-][A-Z]{1,3})?$/;
/** OCC: root, date, right, strike in thousandths (docs.alpaca.markets "Options Trading Overview"). */
const option = /^([A-Z]{1,6}\d?)\d{6}[CP]\d{8}$/;
const slashed = /^[A-Z0-9]{2,10}\/[A-Z]{3,5}$/;
/** Pairs without their slash are six letters or more; no share ticker is. */
const joined = /^([A-Z0-9]{3,10})(USDT|USDC|USD|BTC)$/;

export type AssetKind = 'share' | 'option' | 'pair';

/** The canonical spelling and its kind. Ends parsing with SYMBOL_UNKNOWN on an asset id, which names nothing a rule knows. */
export function readSymbol(text: string): { instrument: string; kind: AssetKind } {
  if (option.test(text)) return { instrument: text, kind: 'option' };
  if (slashed.test(text)) return { instrument: text, kind: 'pair' };
  const pair = text.length >= 6 ? joined.exec(text) : null;
  if (pair !== null) return { instrument: `${pair[1]}/${pair[2]}`, kind: 'pair' };
  if (share.test(text)) return { instrument: text, kind: 'share' };
  return refuseOrder(
    'SYMBOL_UNKNOWN',
    'the symbol is neither a share, an option nor a pair; asset ids are not taken',
  );
}

/** The underlying of an option's symbol. */
export function rootOf(symbol: string): string {
  return option.exec(symbol)?.[1] ?? symbol;
}

const thousand = decimal('1000');
const standard = /^([A-Z]{1,6})\d{6}([CP])(\d{8})$/;

/**
 * What exercising an option trades. Ends parsing with SYMBOL_UNKNOWN on an id, and on an adjusted option (a root that ends in a digit):
 * what that delivers its symbol does not say.
 */
export function readOption(text: string): { root: string; isCall: boolean; strike: Decimal } {
  const [, root, right, strike] = standard.exec(text) ?? [];
  if (root === undefined || strike === undefined)
    return refuseOrder('SYMBOL_UNKNOWN', 'the symbol is none of an option in its standard form');
  return { root, isCall: right === 'C', strike: decimal(strike.replace(/^0+(?=\d)/, '')).div(thousand) };
}
