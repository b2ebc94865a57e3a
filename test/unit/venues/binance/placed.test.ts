// What Binance said to orders, one entry for each of the request.
import { expect, test } from 'vitest';
import { readPlaced } from '../../../../src/venues/binance/placed.js';

const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const placed = { symbol: 'BTCUSDT', orderId: 7, clientOrderId: 'new' };
const canceled = { symbol: 'BTCUSDT', orderId: 5, origClientOrderId: 'old', clientOrderId: 'cancel-1' };
const refusal = { code: -2010, msg: 'Account has insufficient balance for requested action.' };

test('an order, an amendment, a batch', () => {
  const accepted = { isAccepted: true, venueOrderId: '7', clientOrderId: 'new' };
  expect(readPlaced(said(placed))).toEqual([accepted]);
  expect(readPlaced(said({ transactTime: 1, amendedOrder: placed }))).toEqual([accepted]);
  expect(readPlaced(said([placed, refusal]))).toEqual([accepted, { isAccepted: false, code: '-2010' }]);
  expect(readPlaced(said(refusal, 400))).toEqual([{ isAccepted: false, code: '-2010' }]);
});

test('a cancel and the order in its place are two, whichever failed', () => {
  const [gone, rests] = [
    { isAccepted: true, venueOrderId: '5', clientOrderId: 'old' },
    { isAccepted: true, venueOrderId: '7', clientOrderId: 'new' },
  ];
  const both = {
    cancelResult: 'SUCCESS',
    newOrderResult: 'SUCCESS',
    cancelResponse: canceled,
    newOrderResponse: placed,
  };
  expect(readPlaced(said(both))).toEqual([gone, rests]);
  const stopped = {
    cancelResult: 'FAILURE',
    newOrderResult: 'NOT_ATTEMPTED',
    cancelResponse: { code: -2011, msg: 'Unknown order sent.' },
    newOrderResponse: null,
  };
  expect(readPlaced(said({ code: -2022, msg: 'Order cancel-replace failed.', data: stopped }, 400))).toEqual([
    { isAccepted: false, code: '-2011' },
    { isAccepted: false, code: 'NOT_ATTEMPTED' },
  ]);
  const half = { ...both, newOrderResult: 'FAILURE', newOrderResponse: refusal };
  const partly = { code: -2021, msg: 'Order cancel-replace partially failed.', data: half };
  expect(readPlaced(said(partly, 409))).toEqual([gone, { isAccepted: false, code: '-2010' }]);
});

test.each([
  [{ code: -1007, msg: 'Timeout' }],
  [{}],
  [[]],
  [
    {
      cancelResult: 'SUCCESS',
      newOrderResult: 'FAILURE',
      cancelResponse: canceled,
      newOrderResponse: { code: -1007 },
    },
  ],
  [{ cancelResult: 'SUCCESS' }],
])('of %j nothing is known', (body) => {
  expect(readPlaced(said(body, 400))).toBeUndefined();
});
