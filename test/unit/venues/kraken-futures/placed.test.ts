import { expect, test } from 'vitest';
import { isTrouble, readPlaced } from '../../../../src/venues/kraken-futures/placed.js';

const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)) });
const success = (more: object) => said({ result: 'success', ...more });

test('nothing is known of an order when the server erred, and a batch is read entry by entry', () => {
  expect(readPlaced(said({ result: 'error', error: 'Server Error' }))).toBeUndefined();
  expect(readPlaced(said({ result: 'error', error: 'apiLimitExceeded' }))).toMatchObject([
    { code: 'apiLimitExceeded' },
  ]);
  const batchStatus = [
    { status: 'placed', order_id: 'o1', order_tag: '1' },
    { status: 'insufficientAvailableFunds', order_tag: '2' },
  ];
  expect(readPlaced(success({ batchStatus }))).toEqual([
    { isAccepted: true, venueOrderId: 'o1' },
    { isAccepted: false, code: 'insufficientAvailableFunds' },
  ]);
});

test('a cancel is taken where the venue says so, and one of what is filled or unknown is not', () => {
  const canceled = (status: string) =>
    readPlaced(success({ cancelStatus: { status, order_id: 'o1', cliOrdId: 'c1' } }), true);
  const named = { venueOrderId: 'o1', clientOrderId: 'c1' };
  expect(canceled('cancelled')).toEqual([{ isAccepted: true, ...named }]);
  expect(canceled('noOrdersToCancel')).toMatchObject([{ isAccepted: true }]);
  for (const code of ['filled', 'notFound'])
    expect(canceled(code)).toEqual([{ isAccepted: false, code, ...named }]);
  expect(readPlaced(success({ cancelStatus: {} }), true)).toBeUndefined();
  // Of the timer that cancels all only the times are told.
  const timer = success({ status: { currentTime: 't', triggerTime: 't' } });
  expect(readPlaced(timer, true)).toEqual([{ isAccepted: true }]);
  expect(readPlaced(timer)).toBeUndefined();
});

test('an error of the server is trouble, a refusal is none', () => {
  expect([isTrouble(said({ error: 'Unavailable' })), isTrouble(said({ error: 'notFound' }))]).toEqual([
    true,
    false,
  ]);
});
