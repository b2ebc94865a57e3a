// Bybit v5 trading over the paper engine: create, amend, cancel, cancel all (docs/v5/order).
import { amendOrder, cancelAll, cancelOrder, placeOrder, unitOf } from '../desk.js';
import type { NewOrder, PaperTimeInForce } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { ofCall, orderOf, type PrivateCall, type Row, symbolsOf } from './call.js';

type Handler = (call: PrivateCall) => Row;

const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', PostOnly: 'post-only' } as const satisfies Record<
  string,
  PaperTimeInForce
>;
const clientIdForm = /^[a-zA-Z0-9_-]{1,36}$/;
/** What the paper engine has none of. */
const notOnPaper = ['triggerPrice', 'takeProfit', 'stopLoss', 'closeOnTrigger', 'slippageTolerance'];

export const tradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['POST /v5/order/create', (call) => idsOf(placeOrder(call, readOrder(call)))],
  ['POST /v5/order/pre-check', (call) => ({ orderId: '', orderLinkId: readOrder(call).clientId ?? '' })],
  ['POST /v5/order/amend', amend],
  ['POST /v5/order/cancel', (call) => idsOf(cancelOrder(call, orderOf(call)))],
  [
    'POST /v5/order/cancel-all',
    (call) => ({
      list: cancelAll(call, (order) => ofCall(call, [order]).length > 0).map(idsOf),
      success: '1',
    }),
  ],
]);

function idsOf({ id, clientId }: { id: string; clientId?: string }): Row {
  return { orderId: id, orderLinkId: clientId ?? '' };
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
    reduceOnly: instrument.kind === 'swap' && fields.text('reduceOnly') === 'true',
    ...(clientId === undefined ? {} : { clientId }),
    memo: { timeInForce: isMarket ? 'IOC' : timeInForce },
  };
}

function amend(call: PrivateCall): Row {
  const unit = unitOf(symbolsOf(call).need(call.fields.required('symbol')));
  const size = call.fields.amount('qty')?.div(unit);
  return idsOf(amendOrder(call, orderOf(call), { size, price: call.fields.amount('price') }));
}
