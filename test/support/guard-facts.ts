// Facts for rules, in words: an order and what is known when it comes.
import { type Decimal, decimal } from '../../src/core/decimal.js';
import type { OrderIntent } from '../../src/core/order.js';
import { evaluate } from '../../src/guard/evaluate.js';
import type {
  EquityFacts,
  Facts,
  FeeFacts,
  OrderFacts,
  ResultFacts,
  SpotFacts,
} from '../../src/guard/facts.js';
import { type GuardrailsDocument, guardrailsSchema } from '../../src/guard/guardrails.js';
import { isReducing, notionalOf } from '../../src/guard/money.js';

export const nowMs = Date.UTC(2026, 10, 20, 14, 30); // a Friday

export interface GivenOrder
  extends Partial<Omit<OrderIntent, 'quantity' | 'price' | 'trigger' | 'leverage'>> {
  quantity?: string;
  unit?: 'base' | 'quote' | 'contracts' | 'close-all';
  isDerivative?: true;
  price?: string;
  trigger?: string;
  leverage?: string;
  isLeg?: boolean;
  /** Market price; null: not known. */
  last?: string | null;
  ageMs?: number;
  position?: string;
  pending?: string;
  unbound?: string;
  /** On spot: held and free of the base, free of the quote currency; null: not told. */
  spot?: [held: string, free: string, cash: string] | null;
  multiplier?: string;
  /** Each side best first: price and size. */
  book?: { bids: [string, string][]; asks: [string, string][] };
  bookAgeMs?: number;
  /** Lowest and highest trade of the last minutes; null: not known. */
  range?: [low: string, high: string] | null;
}

export interface Given extends Partial<Omit<Facts, 'orders' | 'activity' | 'open'>> {
  open?: Partial<Facts['open']>;
  orders?: GivenOrder[];
  /** Earlier requests, newest last: seconds ago and worth. */
  earlier?: [secondsAgo: number, notional: string][];
  amends?: number;
  /** Orders cancelled, and orders filled. */
  cancels?: number;
  fills?: number;
  fees?: Partial<FeeFacts>;
  sameSecondsAgo?: number;
  /** Side of the earlier requests; the order's own when absent. */
  earlierSide?: string;
  results?: Partial<ResultFacts>;
  marks?: Partial<EquityFacts>;
  /** Own orders that may rest. */
  resting?: GivenOrder[];
  rearmedMs?: number;
  accepted?: number;
}

const amount = (text: string | undefined): Decimal | undefined =>
  text === undefined ? undefined : decimal(text);

export function factsOf({
  orders = [{}],
  earlier = [],
  amends = 0,
  cancels = 0,
  fills = 0,
  fees = {},
  sameSecondsAgo,
  earlierSide = 'buy',
  results = {},
  marks = {},
  resting = [],
  open = {},
  rearmedMs = 0,
  accepted = 0,
  ...rest
}: Given): Facts {
  const zero = decimal('0');
  const at = rest.nowMs ?? nowMs;
  const times = earlier.map(([secondsAgo, worth]) => ({
    atMs: at - secondsAgo * 1000,
    worth: decimal(worth),
  }));
  const since = (ms: number) => times.filter(({ atMs }) => atMs >= ms);
  const sum = (ms: number) => since(ms).reduce((total, { worth }) => total.plus(worth), zero);
  return {
    nowMs: at,
    likeness: 'f',
    orders: orders.map(orderOf),
    activity: {
      countSince: (ms, kind) => ({ place: since(ms).length, amend: amends, cancel: cancels })[kind],
      fillsSince: () => fills,
      fees: { paidSince: () => [], isUntoldSince: () => false, ...fees },
      notionalSince: sum,
      notionalOf: (_symbol, _side, ms) => sum(ms),
      lastSame: () => (sameSecondsAgo === undefined ? undefined : at - sameSecondsAgo * 1000),
      lastOf: () => times.at(-1)?.atMs,
      lastOn: (_symbol, side) => (side === earlierSide ? times.at(-1)?.atMs : undefined),
      equity: { peak: decimal('1000'), atStart: () => decimal('1000'), ...marks },
      results: {
        realisedSince: () => [],
        lossesInRow: () => 0,
        lastCloseOf: () => undefined,
        lastLossMs: undefined,
        unknownMs: undefined,
        ...results,
      },
      rearmedMs,
      accepted,
    },
    open: {
      count: 0,
      notional: zero,
      symbols: new Set(),
      worthOf: () => zero,
      orders: () => resting.map((each) => orderOf(each).intent),
      ...open,
    },
    termsOf: () => ({ multiplier: decimal('1'), isInverse: false, quote: 'USDT' }),
    equity: decimal('1000'),
    grossExposure: zero,
    netExposure: zero,
    ...rest,
  };
}

function orderOf(given: GivenOrder): OrderFacts {
  const {
    quantity = '1',
    unit = 'base',
    price,
    trigger,
    leverage,
    isLeg = false,
    last = '100',
    ageMs = 0,
  } = given;
  const {
    position,
    pending = '0',
    unbound = '0',
    multiplier = '1',
    spot,
    book,
    bookAgeMs = 0,
    range = ['99', '101'],
    ...named
  } = given;
  const levels = (side: [string, string][]) =>
    side.map(([at, size]) => ({ price: decimal(at), size: decimal(size) }));
  const type = given.type ?? 'limit';
  const usualPrice = 'price' in given || type === 'market' ? price : '100';
  const words = (
    [
      'instrument',
      'side',
      'timeInForce',
      'reduceOnly',
      'clientOrderId',
      'action',
      'isDerivative',
      'isAlternative',
      'isAttached',
      'legs',
      'terms',
      'venueAccount',
    ] as const
  ).flatMap((key) => (named[key] === undefined ? [] : [[key, named[key]]]));
  const intent = {
    venue: 'okx',
    account: 'a',
    moneyMode: 'DEMO',
    action: 'place',
    instrument: 'BTC-USDT',
    side: 'buy',
    type,
    quantity: { value: decimal(quantity), unit },
    ...(usualPrice === undefined ? {} : { price: decimal(usualPrice) }),
    ...(trigger === undefined ? {} : { trigger: decimal(trigger) }),
    ...(leverage === undefined ? {} : { leverage: decimal(leverage) }),
    ...Object.fromEntries(words),
  } as OrderIntent;
  const reference = last === null ? undefined : { last: decimal(last), ageMs };
  const terms = { multiplier: decimal(multiplier), isInverse: false };
  const held = amount(position);
  return {
    intent,
    isLeg,
    reference,
    position: held,
    ...(book === undefined
      ? {}
      : { book: { bids: levels(book.bids), asks: levels(book.asks), ageMs: bookAgeMs } }),
    ...(range === null ? {} : { range: { low: decimal(range[0]), high: decimal(range[1]) } }),
    pending: decimal(pending),
    unbound: decimal(unbound),
    ...(spot === undefined ? {} : { spot: spotOf(spot, notionalOf(intent, reference, terms, held)) }),
    notional: notionalOf(intent, reference, terms, held),
    isReducing: isReducing(intent, held, { pending: decimal(pending), unbound: decimal(unbound) }),
  };
}

function spotOf(given: NonNullable<GivenOrder['spot']> | null, cost: Decimal | undefined): SpotFacts {
  const [held, free, cash] = (given ?? []).map((text) => decimal(text));
  return { held, free, cash, quote: 'USDT', cost };
}

/** Codes of all findings under these guardrails, `hold:` before those of a hold. */
export function codesOf(limits: Omit<GuardrailsDocument, 'version'>, given: Given = {}): string[] {
  const guardrails = guardrailsSchema.parse({ version: 1, ...limits });
  return evaluate(guardrails, factsOf(given)).findings.map(({ outcome, code, approvers }) =>
    outcome === 'deny' ? code : `hold:${code}${approvers === 2 ? ':2' : ''}`,
  );
}
