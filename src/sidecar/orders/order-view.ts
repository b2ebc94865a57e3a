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
  type: z.string().optional(),
  timeInForce: z.string().optional(),
  quantity: quantitySchema.optional(),
  price: z.string().optional(),
  trigger: z.string().optional(),
  isOpenQuantity: z.literal(true).optional(),
  reduceOnly: z.boolean().optional(),
  leverage: z.string().optional(),
  clientOrderId: z.string().optional(),
  venueOrderId: z.string().optional(),
};

const intentSchema = z.object({ ...flatIntentShape, legs: z.array(z.object(flatIntentShape)).optional() });

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
});

export const ordersReplySchema = z.object({
  accounts: z.array(accountViewSchema),
  orders: z.array(orderViewSchema),
  /** Why new guardrails are not in force; absent when none wait. */
  guardrailsProblem: z.string().optional(),
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
  const { notional, currency, expiresMs, outcomes, reasons, approvers, explanation } = entry;
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
