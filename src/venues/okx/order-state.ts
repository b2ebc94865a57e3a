// What OKX tells of one order: a plain one, or an algo order with the plain ones that it placed.
// Source: OKX v5 reference, "Order details", "Get algo order details" (`state`, `ordIdList`: orders that it placed).
import { type Decimal, decimal, parseDecimal, parseUnsigned, quotient } from '../../core/decimal.js';
import type { VenueCall, VenueOrderState } from '../admin.js';
import { feeInQuote } from '../order-fee.js';
import { dropUndefined } from '../order-fields.js';
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

/** Digits that a journal takes of a price. */
const priceDigits = 18;

/** Orders that are asked for of one algo order; one that placed more is not understood: it counts as resting. */
const mostPlaced = 20;

const algoStates: Readonly<Record<string, VenueOrderState['state']>> = {
  live: 'resting',
  pause: 'resting',
  partially_effective: 'resting',
  canceled: 'canceled',
  order_failed: 'rejected',
};

/** An algo order, and the plain ones that it placed. */
interface AlgoState extends VenueOrderState {
  placed?: Placed;
}

interface Placed {
  names: Pick<VenueOrderState, 'venueOrderId' | 'clientOrderId'>;
  /** It is done, and places no more; its size where it sliced that: all of it must be found again. */
  isDone: boolean;
  size?: Decimal;
  /** Numbers of those that are still to be asked for. */
  ids: readonly string[];
  told: readonly VenueOrderState[];
}

/** Its own state until it places something, then that of the plain orders together, under its own names. */
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
      const own = text(row, 'state') ?? '';
      const ids = placedBy(row);
      const state = algoStates[own];
      if (ids.length === 0) return state && { ...names, state, filled: zero };
      if (ids.length > mostPlaced || (state === undefined && own !== 'effective')) return undefined;
      const isSliced = text(row, 'ordType') === 'twap' || ids.length > 1;
      const size = isSliced ? parseUnsigned(text(row, 'sz') ?? '') : undefined;
      if (isSliced && size === undefined) return undefined;
      const placed = { names, isDone: state !== 'resting', ids, told: [], ...(size && { size }) };
      return { ...names, state: 'resting', filled: zero, placed };
    },
    follow: (algo: AlgoState | 'absent') =>
      algo === 'absent' || algo.placed === undefined ? undefined : askPlaced(algo.placed, plain),
  };
}

function askPlaced(
  { ids: [id = '', ...ids], ...placed }: Placed,
  plain: (number: string) => Call,
): VenueCall<VenueOrderState | 'absent'> {
  const own = askOrder(plain(id));
  return {
    ...own,
    read: (answer): AlgoState | undefined => {
      const state = own.read(answer);
      // An order that was placed is there.
      if (state === undefined || state === 'absent') return undefined;
      const told = [...placed.told, state];
      return ids.length === 0
        ? together({ ...placed, ids, told })
        : { ...placed.names, state: 'resting', filled: zero, placed: { ...placed, ids, told } };
    },
    follow: (algo: AlgoState | 'absent') =>
      algo === 'absent' || algo.placed === undefined ? undefined : askPlaced(algo.placed, plain),
  };
}

/** Undefined where the algo order is done and not all of it is found again. */
function together({ names, isDone, size, told }: Placed): VenueOrderState | undefined {
  const filled = told.reduce((sum, each) => sum.plus(each.filled), zero);
  const some = told.filter((each) => each.filled.gt(zero));
  const isResting = !isDone || told.some(({ state }) => state === 'resting');
  if (!isResting && size !== undefined && !filled.eq(size)) return undefined;
  const state = isResting ? 'resting' : told.every((each) => each.state === 'filled') ? 'filled' : 'canceled';
  const worth = sumTold(
    some.map(({ filled: part, averagePrice }) => averagePrice && part.times(averagePrice)),
  );
  const fee = sumTold(some.map((each) => each.fee));
  return dropUndefined<VenueOrderState>({
    ...names,
    state,
    filled,
    averagePrice: filled.gt(zero) && worth ? quotient(worth, filled).round(priceDigits) : undefined,
    fee: some.length === 0 ? undefined : fee,
  });
}
/** Undefined when one of them is not told. */
function sumTold(amounts: readonly (Decimal | undefined)[]): Decimal | undefined {
  let sum = zero;
  for (const amount of amounts) {
    if (amount === undefined) return undefined;
    sum = sum.plus(amount);
  }
  return sum;
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
