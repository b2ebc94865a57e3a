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
export const mostPlaced = 20;

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
  /** `running`: it may place more. `effective`: it placed all. `stopped`: it was cancelled or failed, and places no more. */
  stage: 'running' | 'effective' | 'stopped';
  isTwap: boolean;
  /** It may place several orders: of one that is gone another may tell. */
  isSliced: boolean;
  /** Of all that it is to place; undefined where that is not in the unit of `filled`, or is not needed. */
  size?: Decimal | undefined;
  /** `actualSz`, where it is told in that unit. */
  actual?: Decimal | undefined;
  /** Numbers of those that are still to be asked for. */
  ids: readonly string[];
  told: readonly PlacedState[];
}

interface PlacedState extends VenueOrderState {
  /** Its own `sz`. */
  size?: Decimal | undefined;
  isGone?: true;
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
      const placed = placedOf(row, { names, ids });
      if (placed === undefined) return undefined;
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
      const found = own.read(answer);
      // A single order that was placed is there. Of several one may be gone: OKX forgets within hours what was cancelled unfilled.
      if (found === undefined || (found === 'absent' && !placed.isSliced)) return undefined;
      const state: PlacedState =
        found === 'absent'
          ? { state: 'canceled', venueOrderId: id, filled: zero, isGone: true }
          : { ...found, size: parseUnsigned(text(rowsOf(answer)?.[0], 'sz')) };
      const told = [...placed.told, state];
      return ids.length === 0
        ? together({ ...placed, ids, told })
        : { ...placed.names, state: 'resting', filled: zero, placed: { ...placed, ids, told } };
    },
    follow: (algo: AlgoState | 'absent') =>
      algo === 'absent' || algo.placed === undefined ? undefined : askPlaced(algo.placed, plain),
  };
}

/** Undefined where its size is needed and not told. */
function placedOf(row: Row, { names, ids }: Pick<Placed, 'names' | 'ids'>): Placed | undefined {
  const state = algoStates[text(row, 'state') ?? ''];
  const stage = state === 'resting' ? 'running' : state === undefined ? 'effective' : 'stopped';
  const kind = text(row, 'ordType') ?? '';
  const isTwap = kind === 'twap';
  const isSliced = isTwap || ids.length > 1;
  const shared = { names, stage, isTwap, isSliced, ids, told: [] } as const;
  const isClosing = (text(row, 'closeFraction') ?? '') !== '';
  const isQuote = countsQuote(row);
  const actual = isQuote ? undefined : parseUnsigned(text(row, 'actualSz'));
  if (isClosing || isQuote || !(isSliced || kind === 'conditional' || kind === 'oco'))
    return { ...shared, actual };
  const size = parseUnsigned(text(row, 'sz'));
  return size && { ...shared, actual, size };
}

/** A spot buy at market counts quote currency unless `tgtCcy` says otherwise. */
function countsQuote(row: Row): boolean {
  const target = text(row, 'tgtCcy');
  if (target === 'quote_ccy' || target === 'base_ccy') return target === 'quote_ccy';
  const isSpotBuy = text(row, 'side') === 'buy' && ['SPOT', 'MARGIN'].includes(text(row, 'instType') ?? '');
  const isMarket =
    text(row, 'ordType') === 'move_order_stop' ||
    ['ordPx', 'tpOrdPx', 'slOrdPx'].some((name) => text(row, name) === '-1');
  return isSpotBuy && isMarket;
}

/** Whether nothing can be missing of an algo order whose listed orders are all final and have filled so much. */
function isWhole({ stage, isTwap, size, actual, told }: Placed, filled: Decimal): boolean {
  const areAllFound = told.every(({ isGone }) => !isGone);
  if (stage === 'stopped') return actual === undefined ? areAllFound : actual.eq(filled);
  if (size === undefined) return areAllFound;
  // Slices of a TWAP may be placed anew; of any other kind each part is placed once.
  const placed = isTwap ? undefined : sumTold(told.map((each) => each.size));
  return filled.eq(size) || placed?.eq(size) === true;
}

/** Undefined where the algo order places no more and not all of it is found again. */
function together(placed: Placed): VenueOrderState | undefined {
  const { names, stage, told } = placed;
  const filled = told.reduce((sum, each) => sum.plus(each.filled), zero);
  const some = told.filter((each) => each.filled.gt(zero));
  const isResting = stage === 'running' || told.some(({ state }) => state === 'resting');
  if (!isResting && !isWhole(placed, filled)) return undefined;
  const isFilled = stage === 'effective' && told.every(({ state, isGone }) => state === 'filled' || isGone);
  const state = isResting ? 'resting' : isFilled ? 'filled' : 'canceled';
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
  const filled = parseUnsigned(text(row, 'accFillSz'));
  if (state === undefined || venueOrderId === undefined || filled === undefined) return undefined;
  const averagePrice = parseUnsigned(text(row, 'avgPx'));
  const clientOrderId = text(row, 'clOrdId');
  // `fee`: "negative number represents the user transaction fee charged by the platform".
  const charged = parseDecimal(text(row, 'fee'));
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
