// What an order of Alpaca opens or closes: its side says it only beside what the account holds. Sources: docs.alpaca.markets, "Orders"
// (`position_intent`), "Options Trading"; alpacahq/Alpaca-API issues 82 (opposite orders), 90 (no reversal), 250 (an intent that differs).
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import type { Desk } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { remaining } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { assets, isShare, options, shorts } from './call.js';

const zero = decimal('0');
const intents = ['buy_to_open', 'buy_to_close', 'sell_to_open', 'sell_to_close'] as const;
export type PositionIntent = (typeof intents)[number];

export interface Trade {
  /** The share itself, or what is owed of it. */
  instrument: Instrument;
  side: OrderSide;
  intent: PositionIntent;
  /** Closes what the engine keeps as a position: shares owed, options held. */
  reduceOnly: boolean;
}

/** Of the symbol, side and intent of a request or of one leg of it. Throws PaperFault. */
export function readTrade(desk: Desk, fields: Fields): Trade {
  const name = fields.required('symbol');
  const told = fields.has('position_intent') ? fields.oneOf('position_intent', intents) : undefined;
  const side = told?.startsWith('buy') ? 'buy' : told === undefined ? undefined : 'sell';
  const asked = side !== undefined && !fields.has('side') ? side : fields.oneOf('side', ['buy', 'sell']);
  const option = options.find(name);
  const trade = option === undefined ? tradeOf(desk, name, asked) : optionTrade(desk, option, asked, told);
  // "position intent mismatch, inferred: …"
  if (told !== undefined && told !== trade.intent) throw new PaperFault('PARAMETER_BAD', 'position_intent');
  return trade;
}

/** Whoever holds a share sells it, whoever owes it covers; never beyond that, and never against an order that opens the other way. */
function tradeOf(desk: Desk, name: string, side: OrderSide): Trade {
  const instrument = assets.need(name);
  const { account } = desk;
  const isHeld = account.ledger.total(instrument.base).gt(zero);
  if (isShare(instrument)) {
    const short = shorts.need(instrument.base);
    const isOwed = account.positions.has(short.symbol);
    if (side === 'buy' && isOwed)
      return { instrument: short, side, intent: 'buy_to_close', reduceOnly: true };
    if (side === 'sell' && !isHeld) {
      needNone(desk, instrument, 'buy');
      return { instrument: short, side, intent: 'sell_to_open', reduceOnly: false };
    }
    if (side === 'buy') needNone(desk, short, 'sell');
  }
  return { instrument, side, intent: side === 'buy' ? 'buy_to_open' : 'sell_to_close', reduceOnly: false };
}

/** Throws PaperFault PARAMETER_BAD: "cannot open a long buy while a short sell order is open", and the other way round. */
function needNone({ account }: Desk, { symbol }: Instrument, side: OrderSide): void {
  const opens = account.openOrders().some((order) => order.symbol === symbol && order.side === side);
  if (opens) throw new PaperFault('PARAMETER_BAD', 'side');
}

/** Options are bought and sold again; written, they would need more than a margin of one's own: NOT_ON_PAPER. */
function optionTrade(
  { account }: Desk,
  instrument: Instrument,
  side: OrderSide,
  told: PositionIntent | undefined,
): Trade {
  if (side === 'buy') return { instrument, side, intent: 'buy_to_open', reduceOnly: false };
  if (told === 'sell_to_open' || !account.positions.has(instrument.symbol))
    throw new PaperFault('NOT_ON_PAPER');
  return { instrument, side, intent: 'sell_to_close', reduceOnly: true };
}

/** What of a position no order closes yet; of exits of which one trades, one counts. */
export function closable({ account }: Desk, symbol: string): Decimal {
  const groups = new Set<string>();
  const asked = account
    .openOrders()
    .filter((order) => order.symbol === symbol && order.reduceOnly && order.waitsFor !== 'first')
    .filter(({ link }) => link === undefined || (!groups.has(link.id) && groups.add(link.id)))
    .reduce((sum, order) => sum.plus(remaining(order)), zero);
  return (account.positions.get(symbol)?.contracts.abs() ?? zero).minus(asked);
}

/** Throws PaperFault INSUFFICIENT_BALANCE: "insufficient qty available for order". */
export function needClosable(desk: Desk, { instrument, reduceOnly }: Trade, value: Decimal): void {
  if (reduceOnly && value.gt(closable(desk, instrument.symbol)))
    throw new PaperFault('INSUFFICIENT_BALANCE', assets.of(instrument));
}
