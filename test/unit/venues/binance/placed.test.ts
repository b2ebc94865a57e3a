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

test('a conditional order is known by its own names', () => {
  expect(readPlaced(said({ algoId: 3, clientAlgoId: 'c', algoStatus: 'NEW' }))).toEqual([
    { isAccepted: true, venueOrderId: '3', clientOrderId: 'c' },
  ]);
  expect(readPlaced(said({ strategyId: 4, newClientStrategyId: 's', strategyStatus: 'NEW' }))).toEqual([
    { isAccepted: true, venueOrderId: '4', clientOrderId: 's' },
  ]);
});

test('of an OCO both are told, the stop last; of an OTO the working order', () => {
  const report = (orderId: number, type: string, status = 'NEW') => ({
    orderId,
    clientOrderId: `c${orderId}`,
    type,
    status,
  });
  const list = (contingencyType: string, ...orderReports: unknown[]) =>
    readPlaced(said({ orderListId: 1, contingencyType, orderReports }))?.map(
      ({ venueOrderId }) => venueOrderId,
    );
  const [stop, profit] = [report(10, 'STOP_LOSS_LIMIT'), report(11, 'LIMIT_MAKER')];
  expect(list('OCO', stop, profit)).toEqual(['11', '10']);
  expect(list('OCO', profit, stop)).toEqual(['11', '10']);
  const pending = report(6, 'STOP_LOSS', 'PENDING_NEW');
  expect(list('OTO', report(4, 'LIMIT'), report(5, 'LIMIT_MAKER', 'PENDING_NEW'), pending)).toEqual(['4']);
  expect(list('OTO', report(4, 'LIMIT', 'FILLED'), pending)).toEqual(['4']);
  // Reports of the kind ACK say no more than ids: placed they are.
  const bare = { orderId: 4, clientOrderId: 'c4' };
  expect(readPlaced(said({ contingencyType: 'OCO', orderReports: [bare, bare] }))).toEqual([
    { isAccepted: true },
    { isAccepted: true },
  ]);
  expect(readPlaced(said({ contingencyType: 'OTO', orderReports: [bare, bare] }))).toEqual([
    { isAccepted: true },
  ]);
  expect(readPlaced(said({ contingencyType: 'OTO' }))).toBeUndefined();
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
