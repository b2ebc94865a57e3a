// Orders of more kinds than one of each row: those whose members no plain order has.
import type { OrderSamples } from './order-samples.js';

const okxSwap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'sell', sz: '10' };
const okxTrail = { ...okxSwap, ordType: 'move_order_stop', callbackRatio: '0.01' };
const okxLegs = {
  ...okxSwap,
  ordType: 'limit',
  px: '50000',
  attachAlgoOrds: [
    {
      tpTriggerPx: '40000',
      tpOrdPx: '-1',
      slTriggerPx: '60000',
      slOrdPx: '60010',
      attachAlgoClOrdId: 'leg1',
    },
    { callbackRatio: '0.02', activePx: '45000' },
  ],
  clOrdId: 'mine1',
};
const binanceTrail =
  'symbol=BTCUSDT&side=SELL&type=TRAILING_STOP_MARKET&algoType=CONDITIONAL&quantity=1&callbackRate=1&activatePrice=60000';
const spotTrail =
  'symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=1&trailingDelta=100&newClientOrderId=mine1';
const oco =
  'symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=70000&belowType=STOP_LOSS&belowTrailingDelta=100' +
  '&listClientOrderId=list1&aboveClientOrderId=above1&belowClientOrderId=below1';
const bybitPerp = {
  category: 'linear',
  symbol: 'BTCUSDT',
  side: 'Buy',
  orderType: 'Limit',
  qty: '1',
  price: '50000',
};
const alpacaTrail = { symbol: 'AAPL', side: 'sell', type: 'trailing_stop', time_in_force: 'day', qty: '1' };
const coinbase = (configuration: object) => ({
  client_order_id: 'a1',
  product_id: 'BTC-USD',
  side: 'SELL',
  order_configuration: configuration,
});
const kraken = 'nonce=1&pair=XBTUSD&type=buy&ordertype=limit&volume=1&price=50000';
const hyper = { a: 0, b: true, p: '50000', s: '1', r: false };
const ibkr = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 150 };
const action = (members: object) => ({ action: { type: 'order', ...members }, nonce: 1, signature: {} });

/** By venue, of a row. */
export const orderVariants: Readonly<Record<string, readonly [row: string, given: OrderSamples[string]][]>> =
  {
    okx: [
      ['POST /api/v5/trade/order', okxLegs],
      ['POST /api/v5/trade/order', { ...okxSwap, ordType: 'market', posSide: 'long' }],
      ['POST /api/v5/trade/batch-orders', [okxLegs, { ...okxSwap, ordType: 'market' }]],
      ['POST /api/v5/trade/order-algo', okxTrail],
      [
        'POST /api/v5/trade/order-algo',
        { ...okxSwap, ordType: 'trigger', triggerPx: '45000', orderPx: '-1' },
      ],
      [
        'POST /api/v5/trade/order-algo',
        { ...okxSwap, ordType: 'twap', pxLimit: '45000', szLimit: '1', pxVar: '0.01', timeInterval: '10' },
      ],
    ],
    binance: [
      ['POST /api/v3/order', spotTrail],
      ['POST /api/v3/orderList/oco', oco],
      ['POST /fapi/v1/algoOrder', binanceTrail],
      ['POST /fapi/v1/order', 'symbol=BTCUSDT&side=SELL&type=MARKET&quantity=1&positionSide=LONG'],
    ],
    bybit: [
      [
        'POST /v5/order/create',
        { ...bybitPerp, triggerPrice: '51000', triggerDirection: 1, takeProfit: '60000', stopLoss: '40000' },
      ],
      ['POST /v5/order/create', { ...bybitPerp, category: 'spot', orderType: 'Market', price: undefined }],
      [
        'POST /v5/position/trading-stop',
        { category: 'linear', symbol: 'BTCUSDT', trailingStop: '100', activePrice: '51000', positionIdx: 0 },
      ],
    ],
    kraken: [
      ['POST /0/private/AddOrder', `${kraken}&close[ordertype]=stop-loss&close[price]=45000&cl_ord_id=mine1`],
      ['POST /0/private/AddOrder', `${kraken.replace('=limit', '=iceberg')}&displayvol=0.1`],
      [
        'POST /0/private/AddOrder',
        'nonce=1&pair=XBTUSD&type=sell&ordertype=stop-loss&volume=1&price=45000&leverage=2&reduce_only=true',
      ],
    ],
    'kraken-futures': [
      [
        'POST /derivatives/api/v3/sendorder',
        'orderType=stp&symbol=PF_XBTUSD&side=sell&size=1&stopPrice=45000&limitPrice=44900&cliOrdId=mine1',
      ],
    ],
    coinbase: [
      [
        'POST /api/v3/brokerage/orders',
        coinbase({
          trigger_bracket_gtd: {
            base_size: '1',
            limit_price: '70000',
            stop_trigger_price: '40000',
            end_time: '2026-12-01T00:00:00Z',
          },
        }),
      ],
      [
        'POST /api/v3/brokerage/orders',
        coinbase({
          stop_limit_stop_limit_gtc: {
            base_size: '1',
            limit_price: '44900',
            stop_price: '45000',
            stop_direction: 'STOP_DIRECTION_STOP_DOWN',
          },
        }),
      ],
      ['POST /api/v3/brokerage/orders', coinbase({ market_market_ioc: { base_size: '1' } })],
    ],
    'coinbase-exchange': [
      [
        'POST /orders',
        {
          type: 'limit',
          side: 'sell',
          product_id: 'BTC-USD',
          price: '44900',
          size: '1',
          stop: 'loss',
          stop_price: '45000',
          client_oid: 'mine1',
        },
      ],
      [
        'POST /orders',
        {
          type: 'limit',
          side: 'buy',
          product_id: 'BTC-USD',
          price: '1',
          size: '1',
          time_in_force: 'GTT',
          cancel_after: 'day',
        },
      ],
      ['POST /orders', { type: 'market', side: 'buy', product_id: 'BTC-USD', funds: '100' }],
    ],
    alpaca: [
      ['POST /v2/orders', { ...alpacaTrail, trail_percent: '1' }],
      ['POST /v2/orders', { ...alpacaTrail, trail_price: '1', client_order_id: 'mine1' }],
      [
        'POST /v2/orders',
        {
          ...alpacaTrail,
          type: 'market',
          order_class: 'bracket',
          take_profit: { limit_price: '170' },
          stop_loss: { stop_price: '140', limit_price: '139' },
          advanced_instructions: { algorithm: 'VWAP', max_percentage: '0.1' },
        },
      ],
      [
        'POST /v2/orders',
        {
          order_class: 'mleg',
          qty: '1',
          type: 'limit',
          limit_price: '1.5',
          time_in_force: 'day',
          legs: [
            { symbol: 'AAPL271217C00150000', ratio_qty: '1', side: 'buy', position_intent: 'buy_to_open' },
            { symbol: 'AAPL271217C00160000', ratio_qty: '1', side: 'sell', position_intent: 'sell_to_open' },
          ],
        },
      ],
      ['PATCH /v2/orders/{id}', { trail: '2' }],
    ],
    tradier: [
      [
        'POST /v1/accounts/{account}/orders',
        'class=equity&symbol=AAPL&side=sell_short&quantity=1&type=stop&duration=gtc&stop=140&tag=mine1',
      ],
      [
        'POST /v1/accounts/{account}/orders',
        'class=option&symbol=AAPL&option_symbol=AAPL271217C00150000&side=buy_to_open&quantity=1&type=market&duration=day',
      ],
      [
        'POST /v1/accounts/{account}/orders',
        'class=oto&duration=day&symbol[0]=AAPL&side[0]=buy&quantity[0]=1&type[0]=limit&price[0]=150' +
          '&symbol[1]=AAPL&side[1]=sell&quantity[1]=1&type[1]=stop&stop[1]=140',
      ],
      [
        'POST /v1/accounts/{account}/orders',
        'class=multileg&symbol=AAPL&type=debit&duration=day&price=1.5' +
          '&option_symbol[0]=AAPL271217C00150000&side[0]=buy_to_open&quantity[0]=1' +
          '&option_symbol[1]=AAPL271217C00160000&side[1]=sell_to_open&quantity[1]=1',
      ],
    ],
    ibkr: [
      [
        'POST /v1/api/iserver/account/{account}/orders',
        {
          orders: [
            { ...ibkr, cOID: 'mine1' },
            { ...ibkr, side: 'SELL', orderType: 'STP', price: 140, parentId: 'mine1', isSingleGroup: true },
          ],
        },
      ],
    ],
    hyperliquid: [
      [
        'POST /exchange#order',
        action({
          orders: [
            { ...hyper, t: { limit: { tif: 'Gtc' } }, c: `0x${'0'.repeat(31)}1` },
            {
              ...hyper,
              b: false,
              r: true,
              t: { trigger: { isMarket: true, triggerPx: '45000', tpsl: 'sl' } },
            },
          ],
          grouping: 'normalTpsl',
        }),
      ],
    ],
  };
