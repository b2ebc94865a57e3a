// What Kraken Futures says to orders, edits and cancels, one or a batch. Source: docs.kraken.com Futures REST: sendorder, editorder,
// batchorder, cancelorder ("cancelStatus.status": cancelled, filled, notFound), cancelallorders (cancelled, noOrdersToCancel).
import type { PlacedOrder, VenueAdmin, VenueAnswer } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import { idIn, objectIn, objectOf, readAll, rowsOf, textIn } from '../venue-answers.js';

const acceptedStatuses: ReadonlySet<string> = new Set([
  'placed',
  'edited',
  'cancelled',
  'filled',
  'partiallyFilled',
]);
/** Of an order that is filled, or not known any more, nothing was cancelled. */
const canceledStatuses: ReadonlySet<string> = new Set(['cancelled', 'noOrdersToCancel']);
/** The engine may have done it all the same. */
const unknownErrors: ReadonlySet<string> = new Set(['Server Error', 'Unavailable']);

export const isTrouble = (answer: VenueAnswer): boolean =>
  unknownErrors.has(textIn(objectOf(answer), 'error') ?? '');

export const readPlaced: VenueAdmin['readPlaced'] = (answer, isCancel = false) => {
  const told = objectOf(answer);
  const result = textIn(told, 'result');
  if (result === 'error') {
    const code = idIn(told, 'error') ?? 'error';
    return unknownErrors.has(code) ? undefined : [{ isAccepted: false, code }];
  }
  if (told === undefined || result !== 'success') return undefined;
  const cancel = objectIn(told, 'cancelStatus');
  if (cancel !== undefined) return readAll([cancel], orderWith(canceledStatuses));
  const status = objectIn(told, 'sendStatus') ?? objectIn(told, 'editStatus');
  if (status === undefined && isCancel && !told.has('batchStatus')) return [{ isAccepted: true }]; // its timer is set
  return readAll(
    status === undefined ? rowsOf(told.get('batchStatus')) : [status],
    orderWith(acceptedStatuses),
  );
};

/** What a row says of its order, which was done where its status is one of these. */
function orderWith(done: ReadonlySet<string>): (row: StrictObject) => PlacedOrder | undefined {
  return (row) => {
    const status = textIn(row, 'status');
    if (status === undefined) return undefined;
    const isAccepted = done.has(status);
    return dropUndefined({
      isAccepted,
      venueOrderId: idIn(row, 'order_id') ?? idIn(row, 'orderId'),
      clientOrderId: idIn(row, 'cliOrdId'),
      code: isAccepted ? undefined : status,
    }) as PlacedOrder;
  };
}
