// Which reader understands which of Binance's order, amend and cancel operations; what none understands is refused.
import type { HttpRequest } from '../../core/http.js';
import type { OrderIntent } from '../../core/order.js';
import { type Represented, representedAll } from '../asked-members.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { OrderFields, parsing } from '../order-fields.js';
import type { ParseContext, ParsedOrders } from '../venue.js';
import { readBlockAcceptance, readBlockExtension, readBlockOrder } from './block.js';
import { readCancel } from './cancels.js';
import { readAcceptance, readConvertLimit } from './convert.js';
import { readEquityOrder } from './equity-orders.js';
import {
  type Dialect,
  readBatch,
  readBatchAmend,
  readFuturesAmend,
  readFuturesOrder,
  readOption,
  readOptionBatch,
} from './futures-orders.js';
import { classify } from './operations.js';
import { readParameters } from './parameters.js';
import {
  readAlgo,
  readCancelReplace,
  readClassicOco,
  readKeepPriority,
  readOco,
  readOpo,
  readOto,
  readOtoco,
  readSpotOrder,
} from './spot-orders.js';

type Reader = (fields: OrderFields, base: IntentBase, context: ParseContext) => readonly OrderIntent[];

/** USDⓈ-M counts the base asset, COIN-M contracts of 10 or 100 USD. */
const usdm: Dialect = {
  unit: 'base',
  type: 'type',
  trigger: 'stopPrice',
  clientId: 'newClientOrderId',
};
const coinm: Dialect = { ...usdm, unit: 'contracts' };
const algo = { trigger: 'triggerPrice', clientId: 'clientAlgoId' } as const;
const conditional = { type: 'strategyType', clientId: 'newClientStrategyId' } as const;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['api/v3/order', readSpotOrder],
  ['api/v3/sor/order', readSpotOrder],
  ['api/v3/order/cancelReplace', readCancelReplace],
  ['api/v3/order/oco', readClassicOco],
  ['api/v3/orderList/oco', readOco],
  ['api/v3/orderList/oto', readOto],
  ['api/v3/orderList/otoco', readOtoco],
  ['api/v3/orderList/opo', readOpo(['pending'])],
  ['api/v3/orderList/opoco', readOpo(['pendingAbove', 'pendingBelow'])],
  ['sapi/v1/margin/order', readSpotOrder],
  ['sapi/v1/margin/order/oco', readClassicOco],
  ['sapi/v1/margin/order/oto', readOto],
  ['sapi/v1/margin/order/otoco', readOtoco],
  ['sapi/v1/algo/spot/newOrderTwap', readAlgo('twap')],
  ['sapi/v1/algo/futures/newOrderTwap', readAlgo('twap')],
  ['sapi/v1/algo/futures/newOrderVp', readAlgo('other')],
  ['sapi/v1/convert/acceptQuote', readAcceptance('sapi')],
  ['sapi/v1/convert/limit/placeOrder', readConvertLimit],
  ['sapi/v1/equity/order/place', readEquityOrder],
  ['fapi/v1/order', readFuturesOrder(usdm)],
  ['fapi/v1/batchOrders', readBatch('batchOrders', 5, usdm)],
  ['fapi/v1/algoOrder', readFuturesOrder({ ...usdm, ...algo })],
  ['fapi/v1/convert/acceptQuote', readAcceptance('fapi')],
  ['dapi/v1/order', readFuturesOrder(coinm)],
  ['dapi/v1/batchOrders', readBatch('batchOrders', 5, coinm)],
  ['dapi/v1/algoOrder', readFuturesOrder({ ...coinm, ...algo })],
  ['eapi/v1/order', (fields, base) => [readOption(fields, base)]],
  ['eapi/v1/batchOrders', readOptionBatch],
  ['eapi/v1/block/order/create', readBlockOrder],
  ['eapi/v1/block/order/execute', readBlockAcceptance],
  ['papi/v1/um/order', readFuturesOrder(usdm)],
  ['papi/v1/um/conditional/order', readFuturesOrder({ ...usdm, ...conditional })],
  ['papi/v1/um/algo/order', readFuturesOrder({ ...usdm, ...algo })],
  ['papi/v1/cm/order', readFuturesOrder(coinm)],
  ['papi/v1/cm/conditional/order', readFuturesOrder({ ...coinm, ...conditional })],
  ['papi/v1/margin/order', readSpotOrder],
  ['papi/v1/margin/order/oco', readClassicOco],
]);

const amendments: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['api/v3/order/amend/keepPriority', readKeepPriority],
  ['fapi/v1/order', readFuturesAmend('base')],
  ['fapi/v1/batchOrders', readBatchAmend('batchOrders', 5, 'base')],
  ['dapi/v1/order', readFuturesAmend('contracts')],
  ['dapi/v1/batchOrders', readBatchAmend('batchOrders', 5, 'contracts')],
  ['eapi/v1/block/order/create', readBlockExtension],
  ['papi/v1/um/order', readFuturesAmend('base')],
  ['papi/v1/cm/order', readFuturesAmend('contracts')],
]);

/** Of one order, and of each order of a list. */
const legMembers = ['type', 'side', 'quantity', 'price', 'stopPrice', 'timeInForce', 'clientOrderId'];
const legPrefixes = ['working', 'pending', 'pendingAbove', 'pendingBelow', 'above', 'below'];

/** `RPI` orders are post-only, and more than that. `newOrderRespType` is the form of the answer. */
const represented: Represented = {
  ...representedAll(`
    symbol symbols orderId orderListId algoId origClientOrderId cancelOrderId cancelOrigClientOrderId orderIdList orderidlist orderIds
    origClientOrderIdList origclientorderidlist clientOrderIds clientAlgoId newClientStrategyId listClientOrderId blockOrderMatchingKey
    triggerPrice activatePrice activationPrice quoteOrderQty newQty limitPrice stopLimitPrice stopLimitTimeInForce
    reduceOnly closePosition postOnly orderType notional newOrderRespType
  `),
  ...representedAll(legMembers.join(' ')),
  ...representedAll(
    legPrefixes
      .flatMap((prefix) => legMembers.map((name) => prefix + name.charAt(0).toUpperCase() + name.slice(1)))
      .join(' '),
  ),
  timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD', 'DAY'],
  positionSide: ['BOTH', 'LONG', 'SHORT'],
  algoType: ['CONDITIONAL'],
  priceMatch: ['NONE'],
  sideEffectType: ['NO_SIDE_EFFECT'],
  isIsolated: ['FALSE', 'false'],
  autoRepayAtCancel: ['FALSE', 'false'],
};

/** Never throws on its input. */
export function parseOrders(request: HttpRequest, context: ParseContext): ParsedOrders {
  const { class: kind, operation } = classify(request);
  if (kind !== 'order' && kind !== 'amend' && kind !== 'cancel') {
    return { ok: false, code: 'NOT_AN_ORDER', message: 'not an order, amend or cancel operation of Binance' };
  }
  const reader =
    kind === 'cancel' ? readCancel : kind === 'amend' ? amendments.get(operation) : readers.get(operation);
  if (reader === undefined) {
    return {
      ok: false,
      code: 'PRODUCT_UNSUPPORTED',
      message: `orders through ${operation} cannot be checked and are refused`,
    };
  }
  const parameters = readParameters(request);
  if (!parameters.ok) return parameters;
  return parsing(() => {
    const fields = new OrderFields(parameters.fields, represented);
    const intents = reader(fields, intentBase('binance', context), context);
    return { ok: true, intents: fields.seal(intents) };
  });
}
