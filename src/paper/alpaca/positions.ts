// What an Alpaca account holds and owes: pairs and shares as balances, shares sold short and options as positions of the engine.
// Source: @alpacahq/alpaca-trade-api 4.0.2 trading/models/Position (what is owed has a quantity below zero).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { type Instrument, shareOptions, shortSales } from '../engine/instruments.js';
import { averagePrice, marginOf } from '../engine/positions.js';
import { PaperFault } from '../fault.js';
import {
  assetIdOf,
  assetOf,
  assets,
  classOf,
  isOption,
  isShortSale,
  nameOf,
  options,
  type PrivateCall,
  type Row,
  shorts,
} from './call.js';
import { closable } from './intents.js';

const zero = decimal('0');
const cash = 'USDT';

/** Below zero where it is owed. */
export interface Holding {
  instrument: Instrument;
  /** Coins, shares or contracts. */
  quantity: Decimal;
  /** What no order sells or covers yet. */
  free: Decimal;
  /** Dollars at the last price. */
  worth: Decimal;
  /** Dollars that were paid, or received for what is owed; of a balance, which has no cost at the engine, its worth. */
  cost: Decimal;
  /** Dollars of a coin, a share, or a share of a contract. */
  averagePrice: Decimal;
  last: Decimal;
  /** Dollars of the account's own that are held for it. */
  margin: Decimal;
}

export function holdingsOf(call: PrivateCall): readonly Holding[] {
  const { account, engine } = call;
  const { ledger } = account;
  const balances = ledger.currencies().flatMap((currency): Holding[] => {
    const instrument = currency === cash ? undefined : assetOf(currency);
    const quantity = ledger.total(currency);
    if (instrument === undefined || quantity.lte(zero)) return [];
    const last = engine.market.last(instrument, engine.second);
    const worth = quantity.times(last);
    const free = ledger.available(currency);
    return [{ instrument, quantity, free, worth, cost: worth, averagePrice: last, last, margin: zero }];
  });
  const positions = [...shortSales, ...shareOptions].flatMap((instrument): Holding[] => {
    const position = account.positions.get(instrument.symbol);
    if (position === undefined) return [];
    const { contracts: quantity, cost } = position;
    const last = engine.market.last(instrument, engine.second);
    const left = closable(call, instrument.symbol);
    return [
      {
        instrument,
        quantity,
        free: quantity.lt(zero) ? zero.minus(left) : left,
        worth: quantity.times(last).times(instrument.contractValue),
        cost: cost.times(instrument.contractValue),
        averagePrice: averagePrice(position, instrument),
        last,
        margin: marginOf(position, instrument),
      },
    ];
  });
  return [...balances, ...positions];
}

/** Throws PaperFault INSTRUMENT_UNKNOWN, or NOTHING_TO_REDUCE where nothing of it is held. */
export function needHolding(call: PrivateCall, name: string): Holding {
  const names = [options.find(name) ?? assets.need(name), shorts.find(name)];
  const found = holdingsOf(call).find(({ instrument }) => names.includes(instrument));
  if (found === undefined) throw new PaperFault('NOTHING_TO_REDUCE', name);
  return found;
}

export function positionRow({ instrument, quantity, free, worth, cost, ...price }: Holding): Row {
  const name = nameOf(instrument);
  const profit = worth.minus(cost);
  return {
    asset_id: assetIdOf(name),
    symbol: name.replace('/', ''),
    exchange: classOf(instrument).exchange,
    asset_class: classOf(instrument).class,
    avg_entry_price: formatDecimal(price.averagePrice),
    qty: formatDecimal(quantity),
    qty_available: formatDecimal(free),
    side: quantity.lt(zero) ? 'short' : 'long',
    market_value: formatDecimal(worth),
    cost_basis: formatDecimal(cost),
    unrealized_pl: formatDecimal(profit),
    unrealized_plpc: formatDecimal(profit.div(cost.abs()).round(8)),
    current_price: formatDecimal(price.last),
    lastday_price: formatDecimal(price.last),
    change_today: '0',
  };
}

/** Dollars of an account. */
export interface Worth {
  /** With the proceeds of short sales and without the premiums of options, which both are the account's own at the engine. */
  cash: Decimal;
  long: Decimal;
  /** Zero or less. */
  short: Decimal;
  /** Of what is sold short: its proceeds, and what of the account's own is held beside them. */
  initialMargin: Decimal;
}

export function worthOf(call: PrivateCall): Worth {
  const holdings = holdingsOf(call);
  const sum = (values: readonly Decimal[]) => values.reduce<Decimal>((all, value) => all.plus(value), zero);
  const owed = holdings.filter(({ instrument }) => isShortSale(instrument));
  const held = holdings.filter(({ instrument }) => !isShortSale(instrument));
  const premiums = sum(held.filter(({ instrument }) => isOption(instrument)).map(({ cost }) => cost));
  const proceeds = sum(owed.map(({ cost }) => cost.abs()));
  return {
    cash: call.account.ledger.total(cash).plus(proceeds).minus(premiums),
    long: sum(held.map(({ worth }) => worth)),
    short: sum(owed.map(({ worth }) => worth)),
    initialMargin: proceeds.plus(sum(owed.map(({ margin }) => margin))),
  };
}
