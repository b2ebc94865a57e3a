// One valid body for each row of OKX’s table that places, amends or cancels orders and that a reader understands.
import type { OrderSamples } from './order-samples.js';

const okxOrder = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '1', px: '50000' };
export const okx: OrderSamples = {
  'POST /api/v5/trade/order': okxOrder,
  'POST /api/v5/trade/batch-orders': [okxOrder, okxOrder],
  'POST /api/v5/trade/order-algo': {
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'sell',
    ordType: 'conditional',
    sz: '1',
    slTriggerPx: '45000',
    slOrdPx: '-1',
  },
  'POST /api/v5/trade/close-position': { instId: 'BTC-USDT-SWAP', mgnMode: 'cross' },
  'POST /api/v5/trade/amend-order': { instId: 'BTC-USDT', ordId: '5', newSz: '2' },
  'POST /api/v5/trade/amend-batch-orders': [{ instId: 'BTC-USDT', ordId: '5', newPx: '49000' }],
  'POST /api/v5/trade/amend-algos': { instId: 'BTC-USDT', algoId: '5', newSz: '2' },
  'POST /api/v5/trade/cancel-order': { instId: 'BTC-USDT', ordId: '5' },
  'POST /api/v5/trade/cancel-batch-orders': [{ instId: 'BTC-USDT', ordId: '5' }],
  'POST /api/v5/trade/cancel-algos': [{ instId: 'BTC-USDT', algoId: '5' }],
  'POST /api/v5/trade/cancel-advance-algos': [{ instId: 'BTC-USDT', algoId: '5' }],
  'POST /api/v5/trade/mass-cancel': { instType: 'OPTION', instFamily: 'BTC-USD' },
  'POST /api/v5/trade/cancel-all-after': { timeOut: '60' },
  'POST /api/v5/sprd/cancel-order': { ordId: '5' },
  'POST /api/v5/sprd/mass-cancel': { sprdId: 'BTC-USDT_BTC-USDT-SWAP' },
  'POST /api/v5/sprd/cancel-all-after': { timeOut: '60' },
  'POST /api/v5/rfq/cancel-rfq': { clRfqId: 'mine1' },
  'POST /api/v5/rfq/cancel-batch-rfqs': { rfqIds: ['5', '6'] },
  'POST /api/v5/rfq/cancel-all-rfqs': {},
  'POST /api/v5/rfq/cancel-quote': { quoteId: '5' },
  'POST /api/v5/rfq/cancel-batch-quotes': { quoteIds: ['5'], clQuoteIds: ['mine1'] },
  'POST /api/v5/rfq/cancel-all-quotes': '',
  'POST /api/v5/rfq/cancel-all-after': { timeOut: '60' },
  'POST /api/v5/tradingBot/signal/cancel-sub-order': { algoId: '1', instId: 'BTC-USDT', signalOrdId: '5' },
  'POST /api/v5/tradingBot/grid/cancel-close-order': { algoId: '1', ordId: '5' },
};
