// The methods of Binance's WebSocket APIs: what only asks, and which REST request each one that trades stands for. What is not here is
// unknown (S4): listenKeys and listenTokens are session tokens, and `session.logon` would leave later messages unsigned.
// Source: binance-spot-api-docs web-socket-api.md (2026-07-21); USDⓈ-M and COIN-M "WebSocket API"; ccxt 4.5.84, binance 3.6.5.

export interface WsApi {
  /** Of the public market; signed where the client signs. */
  readonly open: ReadonlySet<string>;
  /** Of the account: always signed. */
  readonly signed: ReadonlySet<string>;
  readonly trades: ReadonlyMap<string, `${'POST' | 'PUT' | 'DELETE'} /${string}`>;
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const spot: WsApi = {
  open: words(`
    ping time exchangeInfo depth trades.recent trades.historical trades.aggregate klines uiKlines avgPrice
    ticker ticker.24hr ticker.tradingDay ticker.price ticker.book executionRules referencePrice
  `),
  signed: words(`
    account.status account.commission account.rateLimits.orders allOrders allOrderLists myTrades myPreventedMatches
    myAllocations myFilters order.status order.amendments openOrders.status orderList.status openOrderLists.status
    order.test sor.order.test userDataStream.subscribe.signature
  `),
  trades: new Map([
    ['order.place', 'POST /api/v3/order'],
    ['order.cancelReplace', 'POST /api/v3/order/cancelReplace'],
    ['order.amend.keepPriority', 'PUT /api/v3/order/amend/keepPriority'],
    ['order.cancel', 'DELETE /api/v3/order'],
    ['openOrders.cancelAll', 'DELETE /api/v3/openOrders'],
    ['orderList.place', 'POST /api/v3/order/oco'],
    ['orderList.place.oco', 'POST /api/v3/orderList/oco'],
    ['orderList.place.oto', 'POST /api/v3/orderList/oto'],
    ['orderList.place.otoco', 'POST /api/v3/orderList/otoco'],
    ['orderList.place.opo', 'POST /api/v3/orderList/opo'],
    ['orderList.place.opoco', 'POST /api/v3/orderList/opoco'],
    ['orderList.cancel', 'DELETE /api/v3/orderList'],
    ['sor.order.place', 'POST /api/v3/sor/order'],
  ] as const),
};

const futures = (prefix: 'fapi' | 'dapi'): WsApi => ({
  open: words('ping time depth ticker.price ticker.book'),
  signed: words(`
    account.status v2/account.status account.balance v2/account.balance account.position v2/account.position order.status
  `),
  trades: new Map([
    ['order.place', `POST /${prefix}/v1/order`],
    ['order.modify', `PUT /${prefix}/v1/order`],
    ['order.cancel', `DELETE /${prefix}/v1/order`],
    ['algoOrder.place', `POST /${prefix}/v1/algoOrder`],
    ['algoOrder.cancel', `DELETE /${prefix}/v1/algoOrder`],
  ] as const),
});

/** By path of the socket; streams only listen, whatever is in the table. */
export const wsApis: ReadonlyMap<string, WsApi> = new Map([
  ['/ws-api/v3', spot],
  ['/ws-fapi/v1', futures('fapi')],
  ['/ws-dapi/v1', futures('dapi')],
]);

/** Needs no id of its own: it changes nothing that could be asked for. */
export const listens: ReadonlySet<string> = words('userDataStream.unsubscribe session.subscriptions');
