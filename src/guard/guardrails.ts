// guardrails.yaml: the limits that no agent can change. A key that is absent sets no limit; an unknown key is an error.
import { z } from 'zod';
import { type Decimal, formatDecimal, isDecimal, parseUnsigned } from '../core/decimal.js';

/** Amounts are exact (S14): a whole number, or a decimal in quotes. */
const amount = z
  .union([z.string(), z.int().nonnegative()])
  .transform((value, context): Decimal => {
    const parsed = parseUnsigned(String(value));
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'must be a plain decimal; write it in quotes: "0.5"' });
    return z.NEVER;
  })
  .describe('amount');

const symbol = z.string().min(1).max(64);
const count = z.int().positive().max(1_000_000);
const seconds = z.number().positive().max(86_400);
const percent = z.number().positive().max(10_000);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day like 09:30');
const timeZone = z.string().refine(isTimeZone, 'must be a time zone like Europe/Berlin');
const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

export const guardrailsSchema = z.strictObject({
  version: z.literal(1),
  /** In which a day begins and ends. */
  timeZone: timeZone.default('UTC'),

  /** Of every amount here: what is quoted in another one is converted at the venue's own rate. Absent: quote currency of each order. */
  currency: z
    .string()
    .regex(/^[A-Z0-9]{2,10}$/, 'must be a currency in capitals, like EUR')
    .optional(),

  symbols: z.strictObject({ allow: z.array(symbol).optional(), deny: z.array(symbol).optional() }).optional(),
  sides: z
    .array(z.enum(['buy', 'sell']))
    .min(1)
    .optional(),
  types: z.array(z.string().min(1)).min(1).optional(),
  timeInForce: z
    .array(z.enum(['gtc', 'ioc', 'fok', 'gtd', 'day', 'post-only']))
    .min(1)
    .optional(),
  /** `maxSlippageBps`: how far from the middle of the book its levels would fill the order, hundredths of a percent. */
  marketOrders: z
    .union([z.enum(['allow', 'deny']), z.strictObject({ maxSlippageBps: z.number().positive().max(10_000) })])
    .optional(),
  /** By symbol; `*` for all others. In the unit of the order. */
  maxQuantity: z.record(symbol, amount).optional(),
  /** Of each order, quote currency. */
  notional: z.strictObject({ min: amount.optional(), max: amount.optional() }).optional(),
  /** Distance of limit, trigger and attached prices from the market, hundredths of a percent. */
  priceCollarBps: z.number().positive().max(10_000).optional(),
  /** No new order where the trades of the last minutes span so much, hundredths of a percent of the lowest. */
  volatilityHalt: z
    .strictObject({ moveBps: z.number().positive().max(100_000), minutes: z.int().min(1).max(240) })
    .optional(),
  maxLeverage: amount.optional(),
  reduceOnly: z.literal(true).optional(),
  postOnly: z.literal(true).optional(),
  clientOrderId: z.literal(true).optional(),
  /** An order against a position may close it, never turn it round. */
  noReversal: z.literal(true).optional(),
  /** An order never meets another one of the same account in the book. */
  noSelfTrade: z.literal(true).optional(),

  /** On spot, no sale of more than is held, no purchase for more than is free. */
  spotBalance: z.literal(true).optional(),

  maxOpenOrders: count.optional(),
  maxOpenNotional: amount.optional(),
  maxPositionNotional: amount.optional(),
  maxGrossExposure: amount.optional(),
  /** Long positions less short ones, or the reverse, in quote currency. */
  maxNetExposure: amount.optional(),
  /** Of each order and the request, percent of what the account is worth. */
  maxEquityShare: percent.optional(),
  /** Of the position in one symbol, percent of what the account is worth. */
  maxConcentration: percent.optional(),
  /** Percent lost from the most that the account was worth: only exits pass until a human resumes it, which begins anew. */
  maxDrawdown: z.number().positive().max(100).optional(),
  /** `loss`: of what the account is worth, open losses and fees included, US dollars. `realisedLoss`: of this box's own fills, before fees, quote currency. */
  daily: z
    .strictObject({
      orders: count.optional(),
      notional: amount.optional(),
      realisedLoss: amount.optional(),
      loss: amount.optional(),
      /** Paid for fills, quote currency. */
      fees: amount.optional(),
    })
    .optional(),
  /** As many orders in a row that closed at a loss halt the account until a human resumes it. */
  maxLossesInRow: count.optional(),

  rate: z
    .strictObject({ perSecond: count.optional(), perMinute: count.optional(), perHour: count.optional() })
    .optional(),
  amendsPerMinute: count.optional(),
  /** Orders cancelled; more stop new orders, never cancels. */
  cancelsPerMinute: count.optional(),
  /** Orders cancelled for each one filled in the window; of fewer than `fromCancels` nothing is said. */
  cancelToFill: z
    .strictObject({
      ratio: z.number().positive().max(10_000),
      minutes: z.number().positive().max(1_440).default(60),
      fromCancels: count.default(20),
    })
    .optional(),
  duplicateSeconds: seconds.optional(),
  /** More orders than that in the window halt the account until a human resumes it. */
  repeat: z.strictObject({ orders: count, minutes: z.number().positive().max(1_440) }).optional(),
  cooldownSeconds: seconds.optional(),
  /** Pause of the whole account after an order that closed at a loss. */
  lossCooldownSeconds: seconds.optional(),
  /** Pause in a symbol after something of a position there was closed. */
  closeCooldownSeconds: seconds.optional(),
  /** No order against the side of the last one in the symbol. */
  pingPongSeconds: seconds.optional(),
  singleFlight: z.literal(true).optional(),

  hours: z
    .array(
      z.strictObject({
        days: z.array(weekday).min(1),
        from: clockTime,
        to: clockTime,
        timeZone: timeZone.optional(),
        holidays: z.array(z.iso.date()).optional(),
        /** Markets that it is of, e.g. `AAPL` or `BTC-*`; without any, of all that no entry names. */
        symbols: z.array(symbol).min(1).optional(),
      }),
    )
    .min(1)
    .optional(),
  firstOrders: count.optional(),
  /** Notional of the request from which one person, or two, must agree. `splitSeconds`: same symbol and side count together. */
  approval: z
    .strictObject({ above: amount.optional(), twoAbove: amount.optional(), splitSeconds: seconds.optional() })
    .optional(),
  /** Hosts that orders may cite; `*.example.com` for all below it. */
  trustedNewsSources: z
    .array(
      z
        .string()
        .regex(/^(?:\*\.)?(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}$/, 'must be a host name in lower case'),
    )
    .min(1)
    .optional(),
  /** Each order is announced with so many sources that this box fetched within the window. */
  requireEvidence: z
    .strictObject({ sources: count.default(1), withinMinutes: z.number().positive().max(10_080).default(60) })
    .optional(),
  /** A market price older than this is none, seconds. */
  referenceMaxAgeSeconds: seconds.default(15),
});

export type Guardrails = z.output<typeof guardrailsSchema>;
/** As it is written in YAML and sent to the sidecar: amounts as text. */
export type GuardrailsDocument = z.input<typeof guardrailsSchema>;

/** The same as plain JSON: what is sent to the sidecar, which reads it with the schema again. */
export function documentOf(guardrails: Guardrails): unknown {
  const exact = function (this: Record<string, unknown>, key: string, value: unknown): unknown {
    const original = this[key]; // a decimal would turn itself into text, with an exponent where it is long
    return isDecimal(original) ? formatDecimal(original) : value;
  };
  return JSON.parse(JSON.stringify(guardrails, exact));
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
