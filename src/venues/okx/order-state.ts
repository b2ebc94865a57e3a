// What OKX tells of one order: a plain one, or an algo order with the plain one that it became.
// Source: OKX v5 reference, "Order details", "Get algo order details" (`state`, `ordIdList`: orders that it placed).
import { decimal, parseDecimal, parseUnsigned } from '../../core/decimal.js';
import type { VenueCall, VenueOrderState } from '../admin.js';
import { feeInQuote } from '../order-fee.js';
import { codeOf, type Row, rowsOf, text } from './calls.js';

type Call = Pick<VenueCall<never>, 'request' | 'isPublic'>;

const zero = decimal('0');
/** 51603: order does not exist. */
const absentCode = '51603';

const states: Readonly<Record<string, VenueOrderState['state']>> = {
  live: 'resting',
  partially_filled: 'resting',
  filled: 'filled',
  canceled: 'canceled',
  mmp_canceled: 'canceled',
};

export function askOrder(call: Call): VenueCall<VenueOrderState | 'absent'> {
  return {
    ...call,
    read: (answer) => {
      if (codeOf(answer) === absentCode) return 'absent';
      const [row] = rowsOf(answer) ?? [];
      return row === undefined ? undefined : orderState(row);
    },
  };
}

/** An algo order as it waits, and the number of the plain one that it became. */
interface AlgoState extends VenueOrderState {
  became?: string;
}

const algoStates: Readonly<Record<string, VenueOrderState['state']>> = {
  live: 'resting',
  pause: 'resting',
  partially_effective: 'resting',
  canceled: 'canceled',
  order_failed: 'rejected',
};

/**
 * Its own state until it is triggered, then that of the plain order that it became, under its own names. One that placed several orders
 * is not understood: it counts as resting.
 */
export function askAlgo(call: Call, plain: (number: string) => Call): VenueCall<VenueOrderState | 'absent'> {
  return {
    ...call,
    read: (answer): AlgoState | 'absent' | undefined => {
      if (codeOf(answer) === absentCode) return 'absent';
      const [row] = rowsOf(answer) ?? [];
      const venueOrderId = text(row, 'algoId');
      if (row === undefined || venueOrderId === undefined || venueOrderId === '') return undefined;
      const clientOrderId = text(row, 'algoClOrdId');
      const names = { venueOrderId, ...(clientOrderId ? { clientOrderId } : {}) };
      const [became, other] = placedBy(row);
      if (other !== undefined) return undefined;
      if (became !== undefined) return { ...names, state: 'resting', filled: zero, became };
      const state = algoStates[text(row, 'state') ?? ''];
      return state && { ...names, state, filled: zero };
    },
    follow: (algo: AlgoState | 'absent') => {
      if (algo === 'absent' || algo.became === undefined) return undefined;
      const { became, venueOrderId, clientOrderId } = algo;
      const own = askOrder(plain(became));
      return {
        ...own,
        read: (answer) => {
          const told = own.read(answer);
          // An order that was triggered is there.
          if (told === undefined || told === 'absent') return undefined;
          const { clientOrderId: _itsOwn, ...state } = told;
          return { ...state, venueOrderId, ...(clientOrderId === undefined ? {} : { clientOrderId }) };
        },
      };
    },
  };
}

function placedBy(row: Row): readonly string[] {
  const list = row.get('ordIdList');
  const listed: readonly unknown[] = Array.isArray(list) ? list : [];
  const ids = [text(row, 'ordId'), ...listed].filter((id) => typeof id === 'string');
  return [...new Set(ids.filter((id) => id !== '' && id !== '0'))];
}

export function orderState(row: Row): VenueOrderState | undefined {
  const state = states[text(row, 'state') ?? ''];
  const venueOrderId = text(row, 'ordId');
  const filled = parseUnsigned(text(row, 'accFillSz') ?? '');
  if (state === undefined || venueOrderId === undefined || filled === undefined) return undefined;
  const averagePrice = parseUnsigned(text(row, 'avgPx') ?? '');
  const clientOrderId = text(row, 'clOrdId');
  // `fee`: "negative number represents the user transaction fee charged by the platform".
  const charged = parseDecimal(text(row, 'fee') ?? '');
  const [base = '', quote = ''] = (text(row, 'instId') ?? '').split('-');
  const currency = text(row, 'feeCcy');
  const fee = feeInQuote(charged && zero.minus(charged), currency, { base, quote, averagePrice });
  return {
    state,
    venueOrderId,
    filled,
    ...(fee === undefined ? {} : { fee }),
    ...(averagePrice === undefined ? {} : { averagePrice }),
    ...(clientOrderId === undefined || clientOrderId === '' ? {} : { clientOrderId }),
  };
}
