// The methods of Binance's WebSocket APIs on paper, each as the REST route that it stands for: spot, USDⓈ-M and COIN-M futures.
// Sources: binance-spot-api-docs web-socket-api.md (2026-07-21); developers.binance.com USDⓈ-M Futures "WebSocket API" (Trade, Account),
// COIN-M Futures the same, which has no `v2/` and no conditional orders; ccxt 4.5.84, binance 3.6.5.
import { coinm, type FuturesBook, usdm } from './futures-books.js';

export interface ApiMethods {
  /** Asked without a signature, too. */
  open: ReadonlyMap<string, string>;
  own: ReadonlyMap<string, string>;
  /** Spot alone tells its user on the same socket. */
  tellsUser: boolean;
}

const spot: ApiMethods = {
  tellsUser: true,
  open: new Map([
    ['ping', 'GET /api/v3/ping'],
    ['time', 'GET /api/v3/time'],
    ['exchangeInfo', 'GET /api/v3/exchangeInfo'],
    ['depth', 'GET /api/v3/depth'],
    ['ticker.price', 'GET /api/v3/ticker/price'],
    ['ticker.book', 'GET /api/v3/ticker/bookTicker'],
    ['ticker.24hr', 'GET /api/v3/ticker/24hr'],
  ]),
  own: new Map([
    ['account.status', 'GET /api/v3/account'],
    ['order.status', 'GET /api/v3/order'],
    ['openOrders.status', 'GET /api/v3/openOrders'],
    ['allOrders', 'GET /api/v3/allOrders'],
    ['myTrades', 'GET /api/v3/myTrades'],
    ['order.place', 'POST /api/v3/order'],
    ['order.test', 'POST /api/v3/order/test'],
    ['order.cancelReplace', 'POST /api/v3/order/cancelReplace'],
    ['order.amend.keepPriority', 'PUT /api/v3/order/amend/keepPriority'],
    ['order.cancel', 'DELETE /api/v3/order'],
    ['openOrders.cancelAll', 'DELETE /api/v3/openOrders'],
    ['orderList.place', 'POST /api/v3/order/oco'],
    ['orderList.place.oco', 'POST /api/v3/orderList/oco'],
    ['orderList.place.oto', 'POST /api/v3/orderList/oto'],
    ['orderList.place.otoco', 'POST /api/v3/orderList/otoco'],
    ['orderList.cancel', 'DELETE /api/v3/orderList'],
    ['orderList.status', 'GET /api/v3/orderList'],
    ['openOrderLists.status', 'GET /api/v3/openOrderList'],
  ]),
};

function futures({ prefix }: FuturesBook, more: readonly (readonly [string, string])[]): ApiMethods {
  return {
    tellsUser: false,
    open: new Map([
      ['ping', `GET ${prefix}/ping`],
      ['time', `GET ${prefix}/time`],
      ['depth', `GET ${prefix}/depth`],
      ['ticker.price', `GET ${prefix}/ticker/price`],
      ['ticker.book', `GET ${prefix}/ticker/bookTicker`],
    ]),
    own: new Map([
      ['order.place', `POST ${prefix}/order`],
      ['order.modify', `PUT ${prefix}/order`],
      ['order.cancel', `DELETE ${prefix}/order`],
      ['order.status', `GET ${prefix}/order`],
      ...more,
    ]),
  };
}

/** By path of the socket. */
export const apiMethods: ReadonlyMap<string, ApiMethods> = new Map([
  ['/ws-api/v3', spot],
  [
    '/ws-fapi/v1',
    futures(usdm, [
      ['account.status', 'GET /fapi/v2/account'],
      ['v2/account.status', 'GET /fapi/v3/account'],
      ['account.balance', 'GET /fapi/v2/balance'],
      ['v2/account.balance', 'GET /fapi/v3/balance'],
      ['account.position', 'GET /fapi/v2/positionRisk'],
      ['v2/account.position', 'GET /fapi/v3/positionRisk'],
      ['algoOrder.place', 'POST /fapi/v1/algoOrder'],
      ['algoOrder.cancel', 'DELETE /fapi/v1/algoOrder'],
    ]),
  ],
  [
    '/ws-dapi/v1',
    futures(coinm, [
      ['account.status', 'GET /dapi/v1/account'],
      ['account.balance', 'GET /dapi/v1/balance'],
      ['account.position', 'GET /dapi/v1/positionRisk'],
    ]),
  ],
]);
