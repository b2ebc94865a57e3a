// What the operator sees of an order, over the control channel: plain values with one schema for both programs.
import { z } from 'zod';
import type { OrderEntry } from '../../orders/ledger.js';

const quantitySchema = z.object({ value: z.string(), unit: z.string() });

const flatIntentShape = {
  venue: z.string(),
  account: z.string(),
  /** The venue's own number of the account, where one key reaches several. */
  venueAccount: z.string().optional(),
  moneyMode: z.string(),
  action: z.enum(['place', 'amend', 'cancel']),
  instrument: z.string(),
  side: z.enum(['buy', 'sell']).optional(),
  positionSide: z.enum(['long', 'short']).optional(),
  type: z.string().optional(),
  timeInForce: z.string().optional(),
  quantity: quantitySchema.optional(),
  price: z.string().optional(),
  trigger: z.string().optional(),
  isDerivative: z.literal(true).optional(),
  isOpenQuantity: z.literal(true).optional(),
  reduceOnly: z.boolean().optional(),
  isAlternative: z.literal(true).optional(),
  isAttached: z.literal(true).optional(),
  leverage: z.string().optional(),
  margin: z.string().optional(),
  clientOrderId: z.string().optional(),
  venueOrderId: z.string().optional(),
  cancels: z.array(z.string()).readonly().optional(),
  /** What else the request asked for, in the venue's words, by the member's name; values not neutral yet. */
  terms: z.record(z.string(), z.string()).readonly().optional(),
  /** What the venue asked back about the order, which the request confirms; neutral. */
  question: z.string().optional(),
};

const intentSchema = z.object({ ...flatIntentShape, legs: z.array(z.object(flatIntentShape)).optional() });

/** Effect, cost and margins as orders/audit keep them: plain decimals; what is absent was not known. */
const assessmentSchema = z.object({
  /** One for each order of the request, in its order; legs are none of their own. */
  effects: z
    .array(
      z.object({
        instrument: z.string(),
        /** Of the position: `base` or `contracts`. */
        unit: z.string(),
        /** Signed position before and after the order. */
        before: z.string().optional(),
        after: z.string().optional(),
        /** Who told `before`: the venue, or the account's own fills in the journal. */
        from: z.enum(['venue', 'fills']).optional(),
        /** Worth in the quote currency, where the guardrails count in another. */
        quoted: z.object({ amount: z.string(), currency: z.string() }).optional(),
        /** Estimate by the dearest of so many `fills`; `amount` in the order's `currency`. */
        fee: z.object({ amount: z.string().optional(), bps: z.string(), fills: z.int() }).optional(),
        /** Estimate, from the middle of the market; `spread`: at least, `limit`: at most. */
        slippage: z
          .object({
            amount: z.string().optional(),
            bps: z.string(),
            from: z.enum(['book', 'spread', 'limit']),
          })
          .optional(),
      }),
    )
    .readonly(),
  /** Each rule that was asked; `margins` is empty for one without numbers. */
  rules: z
    .array(
      z.object({
        rule: z.string(),
        margins: z
          .array(
            z.object({
              name: z.string(),
              /** Of several orders the one nearest to the limit. */
              symbol: z.string().optional(),
              /** `money`: the order's `currency`. */
              unit: z.string(),
              /** This order included. */
              value: z.string().optional(),
              limit: z.string(),
              /** To the limit, negative beyond it. */
              left: z.string().optional(),
              /** The value must not be below the limit; absent: not above it. */
              isLeast: z.literal(true).optional(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
});

export const orderViewSchema = z.object({
  /** Id in the account's journal. */
  order: z.string(),
  account: z.string(),
  state: z.string(),
  operation: z.string(),
  /** SHA-256 hex: an approval names its beginning. */
  fingerprint: z.string(),
  intents: z.array(intentSchema),
  /** Worth; absent when no price was at hand. */
  notional: z.string().optional(),
  /** Of `notional`: that of the guardrails, else the quote currency; absent when not known. */
  currency: z.string().optional(),
  /** The agent's own words, not neutral yet. */
  explanation: z
    .object({
      rationale: z.string(),
      maxLoss: z.string(),
      /** Name and version that the MCP client gave itself. */
      client: z.string().optional(),
      sources: z.array(
        z.object({
          url: z.string(),
          host: z.string(),
          fetchedMs: z.number(),
          sha256: z.string().optional(),
        }),
      ),
    })
    .optional(),
  /** What the client of a held order calls itself, its User-Agent; the agent's own words, not neutral yet. */
  client: z.string().optional(),
  /** What was known when it began to wait for a human; absent where it never did. */
  assessment: assessmentSchema.optional(),
  reasons: z.array(z.object({ code: z.string(), message: z.string(), rule: z.string() })),
  approvalsWanted: z.int(),
  approvers: z.array(z.string()),
  /** Milliseconds since the epoch. */
  proposedMs: z.number(),
  changedMs: z.number(),
  expiresMs: z.number().optional(),
  /** The sidecar's clock when this was read. */
  nowMs: z.number(),
  outcomes: z.array(
    z.object({
      state: z.string(),
      venueOrderId: z.string().optional(),
      clientOrderId: z.string().optional(),
      filled: z.string().optional(),
      averagePrice: z.string().optional(),
      fee: z.string().optional(),
      code: z.string().optional(),
    }),
  ),
  note: z.string(),
});
export type OrderView = z.output<typeof orderViewSchema>;

export const accountViewSchema = z.object({
  account: z.string(),
  venue: z.string(),
  environment: z.string(),
  /** ACTIVE, REDUCE_ONLY or HALTED, and why. */
  tradingState: z.enum(['ACTIVE', 'REDUCE_ONLY', 'HALTED']),
  cause: z.string(),
  by: z.string(),
  /** Orders that were let out and of which nothing final is told: they may rest or fill at the venue. */
  resting: z.int().min(0).default(0),
});

export const ordersReplySchema = z.object({
  accounts: z.array(accountViewSchema),
  orders: z.array(orderViewSchema),
  /** Why new guardrails are not in force; absent when none wait. */
  guardrailsProblem: z.string().optional(),
  /** What a receiver of alerts would have been told last, oldest first. A message may hold text of the agent. */
  notes: z.array(z.object({ trigger: z.string(), message: z.string(), atMs: z.number() })).default([]),
});
export type OrdersReply = z.output<typeof ordersReplySchema>;

export const killReplySchema = z.object({
  reports: z.array(
    z.object({
      account: z.string(),
      isVerified: z.boolean(),
      canceled: z.int(),
      failed: z.int(),
      left: z.int(),
      closedPositions: z.int(),
      firstCancelMs: z.number(),
      durationMs: z.number(),
      problem: z.string(),
    }),
  ),
});
export type KillReply = z.output<typeof killReplySchema>;

export function orderView(account: string, entry: OrderEntry, nowMs: number): OrderView {
  const { notional, currency, expiresMs, outcomes, reasons, approvers, explanation, client, assessment } =
    entry;
  const intents: OrderView['intents'] = entry.intents.map(({ legs, ...intent }) => ({
    ...intent,
    ...(legs === undefined ? {} : { legs: legs.map(({ legs: _deeper, ...leg }) => leg) }),
  }));
  return {
    order: entry.id,
    account,
    state: entry.state,
    operation: entry.operation,
    fingerprint: entry.fingerprint,
    intents,
    ...(notional === undefined ? {} : { notional }),
    ...(currency === undefined ? {} : { currency }),
    ...(explanation === undefined
      ? {}
      : { explanation: { ...explanation, sources: explanation.sources.map((source) => ({ ...source })) } }),
    ...(client === undefined ? {} : { client }),
    ...(assessment === undefined ? {} : { assessment }),
    reasons: reasons.map((reason) => ({ ...reason })),
    approvalsWanted: entry.approvalsWanted,
    approvers: [...approvers],
    proposedMs: entry.proposedMs,
    changedMs: entry.changedMs,
    ...(expiresMs === undefined ? {} : { expiresMs }),
    nowMs,
    outcomes: outcomes.map((outcome) => ({ ...outcome })),
    note: entry.note,
  };
}
