// S14: an order that waits for a price holds nothing; once it is there it pays what was read of it, to the last digit, at every venue.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { venues } from '../../../src/venues/venues.js';
import { marketCases } from '../../support/paper-bodies.js';
import { balancesAfter, balancesOf } from '../../support/paper-debit.js';
import { marketOf, nowMs } from '../../support/paper-money.js';
import { stopCases } from '../../support/paper-stops.js';
import { casesOf } from '../../support/venue-cases.js';
import { requestOf } from '../../support/venue-requests.js';

/** By the name of a case of stops: the market that it trades in. */
const markets: Readonly<Record<string, string>> = {
  binance: 'binance spot',
  bybit: 'bybit spot',
  kraken: 'kraken spot',
  'kraken-futures': 'kraken-futures linear',
  coinbase: 'coinbase spot',
  'coinbase-exchange': 'coinbase-exchange spot',
  alpaca: 'alpaca crypto',
  hyperliquid: 'hyperliquid perpetual',
  'binance conditional': 'binance USDⓈ-M',
  'binance portfolio strategy': 'binance USDⓈ-M',
  'binance coin conditional': 'binance portfolio CM',
  'binance portfolio coin strategy': 'binance portfolio CM',
};
const casesByName = new Map(
  casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue]))).map((one) => [one.name, one]),
);
const kinds = stopCases.flatMap((one) =>
  markets[one.name] === undefined ? [] : one.kinds.map((kind) => [one.name, kind, one] as const),
);

test.each(kinds)('%s: a %s that waits', (name, kind, one) => {
  const market = marketCases.find(({ venue, what }) => `${venue} ${what}` === markets[name]);
  if (market === undefined) throw new Error(`no market ${markets[name]}`);
  const desk = marketOf(market);
  const { engine, account, send, readOrder } = desk.open();
  const rises = kind === 'take-profit';
  const venueCase = casesByName.get(name);
  const [host] = venueCase?.hosts ?? [];
  const id = venueCase?.clientId?.('a1') ?? 'a1';
  const trigger = formatDecimal(desk.priceOf(rises ? 1001 : 999));
  const price = one.isLimited === true ? { price: formatDecimal(desk.priceOf(970)) } : {};
  const { path, query, type, body } = one.write({
    side: 'sell',
    kind,
    size: one.size,
    trigger,
    ...price,
    id,
  });
  const target = `https://${host}${path}${query === '' ? '' : `?${query}`}`;
  const request = requestOf('POST', target, body === '' ? [] : [['content-type', type]], body);
  const before = balancesOf(account);
  const answer = send(request);
  const [order] = account.orders();
  const [intent] = desk.read(request);
  if (order === undefined || intent === undefined) throw new Error(answer.body.toString());
  expect(balancesOf(account)).toEqual(before);
  for (let minute = 1; order.waitsFor === 'trigger' && minute < 4000; minute += 1)
    engine.advance(nowMs + minute * 60_000);
  expect(order.state).toBe('filled');
  expect(intent).toMatchObject({ side: 'sell', trigger: decimal(trigger) });
  // Valued where it was filled: the trigger is what the guard values it at before.
  const { price: _worst, trigger: _before, ...atMarket } = intent;
  expect(balancesOf(account)).toEqual(balancesAfter(before, [readOrder(atMarket, order)]));
});
