// Every rule, in the order their reasons are told. A new one: a key in guardrails.ts, a file in rules/, a line here.
import type { Facts } from './facts.js';
import type { Guardrails } from './guardrails.js';
import type { Finding, Measure, Rule } from './rule.js';
import { amendsPerMinute } from './rules/amends-per-minute.js';
import { approval } from './rules/approval.js';
import { cancelToFill } from './rules/cancel-to-fill.js';
import { cancelsPerMinute } from './rules/cancels-per-minute.js';
import { clientOrderId } from './rules/client-order-id.js';
import { closeCooldownSeconds } from './rules/close-cooldown.js';
import { cooldownSeconds } from './rules/cooldown.js';
import { daily } from './rules/daily.js';
import { duplicateSeconds } from './rules/duplicate.js';
import { firstOrders } from './rules/first-orders.js';
import { hours } from './rules/hours.js';
import { lossCooldownSeconds } from './rules/loss-cooldown.js';
import { marketOrders } from './rules/market-orders.js';
import { maxConcentration } from './rules/max-concentration.js';
import { maxDrawdown } from './rules/max-drawdown.js';
import { maxEquityShare } from './rules/max-equity-share.js';
import { maxGrossExposure } from './rules/max-gross-exposure.js';
import { maxLeverage } from './rules/max-leverage.js';
import { maxLossesInRow } from './rules/max-losses-in-row.js';
import { maxNetExposure } from './rules/max-net-exposure.js';
import { maxOpenNotional } from './rules/max-open-notional.js';
import { maxOpenOrders } from './rules/max-open-orders.js';
import { maxPositionNotional } from './rules/max-position-notional.js';
import { maxQuantity } from './rules/max-quantity.js';
import { noReversal } from './rules/no-reversal.js';
import { noSelfTrade } from './rules/no-self-trade.js';
import { notional } from './rules/notional.js';
import { pingPongSeconds } from './rules/ping-pong.js';
import { postOnly } from './rules/post-only.js';
import { priceCollarBps } from './rules/price-collar.js';
import { rate } from './rules/rate.js';
import { reduceOnly } from './rules/reduce-only.js';
import { repeat } from './rules/repeat.js';
import { requireEvidence } from './rules/require-evidence.js';
import { sides } from './rules/sides.js';
import { singleFlight } from './rules/single-flight.js';
import { spotBalance } from './rules/spot-balance.js';
import { symbols } from './rules/symbols.js';
import { timeInForce } from './rules/time-in-force.js';
import { trustedNewsSources } from './rules/trusted-news-sources.js';
import { types } from './rules/types.js';
import { volatilityHalt } from './rules/volatility-halt.js';

/** A rule whose limit's type is no longer known: it is handed the limit of its own key. */
export type AnyRule = Omit<Rule, 'judge' | 'measure'> & {
  judge(limit: never, facts: Facts, guardrails: Guardrails): readonly Finding[];
  measure?(limit: never, facts: Facts, guardrails: Guardrails): readonly Measure[];
};

export const rules: readonly AnyRule[] = [
  symbols,
  sides,
  types,
  timeInForce,
  marketOrders,
  maxQuantity,
  notional,
  priceCollarBps,
  volatilityHalt,
  maxLeverage,
  reduceOnly,
  postOnly,
  clientOrderId,
  noReversal,
  noSelfTrade,
  spotBalance,
  maxOpenOrders,
  maxOpenNotional,
  maxPositionNotional,
  maxGrossExposure,
  maxNetExposure,
  maxEquityShare,
  maxConcentration,
  maxDrawdown,
  daily,
  maxLossesInRow,
  rate,
  amendsPerMinute,
  cancelsPerMinute,
  cancelToFill,
  duplicateSeconds,
  repeat,
  cooldownSeconds,
  lossCooldownSeconds,
  closeCooldownSeconds,
  pingPongSeconds,
  singleFlight,
  hours,
  firstOrders,
  approval,
  trustedNewsSources,
  requireEvidence,
];
