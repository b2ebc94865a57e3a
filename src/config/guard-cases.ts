// The table of `tradebox guard test`: proposals, what is known when they come, and what is expected of each.
import { z } from 'zod';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import type { OrderIntent } from '../core/order.js';
import type { Facts, MarketBook, ResultFacts } from '../guard/facts.js';
import { isReducing, notionalOf } from '../guard/money.js';
import { parseYamlDocument } from './yaml.js';

const amount = z.union([z.string(), z.int()]).transform((value, context): Decimal => {
  const parsed = parseDecimal(String(value));
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'must be a plain decimal; write it in quotes: "0.5"' });
  return z.NEVER;
});

const caseSchema = z.strictObject({
  name: z.string().min(1),
  order: z.strictObject({
    instrument: z.string().min(1),
    side: z.enum(['buy', 'sell']),
    type: z
      .enum(['market', 'limit', 'stop', 'stop-limit', 'take-profit', 'take-profit-limit'])
      .default('limit'),
    timeInForce: z.enum(['gtc', 'ioc', 'fok', 'gtd', 'day', 'post-only']).optional(),
    quantity: amount,
    unit: z.enum(['base', 'quote', 'contracts']).default('base'),
    price: amount.optional(),
    trigger: amount.optional(),
    leverage: amount.optional(),
    clientOrderId: z.string().optional(),
  }),
  /** Price of the market; absent: none is known. */
  last: amount.optional(),
  /** The order book, each side best first, price and size; absent: not known. */
  book: z
    .strictObject({ bids: z.array(z.tuple([amount, amount])), asks: z.array(z.tuple([amount, amount])) })
    .optional(),
  /** The lowest and the highest trade of the last minutes; absent: not known. */
  range: z.strictObject({ low: amount, high: amount }).optional(),
  /** Base currency in one contract. */
  multiplier: amount.optional(),
  /** What the account is worth, US dollars; absent: not known. */
  equity: amount.optional(),
  /** The most that it was worth, and when the day began; absent: as now. */
  equityPeak: amount.optional(),
  equityAtStart: amount.optional(),
  /** Signed; absent: not known. */
  position: amount.optional(),
  /** Of a spot order: what is held of its base, what is free of its quote currency; absent: not known. */
  spot: z.strictObject({ held: amount, cash: amount }).optional(),
  at: z.iso.datetime({ offset: true }).optional(),
  /** Orders that went before in the same symbol, each worth so much; on the same side unless one is stated. */
  earlier: z
    .array(
      z.strictObject({
        secondsAgo: z.number().nonnegative(),
        notional: amount,
        side: z.enum(['buy', 'sell']).optional(),
      }),
    )
    .default([]),
  /** Own limit orders in the book of the same symbol; worth nothing without a quantity. */
  resting: z
    .array(z.strictObject({ side: z.enum(['buy', 'sell']), price: amount, quantity: amount.optional() }))
    .default([]),
  /** Documents that the order cites, and when the box fetched each; never where it is not said. */
  evidence: z
    .array(
      z.strictObject({
        url: z.url({ protocol: /^https$/ }),
        minutesAgo: z.number().nonnegative().optional(),
      }),
    )
    .default([]),
  /** What orders that closed something won, or lost where negative; oldest first, quote currency. */
  results: z.array(z.strictObject({ secondsAgo: z.number().nonnegative(), amount })).default([]),
  /** When orders were cancelled, and when some were filled, seconds ago. */
  cancels: z.array(z.number().nonnegative()).default([]),
  fills: z.array(z.number().nonnegative()).default([]),
  /** Fees paid, quote currency. */
  fees: z.array(z.strictObject({ secondsAgo: z.number().nonnegative(), amount })).default([]),
  /** Worth of all positions, short ones against long ones: negative is short. */
  netExposure: amount.optional(),
  expect: z.enum(['allow', 'hold', 'deny']),
  /** A reason code that must be among those given. */
  code: z.string().optional(),
});

export type GuardCase = z.output<typeof caseSchema> & { line: number };

/** The cases with their lines. Throws CONFIG_INVALID with `file:line:column: message` lines. */
export function parseGuardCases(label: string, text: string): GuardCase[] {
  const remedy =
    'A case is written: - { name: small, order: { instrument: BTC-USDT, side: buy, quantity: "0.01", price: 50000 }, last: 50000, expect: allow }';
  const checked = parseYamlDocument(
    { label, text, code: 'CONFIG_INVALID', remedy },
    z.array(caseSchema).min(1),
  );
  return checked.value.map((each, index) => ({ ...each, line: checked.lineOf([index]) }));
}

/** What the rules are asked about a case. */
export function factsOf(given: GuardCase, defaultNowMs: number): Facts {
  const zero = decimal('0');
  const nowMs = given.at === undefined ? defaultNowMs : Date.parse(given.at);
  const { instrument, side, type, quantity, unit, ...rest } = given.order;
  const intent: OrderIntent = {
    venue: 'case',
    account: 'case',
    moneyMode: 'PAPER',
    action: 'place',
    instrument,
    side,
    type,
    quantity: { value: quantity, unit },
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  };
  const reference = given.last === undefined ? undefined : { last: given.last, ageMs: 0 };
  const terms = { multiplier: given.multiplier ?? decimal('1'), isInverse: false, quote: 'USD' };
  const cost = notionalOf(intent, reference, terms, given.position);
  const earlier = given.earlier.map(({ secondsAgo, notional, side: stated = side }) => ({
    atMs: nowMs - secondsAgo * 1000,
    notional,
    side: stated,
  }));
  const since = (sinceMs: number) => earlier.filter(({ atMs }) => atMs >= sinceMs);
  const counted = (secondsAgo: readonly number[], sinceMs: number) =>
    secondsAgo.filter((each) => nowMs - each * 1000 >= sinceMs).length;
  const sum = (sinceMs: number, one?: string) =>
    since(sinceMs)
      .filter((each) => one === undefined || each.side === one)
      .reduce((total, { notional }) => total.plus(notional), zero);
  const last = (one?: string) => {
    const times = earlier.filter((each) => one === undefined || each.side === one).map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : Math.max(...times);
  };
  return {
    nowMs,
    likeness: given.name,
    orders: [
      {
        intent,
        isLeg: false,
        reference,
        book: bookOf(given),
        range: given.range,
        position: given.position,
        pending: zero,
        unbound: zero,
        spot: given.spot && { ...given.spot, free: given.spot.held, quote: terms.quote, cost },
        notional: cost,
        isReducing: isReducing(intent, given.position, { pending: zero, unbound: zero }),
      },
    ],
    activity: {
      countSince: (sinceMs, kind) =>
        ({ place: since(sinceMs).length, amend: 0, cancel: counted(given.cancels, sinceMs) })[kind],
      fillsSince: (sinceMs) => counted(given.fills, sinceMs),
      notionalSince: (sinceMs) => sum(sinceMs),
      notionalOf: (_symbol, one, sinceMs) => sum(sinceMs, one),
      lastSame: () => undefined,
      lastOf: () => last(),
      lastOn: (_symbol, one) => last(one),
      equity: {
        peak: given.equityPeak ?? given.equity,
        atStart: () => given.equityAtStart ?? given.equity,
      },
      results: resultsOf(given, nowMs),
      fees: {
        paidSince: (sinceMs) =>
          given.fees
            .filter(({ secondsAgo }) => nowMs - secondsAgo * 1000 >= sinceMs)
            .map(({ amount: paid }) => ({ instrument, amount: paid })),
        isUntoldSince: () => false,
      },
      rearmedMs: 0,
      accepted: earlier.length,
    },
    open: {
      count: given.resting.length,
      notional: worthOf(given.resting),
      symbols: new Set(given.resting.length === 0 ? [] : [instrument]),
      worthOf: (one) => worthOf(given.resting.filter((each) => each.side === one)),
      orders: () =>
        given.resting.map(({ quantity: _worth, ...each }) => ({
          venue: 'case',
          account: 'case',
          moneyMode: 'PAPER',
          action: 'place',
          instrument,
          type: 'limit',
          ...each,
        })),
    },
    evidence: given.evidence.map(({ url, minutesAgo }) => ({
      url,
      host: new URL(url).hostname,
      fetchedMs: minutesAgo === undefined ? undefined : nowMs - minutesAgo * 60_000,
    })),
    termsOf: () => terms,
    equity: given.equity,
    grossExposure: given.netExposure?.abs() ?? zero,
    netExposure: given.netExposure ?? zero,
  };
}

function worthOf(resting: GuardCase['resting']): Decimal {
  return resting.reduce(
    (sum, { price, quantity }) => (quantity === undefined ? sum : sum.plus(price.times(quantity))),
    decimal('0'),
  );
}

function bookOf({ book }: GuardCase): MarketBook | undefined {
  if (book === undefined) return undefined;
  const [bids, asks] = [book.bids, book.asks].map((side) => side.map(([price, size]) => ({ price, size })));
  return { bids: bids ?? [], asks: asks ?? [], ageMs: 0 };
}

/** Amounts are money already: no multiplier applies. */
function resultsOf({ results, order }: GuardCase, nowMs: number): ResultFacts {
  const zero = decimal('0');
  const told = results.map(({ secondsAgo, amount: each }) => ({
    atMs: nowMs - secondsAgo * 1000,
    amount: each,
  }));
  const lastWon = told.findLastIndex((each) => each.amount.gt(zero));
  return {
    realisedSince: (sinceMs) => [
      {
        instrument: order.instrument,
        isContracts: false,
        amount: told.filter(({ atMs }) => atMs >= sinceMs).reduce((sum, each) => sum.plus(each.amount), zero),
      },
    ],
    lossesInRow: () => told.slice(lastWon + 1).filter((each) => each.amount.lt(zero)).length,
    lastCloseOf: () => told.at(-1)?.atMs,
    lastLossMs: told.findLast((each) => each.amount.lt(zero))?.atMs,
    unknownMs: undefined,
  };
}
