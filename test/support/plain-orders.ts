// One limit order that rests far below the market, of the venues where several tests and the bench want the same, as clients write it.

export const plainOrders = {
  okx: { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.001', px: '50000' },
  binance: {
    symbol: 'BTCUSDT',
    side: 'BUY',
    type: 'LIMIT',
    timeInForce: 'GTC',
    quantity: '0.001',
    price: '50000',
  },
  bybit: {
    category: 'spot',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.001',
    price: '50000',
  },
  hyperliquid: { a: 0, b: true, p: '50000', s: '0.001', r: false, t: { limit: { tif: 'Gtc' } } },
  ibkr: {
    conid: 265598,
    secType: '265598:STK',
    orderType: 'LMT',
    side: 'BUY',
    tif: 'GTC',
    quantity: 1,
    price: 150,
  },
} as const;
