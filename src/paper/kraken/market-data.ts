// Kraken's public endpoints over the paper market (docs.kraken.com, "Spot Market Data").
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { bookSide, dayQuote, minuteBars } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { recentTrades } from '../recent-trades.js';
import { altName, assetKey, type PublicCall, pairs, type Row, wsName } from './call.js';

type Handler = (call: PublicCall) => unknown;

export const marketRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [
    'Time',
    ({ engine: { second } }) => ({ unixtime: second, rfc1123: new Date(second * 1000).toUTCString() }),
  ],
  ['SystemStatus', ({ engine }) => ({ status: 'online', timestamp: new Date(engine.nowMs).toISOString() })],
  ['Assets', assets],
  ['AssetPairs', (call) => byPair(call, pairRow)],
  ['Ticker', (call) => byPair(call, (one) => tickerRow(call, one))],
  ['OHLC', bars],
  ['Trades', trades],
  ['Depth', (call) => byPair(call, (one) => depth(call, one))],
]);

function byPair(call: PublicCall, row: (instrument: Instrument) => Row): Row {
  const wanted = call.fields.text('pair')?.split(',').map(pairs.need) ?? pairs.listed;
  return Object.fromEntries(wanted.map((one) => [pairs.spell(one), row(one)]));
}

function assets(): Row {
  const names = new Set(pairs.listed.flatMap(({ base, quote }) => [base, quote]));
  return Object.fromEntries(
    [...names].map((name) => [
      assetKey(name),
      { aclass: 'currency', altname: altName(name), decimals: 10, display_decimals: 5, status: 'enabled' },
    ]),
  );
}

function pairRow(instrument: Instrument): Row {
  const { base, quote } = instrument;
  return {
    altname: pairs.spell(instrument),
    wsname: wsName(instrument),
    aclass_base: 'currency',
    base: assetKey(base),
    aclass_quote: 'currency',
    quote: assetKey(quote),
    lot: 'unit',
    cost_decimals: 8,
    pair_decimals: decimalsOf(instrument.tickSize),
    lot_decimals: decimalsOf(instrument.lotSize),
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, 0.1]],
    fees_maker: [[0, 0.08]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: formatDecimal(instrument.minSize),
    costmin: '0.5',
    tick_size: formatDecimal(instrument.tickSize),
    status: 'online',
  };
}

function decimalsOf(step: Decimal): number {
  return formatDecimal(step).split('.')[1]?.length ?? 0;
}

/** Two values each: today and the last 24 hours; on paper both are the latter. */
function tickerRow({ engine }: PublicCall, instrument: Instrument): Row {
  const { last, open, high, low, bid, ask, volume } = dayQuote(engine, instrument);
  return {
    a: [ask.price, '1', ask.size],
    b: [bid.price, '1', bid.size],
    c: [last, bid.size],
    v: [volume, volume],
    p: [last, last],
    t: [1, 1],
    l: [low, low],
    h: [high, high],
    o: open,
  };
}

function depth({ engine, fields }: PublicCall, instrument: Instrument): Row {
  const most = fields.count('count', 100, 400);
  const side = (name: 'bid' | 'ask') =>
    bookSide(engine, instrument, name, most).map((level) => [...level, engine.second]);
  return { bids: side('bid'), asks: side('ask') };
}

/** The last 720 at most, those after `since`. */
function bars({ engine, fields }: PublicCall): Row {
  const instrument = pairs.need(fields.required('pair'));
  if ((fields.text('interval') ?? '1') !== '1') throw new PaperFault('PARAMETER_BAD', 'interval');
  const sinceMs = Number(fields.text('since') ?? '0') * 1000;
  const rows = minuteBars(engine, instrument, 720).filter(({ startMs }) => startMs > sinceMs);
  return {
    [pairs.spell(instrument)]: rows
      .toReversed()
      .map(({ startMs, open, high, low, close, volume }) => [
        startMs / 1000,
        open,
        high,
        low,
        close,
        close,
        volume,
        1,
      ]),
    last: engine.second,
  };
}

/** "Get Recent Trades": price, volume, time, side, order type, miscellaneous, number; oldest first. */
function trades({ engine, fields }: PublicCall): Row {
  const instrument = pairs.need(fields.required('pair'));
  const rows = recentTrades(engine, instrument, fields.count('count', 1000, 1000)).toReversed();
  return {
    [pairs.spell(instrument)]: rows.map(({ id, price, size, side, atMs }) => [
      price,
      size,
      atMs / 1000,
      side === 'buy' ? 'b' : 's',
      'm',
      '',
      id,
    ]),
    last: `${engine.second}000000000`,
  };
}
