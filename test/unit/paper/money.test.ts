// S14: the notional that a venue's leaf reads from an order's bytes is what the paper account is debited, to the last digit.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../../src/core/decimal.js';
import type { HttpRequest } from '../../../src/core/http.js';
import { dialects } from '../../../src/paper/dialects.js';
import { Engine } from '../../../src/paper/engine/engine.js';
import { findInstrument, type Instrument, leverage } from '../../../src/paper/engine/instruments.js';
import { floorTo } from '../../../src/paper/engine/market.js';
import { accountNumberOf as ibkrAccountOf } from '../../../src/paper/ibkr/call.js';
import { accountNumberOf } from '../../../src/paper/tradier/call.js';
import type { InstrumentList } from '../../../src/venues/venue.js';
import { findVenue } from '../../../src/venues/venues.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../support/venue-requests.js';

const nowMs = 1_795_000_000_000;
const zero = decimal('0');
/** Brokers of shares list no pairs. */
const traded: Record<string, { symbol: string; step: string }> = {
  ibkr: { symbol: 'F.US', step: '1' },
  tradier: { symbol: 'F.US', step: '1' },
  'kraken-futures': { symbol: 'BTC-USDT-SWAP', step: '0.0001' },
};
/** By step: less than the account holds. */
const ranges: Record<string, { min: number; max: number }> = {
  '1': { min: 1, max: 2500 },
  '0.0001': { min: 1, max: 9999 },
};
/** Of venues whose orders name contracts by number. */
const contracts: Record<string, InstrumentList> = {
  hyperliquid: new Map([['10000', '@0']]),
  ibkr: new Map([['9599491', 'F:9599491']]),
};
const pair = { symbol: 'BTC-USDT', step: '0.00000001' };

const json = (url: string, body: object) =>
  requestOf('POST', url, [['content-type', 'application/json']], JSON.stringify(body));
const form = (url: string, fields: Record<string, string>) =>
  requestOf(
    'POST',
    url,
    [['content-type', 'application/x-www-form-urlencoded']],
    new URLSearchParams(fields).toString(),
  );

/** A resting buy as each venue spells it. */
const orders: Record<string, (price: string, size: string) => HttpRequest> = {
  alpaca: (limit_price, qty) =>
    json('https://paper-api.alpaca.markets/v2/orders', {
      symbol: 'BTC/USD',
      side: 'buy',
      type: 'limit',
      time_in_force: 'gtc',
      qty,
      limit_price,
    }),
  binance: (price, quantity) =>
    form('https://api.binance.com/api/v3/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity,
      price,
      timestamp: String(nowMs),
    }),
  bybit: (price, qty) =>
    json('https://api.bybit.com/v5/order/create', {
      category: 'spot',
      symbol: 'BTCUSDT',
      side: 'Buy',
      orderType: 'Limit',
      qty,
      price,
    }),
  coinbase: (limit_price, base_size) =>
    json('https://api.coinbase.com/api/v3/brokerage/orders', {
      client_order_id: 'one',
      product_id: 'BTC-USDT',
      side: 'BUY',
      order_configuration: { limit_limit_gtc: { base_size, limit_price } },
    }),
  hyperliquid: (p, s) =>
    json('https://api.hyperliquid.xyz/exchange', {
      action: {
        type: 'order',
        orders: [{ a: 10_000, b: true, p, s, r: false, t: { limit: { tif: 'Gtc' } } }],
        grouping: 'na',
      },
      nonce: nowMs,
      signature: {},
    }),
  kraken: (price, volume) =>
    form('https://api.kraken.com/0/private/AddOrder', {
      nonce: '1',
      pair: 'XBTUSDT',
      type: 'buy',
      ordertype: 'limit',
      volume,
      price,
    }),
  'coinbase-exchange': (price, size) =>
    json('https://api.exchange.coinbase.com/orders', {
      type: 'limit',
      side: 'buy',
      product_id: 'BTC-USDT',
      price,
      size,
    }),
  'kraken-futures': (limitPrice, size) =>
    form('https://futures.kraken.com/derivatives/api/v3/sendorder', {
      symbol: 'PF_XBTUSD',
      side: 'buy',
      orderType: 'lmt',
      size,
      limitPrice,
    }),
  okx: (px, sz) =>
    json('https://www.okx.com/api/v5/trade/order', {
      instId: 'BTC-USDT',
      tdMode: 'cash',
      side: 'buy',
      ordType: 'limit',
      sz,
      px,
    }),
  ibkr: (price, quantity) =>
    json(`https://api.ibkr.com/v1/api/iserver/account/${ibkrAccountOf({ id: 'a' })}/orders`, {
      orders: [
        {
          conid: 9599491,
          secType: '9599491:STK',
          orderType: 'LMT',
          side: 'BUY',
          tif: 'GTC',
          quantity: Number(quantity),
          price: Number(price),
        },
      ],
    }),
  tradier: (price, quantity) =>
    form(`https://sandbox.tradier.com/v1/accounts/${accountNumberOf({ id: 'a' })}/orders`, {
      class: 'equity',
      symbol: 'F',
      side: 'buy',
      type: 'limit',
      duration: 'gtc',
      quantity,
      price,
    }),
};

test('each dialect has an order here', () => {
  expect(Object.keys(orders).sort()).toEqual(dialects.map(({ venue }) => venue).sort());
});

/** A pair's whole worth; of a contract its margin and its fee. */
function holdOf(instrument: Instrument, notional: Decimal): Decimal {
  if (instrument.kind === 'spot') return notional;
  return notional.div(leverage).round(16, 3).plus(notional.times(instrument.takerFee));
}

test.each(dialects)('$venue: what is read is what is held, exactly', (dialect) => {
  const venue = findVenue(dialect.venue);
  const { symbol, step } = traded[dialect.venue] ?? pair;
  const instrument = findInstrument(symbol);
  if (venue === undefined || instrument === undefined) throw new Error('no such venue or instrument');
  const secrets = asReal(makeDecoys(venue));
  const build = orders[dialect.venue]!;
  const arbitrary = {
    perMille: fc.integer({ min: 700, max: 950 }),
    steps: fc.integer(ranges[step] ?? { min: 1000, max: 99_999_999 }),
  };
  fc.assert(
    fc.property(arbitrary.perMille, arbitrary.steps, (perMille, steps) => {
      const engine = new Engine({ seed: 'money', accounts: ['a'] });
      engine.advance(nowMs);
      const last = engine.market.last(instrument, engine.second);
      const price = floorTo(last.times(decimal(String(perMille))).div(decimal('1000')), instrument.tickSize);
      const size = decimal(String(steps)).times(decimal(step));
      const request = build(formatDecimal(price), formatDecimal(size));
      const numbered = contracts[venue.id];
      const parsed = venue.parseOrders(request, {
        account: 'a',
        environment: 'paper',
        ...(numbered === undefined ? {} : { instruments: numbered }),
      });
      if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
      const intent = parsed.intents[0];
      expect(intent?.quantity?.unit).toBe(instrument.kind === 'swap' ? 'contracts' : 'base');
      const notional = (intent?.price ?? zero).times(intent?.quantity?.value ?? zero);
      const signed = venue.sign(request, secrets, stampAt(nowMs, 'paper'));
      const answer = dialect.answer(
        { ...signed, host: request.host, port: 443 },
        { engine, credentials: [{ venue: venue.id, id: 'a', secrets }], nowMs },
      );
      const held = formatDecimal(engine.account('a').ledger.held('USDT'));
      expect(held, answer.body.toString()).toBe(formatDecimal(holdOf(instrument, notional)));
    }),
    { numRuns: 40 },
  );
});

const terms = (price: Decimal, size: Decimal) => ({
  price: formatDecimal(price),
  quantity: formatDecimal(size),
});

/** What a limit order on Ford is read as, and what a fresh account then holds for it. */
function askTradier(fields: Record<string, string>) {
  const venue = findVenue('tradier');
  const dialect = dialects.find((one) => one.venue === 'tradier');
  if (venue === undefined || dialect === undefined) throw new Error('no Tradier');
  const secrets = asReal(makeDecoys(venue));
  const engine = new Engine({ seed: 'money', accounts: ['a'] });
  engine.advance(nowMs);
  const request = form(`https://sandbox.tradier.com/v1/accounts/${accountNumberOf({ id: 'a' })}/orders`, {
    symbol: 'F',
    type: 'limit',
    ...fields,
  });
  const parsed = venue.parseOrders(request, { account: 'a', environment: 'paper' });
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  const [intent] = parsed.intents;
  const notional = (intent?.price ?? zero).times(intent?.quantity?.value ?? zero);
  dialect.answer(
    { ...venue.sign(request, secrets, stampAt(nowMs, 'paper')), host: request.host, port: 443 },
    { engine, credentials: [{ venue: venue.id, id: 'a', secrets }], nowMs },
  );
  return { notional, held: engine.account('a').ledger.held('USDT') };
}

/** Money of the account's own that each dollar read holds, of orders at `perMille` of the last price. */
test.each<{
  what: string;
  symbol: string;
  fields: Record<string, string>;
  perMille: { min: number; max: number };
  most: string;
  ratio: string;
}>([
  {
    what: 'an option: a hundred times the premium',
    symbol: 'F280121C00013000',
    fields: { class: 'option', option_symbol: 'F280121C00013000', side: 'buy_to_open', duration: 'gtc' },
    perMille: { min: 700, max: 950 },
    most: '1000',
    ratio: '100',
  },
  {
    what: 'a short sale: half beside its proceeds',
    symbol: 'F.US',
    fields: { class: 'equity', side: 'sell_short', duration: 'day' },
    perMille: { min: 1050, max: 3000 },
    most: '200000',
    ratio: '0.5',
  },
])(
  'tradier: of $what, to the last digit, and not one beyond',
  ({ symbol, fields, perMille, most, ratio }) => {
    const instrument = findInstrument(symbol);
    if (instrument === undefined) throw new Error(`no ${symbol}`);
    const last = new Engine({ seed: 'money', accounts: ['a'] }).market.last(instrument, nowMs / 1000);
    fc.assert(
      fc.property(fc.integer(perMille), (parts) => {
        const price = floorTo(last.times(decimal(String(parts))).div(decimal('1000')), instrument.tickSize);
        const size = floorTo(decimal(most).div(price), instrument.lotSize);
        const { notional, held } = askTradier({ ...fields, ...terms(price, size) });
        expect(formatDecimal(held)).toBe(formatDecimal(notional.times(decimal(ratio))));
        const beyond = askTradier({ ...fields, ...terms(price, size.plus(instrument.lotSize)) });
        expect(formatDecimal(beyond.held)).toBe('0');
      }),
      { numRuns: 40 },
    );
  },
);
