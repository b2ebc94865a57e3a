// The channels of OKX's three sockets that a client may subscribe to. Subscriptions only listen; what no row names is refused (S4).
// Source: OKX v5 reference "WebSocket", okx-api 3.2.3 websocket types, ccxt 4.5.84 pro/okx. The channels of deposits and
// withdrawals are left out: addresses are nothing an agent needs.

export type SocketKind = 'public' | 'private' | 'business';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const bars =
  '1s 1m 3m 5m 15m 30m 1H 2H 4H 6H 12H 1D 2D 3D 5D 1W 1M 3M 6Hutc 12Hutc 1Dutc 2Dutc 3Dutc 5Dutc 1Wutc 1Mutc 3Mutc';
const candles = ['candle', 'mark-price-candle', 'index-candle', 'sprd-candle'].flatMap((name) =>
  bars.split(' ').map((bar) => `${name}${bar}`),
);

export const channels: Readonly<Record<SocketKind, ReadonlySet<string>>> = {
  public: words(`
    instruments tickers trades open-interest funding-rate price-limit opt-summary estimated-price mark-price
    index-tickers books books5 bbo-tbt books-l2-tbt books50-l2-tbt books-elp option-trades call-auction-details
    liquidation-orders adl-warning status public-struc-block-trades public-block-trades block-tickers
    economic-calendar
  `),
  private: words(`
    account positions balance_and_position orders fills liquidation-warning account-greeks rfqs quotes
    struc-block-trades
  `),
  business: new Set([
    ...candles,
    ...words(`
      trades-all orders-algo algo-advance algo-recurring-buy grid-orders-spot grid-orders-contract grid-orders-moon
      grid-positions grid-sub-orders sprd-orders sprd-trades sprd-public-trades sprd-tickers sprd-books5 sprd-bbo-tbt
      sprd-books-l2-tbt copytrading-notification copytrading-lead-notification rfqs quotes struc-block-trades
      public-struc-block-trades public-block-trades block-tickers economic-calendar
    `),
  ]),
};

/** Parameters of a subscription. */
export const channelParameters: ReadonlySet<string> = words(`
  channel instId instType instFamily uly ccy algoId sprdId groupId extraParams
`);
