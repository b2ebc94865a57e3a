// Recurring buys: so much money into coins, again and again. Source: OKX v5 reference, "Recurring Buy".
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import {
  anyOf,
  botOf,
  closing,
  isEmpty,
  needAmount,
  priceOrNone,
  type Reader,
  type Readers,
} from './bot-fields.js';
import { identifier, needWord, word } from './order-ids.js';

export const recurringReaders: Readers = {
  'tradingBot/recurring/order-algo': placeRecurring,
  'tradingBot/recurring/stop-order-algo': stopRecurring,
  'tradingBot/recurring/add-investment': addInvestment,
  'tradingBot/recurring/restart': restart,
  'tradingBot/recurring/amend-order-algo': amending((fields) => void needName(fields)),
  'tradingBot/recurring/amend-price-range': amending(readRanges),
  'tradingBot/recurring/amend-recurring-amount': amending(readAmount),
  'tradingBot/recurring/amend-recurring-time': amending((fields) => void readTime(fields)),
  'tradingBot/recurring/pause': amending(() => undefined),
};

const currency = /^[A-Z0-9]{1,20}$/;
const mostCoins = 50;
const one = decimal('1');

/** What one cycle buys: for how many cycles, nobody says. */
function placeRecurring(fields: OrderFields, context: ParseContext): OrderIntent {
  needName(fields);
  const invested = needWord(fields, 'investmentCcy', ['USDT', 'USDC']);
  const quote = fields.text('tradeQuoteCcy') ?? invested;
  if (quote !== invested)
    refuseOrder('QUANTITY_AMBIGUOUS', 'tradeQuoteCcy is not the currency that is invested');
  const whole = needAmount(fields, 'amt');
  needWord(fields, 'tdMode', ['cross', 'cash']);
  refuseOtherFunds(fields);
  readTime(fields);
  fields.keep('tag');
  const head = { ...intentBase('okx', context), instrument: '' };
  let shares = decimal('0');
  const legs = needCoins(fields).map((coin) => {
    const share = needAmount(coin, 'ratio');
    shares = shares.plus(share);
    return dropUndefined<OrderIntent>({
      ...head,
      instrument: `${needCurrency(coin)}-${invested}`,
      action: 'place',
      type: 'bot',
      side: 'buy',
      quantity: { value: whole.times(share), unit: 'quote' },
      price: readLimit(coin),
    });
  });
  refuseTwice(legs.map(({ instrument }) => instrument));
  if (!shares.eq(one)) refuseOrder('FIELD_CONFLICT', 'the ratios of recurringList do not add up to 1');
  const clientOrderId = fields.ownId('algoClOrdId', identifier);
  return anyOf(head, legs, clientOrderId === undefined ? {} : { clientOrderId });
}

function needName(fields: OrderFields): string {
  const name = fields.text('stgyName') ?? fields.refuse('FIELD_MISSING', 'stgyName', 'is missing');
  return name.length <= 40 ? name : fields.refuse('FIELD_INVALID', 'stgyName', 'is too long');
}

/** `1` is the trading account: other money is none that an order may take. */
function refuseOtherFunds(fields: OrderFields): void {
  const sources = fields.list('source', 3) ?? [];
  if (sources.some((source) => source !== '1'))
    fields.refuse('PRODUCT_UNSUPPORTED', 'source', 'takes money from outside the trading account');
}

function needCoins(fields: OrderFields): readonly OrderFields[] {
  return (
    fields.objects('recurringList', mostCoins) ??
    fields.refuse('FIELD_MISSING', 'recurringList', 'is missing')
  );
}

const needCurrency = (coin: OrderFields): string => coin.need('ccy', currency);

/** The price above which nothing is bought. One below which nothing is makes nothing dearer. */
function readLimit(coin: OrderFields): Decimal | undefined {
  const high = priceOrNone(coin, 'maxPx');
  const low = priceOrNone(coin, 'minPx');
  if (high !== undefined && low?.gte(high)) refuseOrder('FIELD_CONFLICT', 'minPx is not below maxPx');
  coin.done();
  return high;
}

function refuseTwice(names: readonly string[]): void {
  if (new Set(names).size !== names.length) refuseOrder('FIELD_CONFLICT', 'recurringList names a coin twice');
}

/** Days, hours and zones; `recurringTimeType` 2 begins at once. */
function readTime(fields: OrderFields): void {
  const period = needWord(fields, 'period', ['monthly', 'weekly', 'daily', 'hourly']);
  const isAtOnce = word(fields, 'recurringTimeType', ['1', '2']) === '2';
  fields.need('timeZone', /^(?:-(?:[1-9]|1[0-2])|\d|1[0-4])$/);
  const time = fields.match('recurringTime', /^(?:\d|1\d|2[0-3])$/);
  if (time === undefined && !isAtOnce) fields.refuse('FIELD_MISSING', 'recurringTime', 'is missing');
  const hour = word(fields, 'recurringHour', ['1', '4', '8', '12', '']);
  if (period === 'hourly' && !hour) fields.refuse('FIELD_MISSING', 'recurringHour', 'is missing');
  if (!isEmpty(fields, 'recurringDay')) fields.match('recurringDay', /^(?:[1-9]|1\d|2[0-8])$/);
}

/** The reference has no word for what becomes of the coins: taken as if they were sold. */
function stopRecurring(fields: OrderFields, context: ParseContext): OrderIntent {
  return closing(botOf(fields, context), { side: 'sell' });
}

/** "Additional investment amount": of the currency that the bot was placed with. */
function addInvestment(fields: OrderFields, context: ParseContext): OrderIntent {
  return {
    ...botOf(fields, context),
    action: 'place',
    type: 'bot',
    side: 'buy',
    quantity: { value: needAmount(fields, 'amount'), unit: 'quote' },
  };
}

function restart(fields: OrderFields, context: ParseContext): OrderIntent {
  return { ...botOf(fields, context), action: 'place', type: 'bot', side: 'buy' };
}

function amending(
  read: (fields: OrderFields, bot: ReturnType<typeof botOf>) => Partial<OrderIntent> | undefined,
): Reader {
  return (fields, context) => {
    const bot = botOf(fields, context);
    return { ...bot, action: 'amend', type: 'bot', ...read(fields, bot) };
  };
}

function readAmount(fields: OrderFields): Partial<OrderIntent> {
  return { side: 'buy', quantity: { value: needAmount(fields, 'amount'), unit: 'quote' } };
}

/** The coins alone are named: in which currency they are bought, only the bot's own request said. */
function readRanges(fields: OrderFields, bot: ReturnType<typeof botOf>): Partial<OrderIntent> {
  const legs = needCoins(fields).map((coin) =>
    dropUndefined<OrderIntent>({
      ...bot,
      instrument: needCurrency(coin),
      action: 'amend',
      type: 'bot',
      side: 'buy',
      price: readLimit(coin),
    }),
  );
  refuseTwice(legs.map(({ instrument }) => instrument));
  return { legs };
}
