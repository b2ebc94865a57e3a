// Rule: orders, turnover, fees and loss of a day in the stated time zone, this request included. Counted from the account's journal, so neither a
// restart nor a reset begins anew (D15).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { startOfDayMs } from '../calendar.js';
import type { Facts } from '../facts.js';
import { countOrders } from '../legs.js';
import { isSized, sumNotional } from '../money.js';
import { unfollowed } from '../results.js';
import { defineRule, deny, type Finding, measured, missing } from '../rule.js';

const zero = decimal('0');
const one = decimal('1');

export const daily = defineRule({
  key: 'daily',
  summary: 'orders, turnover, fees and loss of a day are bounded',
  bindsExits: false,
  judge: ({ orders: most, notional: turnover, realisedLoss, loss, fees }, facts, { timeZone }) => {
    const { nowMs, orders, activity } = facts;
    const since = startOfDayMs(nowMs, timeZone);
    const findings: Finding[] = [];
    const count = activity.countSince(since, 'place') + Math.max(1, countOrders(orders, 'place'));
    if (most !== undefined && count > most) {
      findings.push(deny('DAILY_ORDERS', `${count} orders today would exceed ${most}`));
    }
    if (loss !== undefined) findings.push(...judgeWorth(loss, lossOf(facts, since)));
    if (realisedLoss !== undefined) findings.push(...judgeLoss(realisedLoss, realisedLossOf(facts, since)));
    if (fees !== undefined) findings.push(...judgeFees(fees, feesOf(facts, since)));
    if (turnover !== undefined) {
      const worth = sumNotional(orders);
      if (worth === undefined) return [...findings, missing('what the request is worth')];
      const total = activity.notionalSince(since).plus(worth);
      if (total.gt(turnover)) {
        findings.push(
          deny(
            'DAILY_NOTIONAL',
            `a turnover of ${formatDecimal(total)} today would exceed ${formatDecimal(turnover)}`,
          ),
        );
      }
    }
    return findings;
  },
  measure: ({ orders: most, notional: turnover, realisedLoss, loss, fees }, facts, { timeZone }) => {
    const since = startOfDayMs(facts.nowMs, timeZone);
    const worth = sumNotional(facts.orders);
    const { activity } = facts;
    const turned = worth?.plus(activity.notionalSince(since));
    const count = activity.countSince(since, 'place') + Math.max(1, countOrders(facts.orders, 'place'));
    return [
      ...(most === undefined ? [] : [measured('orders today', 'orders', count, most)]),
      ...(turnover === undefined ? [] : [measured('turnover today', 'money', turned, turnover)]),
      ...(loss === undefined ? [] : [measured('loss today', 'USD', known(lossOf(facts, since)), loss)]),
      ...(realisedLoss === undefined
        ? []
        : [measured('realised loss today', 'money', known(realisedLossOf(facts, since)), realisedLoss)]),
      ...(fees === undefined ? [] : [measured('fees today', 'money', known(feesOf(facts, since)), fees)]),
    ];
  },
});

/** An amount, or what is missing to know it. */
type Counted = Decimal | { missing: string };

const known = (counted: Counted): Decimal | undefined => ('missing' in counted ? undefined : counted);

function judgeWorth(limit: Decimal, loss: Counted): Finding[] {
  if ('missing' in loss) return [missing(loss.missing)];
  if (loss.lt(limit)) return [];
  return [
    deny(
      'DAILY_LOSS',
      `the account is worth ${formatDecimal(loss)} less than when the day began, which reaches ${formatDecimal(limit)}`,
    ),
  ];
}

function lossOf({ equity, activity }: Facts, sinceMs: number): Counted {
  const before = activity.equity.atStart(sinceMs);
  if (equity === undefined || before === undefined) return { missing: 'what the account is and was worth' };
  return before.minus(equity);
}

function judgeFees(limit: Decimal, paid: Counted): Finding[] {
  if ('missing' in paid) return [missing(paid.missing)];
  if (paid.lt(limit)) return [];
  return [deny('DAILY_FEES', `${formatDecimal(paid)} paid in fees today reaches ${formatDecimal(limit)}`)];
}

function feesOf(facts: Facts, sinceMs: number): Counted {
  const cause = unfollowed(facts);
  if (cause !== undefined || facts.activity.fees.isUntoldSince(sinceMs))
    return { missing: 'what was paid in fees today' };
  let paid = zero;
  for (const { instrument, amount } of facts.activity.fees.paidSince(sinceMs)) {
    const rate = rateOf(instrument, facts);
    if (rate === undefined) return { missing: `what the fees in ${instrument} are worth` };
    paid = paid.plus(rate === one ? amount : amount.times(rate));
  }
  return paid;
}

/** From the quote currency of the symbol into that of the limits; undefined when it is not known. */
function rateOf(instrument: string, { currency, termsOf }: Facts): Decimal | undefined {
  if (currency === undefined) return one;
  const quote = termsOf(instrument)?.quote;
  return quote === undefined ? undefined : currency.rateOf(quote);
}

function judgeLoss(limit: Decimal, loss: Counted): Finding[] {
  if ('missing' in loss) return [missing(loss.missing)];
  if (loss.lt(limit)) return [];
  return [
    deny('DAILY_REALISED_LOSS', `${formatDecimal(loss)} realised today reaches ${formatDecimal(limit)}`),
  ];
}

function realisedLossOf(facts: Facts, sinceMs: number): Counted {
  const cause = unfollowed(facts);
  if (cause !== undefined) return { missing: cause };
  let realised = zero;
  for (const result of facts.activity.results.realisedSince(sinceMs)) {
    const { instrument, isContracts, amount } = result;
    if (amount.eq(zero) && (result.inverse ?? zero).eq(zero)) continue;
    const told = facts.termsOf(instrument);
    const terms = isContracts || isSized(told) ? told : { multiplier: one, isInverse: false };
    const rate = rateOf(instrument, facts);
    const won = terms?.isInverse ? result.inverse : amount;
    if (terms === undefined || won === undefined || rate === undefined)
      return { missing: `what was won or lost in ${instrument}` };
    const quoted = won.times(terms.multiplier);
    realised = realised.plus(rate === one ? quoted : quoted.times(rate));
  }
  return zero.minus(realised);
}
