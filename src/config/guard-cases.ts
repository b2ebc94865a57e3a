// The table of `tradebox guard test`: proposals, what is known when they come, and what is expected of each.
import { z } from 'zod';
import { type Decimal, decimal, parseDecimal } from '../core/decimal.js';
import type { OrderIntent } from '../core/order.js';
import type { Facts, MarketBook, ResultFacts } from '../guard/facts.js';
import { listed } from '../guard/legs.js';
import { isReducing, notionalOf } from '../guard/money.js';
import { parseYamlDocument } from './yaml.js';

const amount = z.union([z.string(), z.int()]).transform((value, context): Decimal => {
  const parsed = parseDecimal(String(value));
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'must be a plain decimal; write it in quotes: "0.5"' });
  return z.NEVER;
});

const orderShape = {
  side: z.enum(['buy', 'sell']),
  type: z
    .enum(['market', 'limit', 'stop', 'stop-limit', 'take-profit', 'take-profit-limit', 'trailing-stop'])
    .default('limit'),
  timeInForce: z.enum(['gtc', 'ioc', 'fok', 'gtd', 'day', 'post-only']).optional(),
  quantity: amount.optional(),
  /** `close-all` takes no quantity. */
  unit: z.enum(['base', 'quote', 'contracts', 'close-all']).default('base'),
  price: amount.optional(),
  trigger: amount.optional(),
  reduceOnly: z.literal(true).optional(),
  clientOrderId: z.string().optional(),
};

const legSchema = z
  .strictObject({
    ...orderShape,
    /** Instead of its order, as in one that cancels the other. */
    isAlternative: z.literal(true).optional(),
  })
  .superRefine(explainQuantity);

const caseSchema = z.strictObject({
  name: z.string().min(1),
  order: z
    .strictObject({
      instrument: z.string().min(1),
      action: z.enum(['place', 'amend']).default('place'),
      positionSide: z.enum(['long', 'short']).optional(),
      leverage: amount.optional(),
      ...orderShape,
      /** What hangs on it: exits of what it opens, or its alternative. */
      legs: z.array(legSchema).optional(),
    })
    .superRefine(explainQuantity),
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
        /** It asked for the same as this one. */
        same: z.literal(true).optional(),
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
  const { instrument, side, action, legs, ...written } = given.order;
  const intent: OrderIntent = {
    ...intentOf(written, { instrument, side }),
    action,
    ...(legs === undefined ? {} : { legs: legs.map((leg) => intentOf(leg, { instrument, side: leg.side })) }),
  };
  const reference = given.last === undefined ? undefined : { last: given.last, ageMs: 0 };
  const terms = { multiplier: given.multiplier ?? decimal('1'), isInverse: false, quote: 'USD' };
  const earlier = given.earlier.map(({ secondsAgo, notional, side: stated = side, same }) => ({
    atMs: nowMs - secondsAgo * 1000,
    notional,
    side: stated,
    same,
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
    orders: listed([intent]).map(({ intent: one, isLeg }) => {
      const cost = notionalOf(one, reference, terms, given.position);
      return {
        intent: one,
        isLeg,
        reference,
        book: bookOf(given),
        range: given.range,
        position: given.position,
        pending: zero,
        unbound: zero,
        spot: given.spot && { ...given.spot, free: given.spot.held, quote: terms.quote, cost },
        notional: cost,
        isReducing: isReducing(one, given.position, { pending: zero, unbound: zero }),
      };
    }),
    activity: {
      countSince: (sinceMs, kind) =>
        ({ place: since(sinceMs).length, amend: 0, cancel: counted(given.cancels, sinceMs) })[kind],
      fillsSince: (sinceMs) => counted(given.fills, sinceMs),
      notionalSince: (sinceMs) => sum(sinceMs),
      notionalOf: (_symbol, one, sinceMs) => sum(sinceMs, one),
      lastSame: () => earlier.findLast(({ same }) => same)?.atMs,
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

/** A field that is not written is absent. */
function intentOf(
  { quantity, unit, ...fields }: Omit<z.output<typeof legSchema>, 'side'>,
  { instrument, side }: { instrument: string; side: 'buy' | 'sell' },
): OrderIntent {
  return {
    venue: 'case',
    account: 'case',
    moneyMode: 'PAPER',
    action: 'place',
    instrument,
    side,
    quantity: { value: quantity ?? decimal('0'), unit },
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
  };
}

function explainQuantity(
  { quantity, unit }: { quantity?: Decimal | undefined; unit: string },
  context: z.RefinementCtx,
): void {
  if ((quantity === undefined) === (unit === 'close-all')) return;
  const message = quantity === undefined ? 'needs a quantity' : 'close-all takes no quantity';
  context.addIssue({ code: 'custom', path: ['quantity'], message });
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
