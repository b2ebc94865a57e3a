import { expect, test } from 'vitest';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { requestOf } from '../../../support/venue-requests.js';

const parse = (query: string) =>
  binance.parseOrders(requestOf('POST', `https://api.binance.com/sapi/v1/equity/order/place?${query}`), {
    account: 'a',
    environment: 'live',
  });
const limit = 'symbol=AAPL&orderType=LIMIT&price=180.50&quantity=1.5&tradingSession=24H&timeInForce=GTC';
const market = 'symbol=BRK.B&orderType=MARKET';

test.each([
  [`${limit}&side=BUY&clientOrderId=x-1`, 'AAPL buy limit 1.5 base 180.5 gtc x-1'],
  [`${limit}&side=SELL`, 'AAPL sell limit 1.5 base 180.5 gtc -'],
  [`${market}&side=BUY&notional=100`, 'BRK.B buy market 100 quote - - -'],
  [`${market}&side=SELL&quantity=2`, 'BRK.B sell market 2 base - - -'],
])('%s', (query, expected) => {
  const parsed = parse(query);
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  const [intent] = parsed.intents;
  const { instrument, side, type, quantity, price, timeInForce, clientOrderId } = intent ?? {};
  const told = [
    instrument,
    side,
    type,
    quantity && formatDecimal(quantity.value),
    quantity?.unit,
    price && formatDecimal(price),
    timeInForce,
    clientOrderId,
  ];
  expect(told.map((each) => each ?? '-').join(' ')).toBe(expected);
  expect(parsed.intents).toHaveLength(1);
});

test.each([
  ['FIELD_MISSING', `${market}&side=BUY&quantity=2`],
  ['FIELD_UNKNOWN', `${market}&side=BUY&notional=2&quantity=2`],
  ['FIELD_CONFLICT', `${market}&side=SELL&quantity=2&price=1`],
  ['FIELD_CONFLICT', `${market}&side=SELL&quantity=2&tradingSession=RTH`],
  ['FIELD_UNKNOWN', `${limit}&side=BUY&notional=9`],
  ['FIELD_CONFLICT', `${limit.replace('&price=180.50', '')}&side=BUY`],
  ['FIELD_CONFLICT', `${limit.replace('&tradingSession=24H', '')}&side=BUY`],
  ['ORDER_TYPE_UNSUPPORTED', 'symbol=AAPL&side=BUY&orderType=STOP&quantity=1'],
  ['FIELD_MISSING', 'symbol=AAPL&side=BUY&quantity=1'],
  ['FIELD_INVALID', `${limit.replace('AAPL', 'BTCUSDT_PERP')}&side=BUY`],
  ['FIELD_UNKNOWN', `${limit}&side=BUY&quote=USDC`],
])('%s: %s', (code, query) => {
  expect(parse(query)).toMatchObject({ ok: false, code });
});
