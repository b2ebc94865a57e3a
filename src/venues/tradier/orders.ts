// Tradier's orders, changes and cancels to intents: every field understood, or the request refused (D1-D4, D10).
// Source: documentation.tradier.com/brokerage-api/trading (place-equity-order … place-otoco-order, change-order).
import { type Decimal, decimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import type { OrderIntent, OrderSide, OrderType, QuantityUnit, TimeInForce } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { readFormBody } from '../form-body.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { dropUndefined, OrderFields, parsing, refuseOrder } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { classify } from './operations.js';

const shareForm = /^[A-Z]{1,6}(?:[./-][A-Z]{1,3})?$/;
/** OCC symbols. */
const optionForm = /^([A-Z]{1,6}\d?)\d{6}[CP]\d{8}$/;
const tagForm = /^[A-Za-z0-9-]{1,255}$/;

/** Sales are shown where they are short, and orders of the hours before and after the day's. */
const represented: Represented = {
  ...representedAll('symbol option_symbol quantity price stop tag preview'),
  class: ['equity', 'option'],
  side: ['buy', 'buy_to_cover', 'sell', 'buy_to_close', 'sell_to_close'],
  type: ['market', 'limit', 'stop', 'stop_limit'],
  duration: ['day', 'gtc'],
};
const durations: Readonly<Record<string, TimeInForce>> = { day: 'day', gtc: 'gtc', pre: 'day', post: 'day' };
const types: Readonly<Record<string, OrderType>> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  stop_limit: 'stop-limit',
};
interface Side {
  side: OrderSide;
  closes?: true;
}
const shareSides: Readonly<Record<string, Side>> = {
  buy: { side: 'buy' },
  buy_to_cover: { side: 'buy', closes: true },
  sell: { side: 'sell' },
  sell_short: { side: 'sell' },
};
const optionSides: Readonly<Record<string, Side>> = {
  buy_to_open: { side: 'buy' },
  buy_to_close: { side: 'buy', closes: true },
  sell_to_open: { side: 'sell' },
  sell_to_close: { side: 'sell', closes: true },
};
const netTypes = { market: 'market', debit: 'debit', credit: 'credit', even: 'even' } as const;
const zero = decimal('0');
/** How many orders the classes of several orders hold. */
const linked = { oto: 2, oco: 2, otoco: 3 } as const;
const maxLegs = 4;

/** Never throws on its input. */
export function parseOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  const { class: kind } = classify(request);
  if (kind !== 'order' && kind !== 'amend' && kind !== 'cancel') {
    return { ok: false, code: 'NOT_AN_ORDER', message: 'not an order, amend or cancel operation of Tradier' };
  }
  return parsing(() => {
    const form = readFormBody(request);
    if (!form.ok) return refuseOrder('BODY_UNREADABLE', form.problem);
    const fields = new OrderFields(new Map([...form.fields].filter(isGiven)), represented);
    const [, , , accountNumber, , orderId = ''] = request.path.split('/');
    const base = intentBase('tradier', context, accountNumber);
    const isPreview = kind === 'order' && fields.flag('preview') === true;
    const read =
      kind === 'order'
        ? readOrder(fields, base)
        : kind === 'amend'
          ? [readChange(fields, base, orderId)]
          : [{ ...base, action: 'cancel' as const, instrument: '', venueOrderId: orderId }];
    const intents = fields.seal(read);
    return isPreview ? { ok: true, intents, dryRun: true } : { ok: true, intents };
  });
}

/** The documentation's own examples send empty fields for what they leave out, and `null` for the option of a share's leg. */
function isGiven([name, value]: readonly [string, string]): boolean {
  return value !== '' && !(value === 'null' && name.startsWith('option_symbol['));
}

function readOrder(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  const orderClass = fields.text('class') ?? fields.refuse('FIELD_MISSING', 'class', 'is missing');
  const clientOrderId = fields.ownId('tag', tagForm);
  const tagged = <T extends OrderIntent>(intent: T) => dropUndefined({ ...intent, clientOrderId });
  switch (orderClass) {
    case 'equity':
    case 'option':
      return [tagged(readOne(fields, base, '', orderClass === 'option'))];
    case 'multileg':
    case 'combo':
      return [tagged(readLegged(fields, base, orderClass === 'combo'))];
    case 'oto':
    case 'oco':
    case 'otoco': {
      const shared = fields.choice('duration', durations);
      const orders = Array.from({ length: linked[orderClass] }, (_, index) =>
        readOne(fields, base, `[${index}]`, fields.has(`option_symbol[${index}]`), shared),
      );
      const [first, ...others] = orders;
      if (first === undefined) return [];
      // docs.tradier.com advanced-orders: "if the first order is filled, the second order is canceled".
      if (orderClass !== 'oco') return [tagged({ ...first, legs: others })];
      return [tagged(first), ...others.map((other) => tagged({ ...other, isAlternative: true }))];
    }
    default:
      return fields.refuse('ORDER_TYPE_UNSUPPORTED', 'class', 'has a value that is not understood');
  }
}

/** One order whose fields end in `suffix`: `side`, or `side[1]`. `shared` is the duration that all orders of a class may share. */
function readOne(
  fields: OrderFields,
  base: IntentBase,
  suffix: string,
  isOption: boolean,
  shared?: TimeInForce,
): OrderIntent {
  const type =
    fields.choice(`type${suffix}`, types, 'ORDER_TYPE_UNSUPPORTED') ??
    fields.refuse('FIELD_MISSING', `type${suffix}`, 'is missing');
  const needs = (name: string, wanted: boolean) => (wanted ? needNumber(fields, name + suffix) : undefined);
  if (shared !== undefined && fields.has(`duration${suffix}`)) {
    fields.refuse('FIELD_CONFLICT', `duration${suffix}`, 'stands beside duration');
  }
  return dropUndefined({
    ...base,
    action: 'place' as const,
    ...readInstrument(fields, suffix, isOption),
    type,
    timeInForce: shared ?? needDuration(fields, `duration${suffix}`),
    price: needs('price', type === 'limit' || type === 'stop-limit'),
    trigger: needs('stop', type === 'stop' || type === 'stop-limit'),
  });
}

/** Several legs at one net price: a debit is paid, a credit received, even costs nothing. */
function readLegged(fields: OrderFields, base: IntentBase, mayHoldShares: boolean): OrderIntent {
  const type = fields.choice('type', netTypes, 'ORDER_TYPE_UNSUPPORTED') ?? refuseMissing(fields, 'type');
  const isPriced = type === 'debit' || type === 'credit';
  const given = fields.positive('price');
  if (isPriced !== (given !== undefined)) {
    fields.refuse('FIELD_CONFLICT', 'price', 'is given exactly with debit and credit');
  }
  const timeInForce = needDuration(fields, 'duration');
  const instrument = fields.need('symbol', shareForm);
  const legs: OrderIntent[] = [];
  for (let index = 0; index < maxLegs && fields.has(`side[${index}]`); index += 1) {
    const isOption = fields.has(`option_symbol[${index}]`);
    if (!isOption && !mayHoldShares) {
      fields.refuse('FIELD_MISSING', `option_symbol[${index}]`, 'is missing');
    }
    const leg = readInstrument(fields, `[${index}]`, isOption, instrument);
    legs.push(dropUndefined({ ...base, action: 'place' as const, ...leg, timeInForce }));
  }
  if (legs.length < 2) fields.refuse('FIELD_MISSING', 'side[1]', 'is missing');
  const net = given ?? zero;
  return dropUndefined({
    ...base,
    action: 'place' as const,
    instrument,
    type: type === 'market' ? ('market' as const) : ('limit' as const),
    timeInForce,
    price: type === 'market' ? undefined : type === 'credit' ? zero.minus(net) : net,
    legs,
  });
}

type Instrument = Pick<OrderIntent, 'instrument' | 'side' | 'quantity' | 'reduceOnly'>;

/** Symbol, side and quantity: shares, or contracts of the option whose root must be the symbol given beside it. */
function readInstrument(
  fields: OrderFields,
  suffix: string,
  isOption: boolean,
  underlying?: string,
): Instrument {
  const symbol =
    underlying ?? fields.match(`symbol${suffix}`, shareForm) ?? refuseMissing(fields, `symbol${suffix}`);
  const option = isOption ? fields.need(`option_symbol${suffix}`, optionForm) : undefined;
  if (option !== undefined && !isRootOf(symbol, option)) {
    fields.refuse('FIELD_CONFLICT', `option_symbol${suffix}`, 'is of another underlying than symbol');
  }
  const { side, closes } =
    fields.choice(`side${suffix}`, isOption ? optionSides : shareSides) ??
    refuseMissing(fields, `side${suffix}`);
  const unit: QuantityUnit = isOption ? 'contracts' : 'base';
  return {
    instrument: option ?? symbol,
    side,
    quantity: { value: needNumber(fields, `quantity${suffix}`), unit },
    ...(closes === true ? { reduceOnly: true } : {}),
  };
}

/** Weekly and afternoon index options (SPXW, NDXP) and adjusted ones (AAPL1) add a letter or digit to the symbol. */
function isRootOf(symbol: string, option: string): boolean {
  const root = optionForm.exec(option)?.[1] ?? '';
  const plain = symbol.replace(/[^A-Z]/g, '');
  return root.startsWith(plain) && /^(?:[WP]|\d)?$/.test(root.slice(plain.length));
}

function needDuration(fields: OrderFields, name: string): TimeInForce {
  return fields.choice(name, durations) ?? refuseMissing(fields, name);
}

/** PUT: only what changes is sent; the quantity never does. */
function readChange(fields: OrderFields, base: IntentBase, venueOrderId: string): OrderIntent {
  const changed = ['type', 'duration', 'price', 'stop'].some((name) => fields.has(name));
  if (!changed) fields.refuse('FIELD_MISSING', 'price', 'is missing, and nothing else changes');
  return dropUndefined({
    ...base,
    action: 'amend' as const,
    instrument: '',
    type: fields.choice(
      'type',
      { ...types, debit: 'limit', credit: 'limit' } as const,
      'ORDER_TYPE_UNSUPPORTED',
    ),
    timeInForce: fields.choice('duration', durations),
    price: fields.positive('price'),
    trigger: fields.positive('stop'),
    venueOrderId,
  });
}

function needNumber(fields: OrderFields, name: string): Decimal {
  return fields.positive(name) ?? refuseMissing(fields, name);
}

function refuseMissing(fields: OrderFields, name: string): never {
  return fields.refuse('FIELD_MISSING', name, 'is missing');
}
