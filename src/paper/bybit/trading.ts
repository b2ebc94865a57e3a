// Bybit v5 trading over the paper engine: create, amend, cancel, cancel all, and the first three of several orders (docs/v5/order);
// orders wait for `triggerPrice`, too, and bring their exits along.
import { amendOrder, cancelAll, cancelOrder, placeWithExits, unitOf } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import type { NewOrder, PaperOrder, PaperTimeInForce } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { ofCall, orderOf, type PrivateCall, type Row, symbolsOf } from './call.js';
import { amendExits, attachedExits, setExits } from './exits.js';
import { wordingOf } from './faults.js';

type Handler = (call: PrivateCall) => Row;

const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', PostOnly: 'post-only' } as const satisfies Record<
  string,
  PaperTimeInForce
>;
const clientIdForm = /^[a-zA-Z0-9_-]{1,36}$/;
/** What the paper engine has none of. */
const notOnPaper = ['closeOnTrigger', 'slippageTolerance'];

export const tradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['POST /v5/order/create', (call) => idsOf(place(call))],
  ['POST /v5/order/pre-check', (call) => ({ orderId: '', orderLinkId: readOrder(call).clientId ?? '' })],
  ['POST /v5/order/amend', (call) => idsOf(amended(call))],
  ['POST /v5/position/trading-stop', setExits],
  ['POST /v5/order/cancel', (call) => idsOf(cancelOrder(call, orderOf(call)))],
  [
    'POST /v5/order/cancel-all',
    (call) => ({
      list: cancelAll(call, (order) => ofCall(call, [order]).length > 0).map(idsOf),
      success: '1',
    }),
  ],
]);

/** What an answer to several orders says: `retExtInfo` tells in the same order what each met with. */
export interface BatchAnswer {
  result: { list: readonly Row[] };
  retExtInfo: { list: readonly Row[] };
}

/** docs/v5/order/batch-place.mdx, batch-amend.mdx, batch-cancel.mdx: each by itself, in the category of all. */
export const batchRoutes: ReadonlyMap<string, (call: PrivateCall) => BatchAnswer> = new Map([
  ['POST /v5/order/create-batch', batchOf(place)],
  ['POST /v5/order/amend-batch', batchOf(amended)],
  ['POST /v5/order/cancel-batch', batchOf((call) => cancelOrder(call, orderOf(call)))],
]);

const mostInBatch = 20;

function batchOf(run: (call: PrivateCall) => PaperOrder): (call: PrivateCall) => BatchAnswer {
  return (call) => {
    const category = call.fields.required('category');
    const entries = call.fields.children('request');
    if (entries.length === 0 || entries.length > mostInBatch)
      throw new PaperFault('PARAMETER_BAD', 'request');
    const told = entries.map((entry) => {
      const fields = entry.with('category', category);
      const symbol = fields.text('symbol') ?? '';
      try {
        const ids = idsOf(run({ ...call, fields }));
        return { row: { category, symbol, ...ids }, outcome: { code: 0, msg: 'OK' } };
      } catch (thrown) {
        if (!(thrown instanceof PaperFault)) throw thrown;
        const [code, msg] = wordingOf(thrown);
        const row = { category, symbol, orderId: '', orderLinkId: fields.text('orderLinkId') ?? '' };
        return { row, outcome: { code, msg } };
      }
    });
    return {
      result: { list: told.map(({ row }) => row) },
      retExtInfo: { list: told.map(({ outcome }) => outcome) },
    };
  };
}

function idsOf({ id, clientId }: { id: string; clientId?: string }): Row {
  return { orderId: id, orderLinkId: clientId ?? '' };
}

function place(call: PrivateCall): PaperOrder {
  const order = readOrder(call);
  const exits = attachedExits(call, order);
  // What the order is shown with.
  const [takeProfit, stopLoss] = ['takeProfit', 'stopLoss'].map((name) => call.fields.text(name) ?? '');
  const memo = { ...order.memo, takeProfit: takeProfit ?? '', stopLoss: stopLoss ?? '' };
  return placeWithExits(call, { ...order, memo }, exits);
}

/** docs/v5/order/create-order.mdx: a spot market buy is by quote currency unless `marketUnit` says baseCoin. */
function readOrder(call: PrivateCall): NewOrder {
  const { fields } = call;
  const instrument = symbolsOf(call).need(fields.required('symbol'));
  const side = fields.oneOf('side', ['Buy', 'Sell']);
  const type = fields.oneOf('orderType', ['Market', 'Limit']);
  if (notOnPaper.some((name) => (fields.text(name) ?? 'false') !== 'false'))
    throw new PaperFault('NOT_ON_PAPER');
  const timeInForce = fields.has('timeInForce')
    ? fields.oneOf('timeInForce', ['GTC', 'IOC', 'FOK', 'PostOnly'])
    : 'GTC';
  const clientId = fields.text('orderLinkId');
  if (clientId !== undefined && !clientIdForm.test(clientId))
    throw new PaperFault('PARAMETER_BAD', 'orderLinkId');
  const isMarket = type === 'Market';
  const unit = fields.text('marketUnit') ?? (side === 'Buy' ? 'quoteCoin' : 'baseCoin');
  const isQuote = isMarket && instrument.kind === 'spot' && unit === 'quoteCoin';
  const quantity = fields.requiredAmount('qty');
  return {
    symbol: instrument.symbol,
    side: side === 'Buy' ? 'buy' : 'sell',
    ...(isMarket ? {} : { price: fields.requiredAmount('price') }),
    timeInForce: isMarket ? 'ioc' : timesInForce[timeInForce],
    quantity: isQuote
      ? { value: quantity, unit: 'quote' }
      : { value: quantity.div(unitOf(instrument)), unit: 'size' },
    ...triggerOf(call, instrument),
    reduceOnly: instrument.kind === 'swap' && fields.text('reduceOnly') === 'true',
    ...(clientId === undefined ? {} : { clientId }),
    memo: { timeInForce: isMarket ? 'IOC' : timeInForce },
  };
}

/** `triggerDirection`: 1 when the market rises to the trigger, 2 when it falls to it; where it is not said, to wherever the trigger is. */
function triggerOf({ engine, fields }: PrivateCall, instrument: Instrument) {
  const trigger = fields.amount('triggerPrice');
  if (trigger === undefined) return {};
  const isAbove = trigger.gt(engine.market.last(instrument, engine.second));
  const direction = fields.has('triggerDirection') ? fields.oneOf('triggerDirection', ['1', '2']) : undefined;
  const rises = direction === undefined ? isAbove : direction === '1';
  return { trigger, triggerMove: rises ? ('rises' as const) : ('falls' as const) };
}

function amended(call: PrivateCall): PaperOrder {
  const unit = unitOf(symbolsOf(call).need(call.fields.required('symbol')));
  const { fields } = call;
  const size = fields.amount('qty')?.div(unit);
  const [price, trigger] = [fields.amount('price'), fields.amount('triggerPrice')];
  const order = orderOf(call);
  const isOwn = size !== undefined || price !== undefined || trigger !== undefined;
  const hasExits = order !== undefined && amendExits(call, order);
  return isOwn || order === undefined || !hasExits
    ? amendOrder(call, order, { size, price, trigger })
    : order;
}
