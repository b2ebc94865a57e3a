// Trading of perpetuals as Binance's USDⓈ-M futures take it: market and limit orders in base currency, amends, cancels.
// Source: developers.binance.com USDⓈ-M Futures, "New Order", "Modify Order", "Cancel Order", "Cancel All Open Orders".
import type { Decimal } from '../../core/decimal.js';
import { cancelAll, cancelOrder, placeOrder } from '../desk.js';
import type { NewOrder, PaperTimeInForce } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { orderOf, type PrivateCall, perpetuals, type Row } from './call.js';
import { contractOf, futuresOrderRow } from './futures-rows.js';

type Handler = (call: PrivateCall) => unknown;

const timesInForce = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', GTX: 'post-only' } as const satisfies Record<
  string,
  PaperTimeInForce
>;
const clientIdForm = /^[.A-Z:/a-z0-9_-]{1,36}$/;
/** What the paper engine has none of. */
const notOnPaper = ['stopPrice', 'activationPrice', 'callbackRate', 'priceMatch', 'goodTillDate'];

export const futuresTradingRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['POST /fapi/v1/order', (call) => futuresOrderRow(placeOrder(call, readOrder(call)))],
  [
    'POST /fapi/v1/order/test',
    (call) => {
      readOrder(call);
      return {};
    },
  ],
  ['PUT /fapi/v1/order', amend],
  ['DELETE /fapi/v1/order', (call) => futuresOrderRow(cancelOrder(call, orderOf(call, perpetuals)))],
  [
    'DELETE /fapi/v1/allOpenOrders',
    (call) => {
      const { symbol } = perpetuals.need(call.fields.required('symbol'));
      cancelAll(call, (order) => order.symbol === symbol);
      return { code: 200, msg: 'The operation of cancel all open order is done.' };
    },
  ],
]);

function readOrder({ fields }: PrivateCall): NewOrder {
  const { symbol } = perpetuals.need(fields.required('symbol'));
  const side = fields.oneOf('side', ['BUY', 'SELL']);
  const type = fields.oneOf('type', ['LIMIT', 'MARKET']);
  if (notOnPaper.some((name) => fields.has(name)) || fields.text('closePosition') === 'true')
    throw new PaperFault('NOT_ON_PAPER');
  // -4061: positions are one way.
  if ((fields.text('positionSide') ?? 'BOTH') !== 'BOTH')
    throw new PaperFault('PARAMETER_BAD', 'positionSide');
  const clientId = fields.text('newClientOrderId');
  if (clientId !== undefined && !clientIdForm.test(clientId))
    throw new PaperFault('PARAMETER_BAD', 'newClientOrderId');
  const timeInForce = type === 'LIMIT' ? fields.oneOf('timeInForce', ['GTC', 'IOC', 'FOK', 'GTX']) : 'IOC';
  return {
    symbol,
    side: side === 'BUY' ? 'buy' : 'sell',
    ...(type === 'MARKET' ? {} : { price: fields.requiredAmount('price') }),
    timeInForce: timesInForce[timeInForce],
    quantity: { value: contractsOf(symbol, fields.requiredAmount('quantity')), unit: 'size' },
    reduceOnly: fields.has('reduceOnly') && fields.oneOf('reduceOnly', ['true', 'false']) === 'true',
    ...(clientId === undefined ? {} : { clientId }),
    memo: { type, timeInForce: type === 'LIMIT' ? timeInForce : 'GTC' },
  };
}

/** What is no whole number of lots stays none: the engine refuses it. */
function contractsOf(symbol: string, base: Decimal): Decimal {
  return base.div(contractOf(symbol).contractValue);
}

/** Side, quantity and price are sent anew; a changed side is another order. */
function amend(call: PrivateCall): Row {
  const { engine, account, fields } = call;
  const order = orderOf(call, perpetuals);
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN');
  if (fields.oneOf('side', ['BUY', 'SELL']).toLowerCase() !== order.side)
    throw new PaperFault('PARAMETER_BAD', 'side');
  const failed = engine.amend(account.id, order, {
    size: contractsOf(order.symbol, fields.requiredAmount('quantity')),
    price: fields.requiredAmount('price'),
  });
  if (failed !== undefined) throw new PaperFault(failed);
  return futuresOrderRow(order);
}
