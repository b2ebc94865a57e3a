// Rule: the same order again within the window is a mistake: a retry that was none, or two processes with one idea. One request may hold both.
import type { Decimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import { areApart } from '../../core/position.js';
import type { OrderFacts } from '../facts.js';
import { defineRule, deny, type Finding, pauseSince } from '../rule.js';

export const duplicateSeconds = defineRule({
  key: 'duplicateSeconds',
  summary: 'the same order is not sent twice in the window',
  bindsExits: true,
  judge: (seconds, { nowMs, likeness, orders, activity }) => {
    const last = activity.lastSame(likeness);
    const isRecent = last !== undefined && nowMs - last < seconds * 1000;
    return [
      ...(isRecent
        ? [deny('DUPLICATE', `the same order came ${((nowMs - last) / 1000).toFixed(1)} s ago`)]
        : []),
      ...twinsIn(orders),
    ];
  },
  measure: (seconds, { nowMs, likeness, activity }) =>
    pauseSince('pause since the same order', activity.lastSame(likeness), { nowMs, seconds }),
});

function twinsIn(orders: readonly OrderFacts[]): Finding[] {
  if (orders.length < 2) return [];
  const placed = orders.filter(({ intent, isLeg }) => intent.action === 'place' && !isLeg);
  const second = placed.find(({ intent }, index) =>
    placed.slice(0, index).some((before) => isTwin(before.intent, intent)),
  );
  if (second === undefined) return [];
  return [deny('DUPLICATE', `the request holds the same order in ${second.intent.instrument} twice`)];
}

const words = [
  'instrument',
  'side',
  'positionSide',
  'type',
  'timeInForce',
  'reduceOnly',
  'isDerivative',
] as const;
const amounts = ['price', 'trigger', 'leverage', 'margin'] as const;

/** Terms by which an order's price follows the market, as venues call them: `callbackRatio`, `activePx`, `trail_percent`, `pxVar`. */
const followsMarket = /callback|trail|^activ\w*(?:Px|Price)$|^px(?:Var|Spread)$/i;

/** Whether both trade the same; their client order ids tell retries apart, not orders. */
function isTwin(one: OrderIntent, other: OrderIntent): boolean {
  return (
    words.every((name) => one[name] === other[name]) &&
    amounts.every((name) => isEqual(one[name], other[name])) &&
    followAlike(one, other) &&
    !areApart(one, other) &&
    one.quantity?.unit === other.quantity?.unit &&
    isEqual(one.quantity?.value, other.quantity?.value) &&
    areTwins(one.legs ?? [], other.legs ?? [])
  );
}

function followAlike({ terms = {} }: OrderIntent, { terms: others = {} }: OrderIntent): boolean {
  return [...Object.keys(terms), ...Object.keys(others)].every(
    (name) => terms[name] === others[name] || !followsMarket.test(name),
  );
}

function areTwins(legs: readonly OrderIntent[], others: readonly OrderIntent[]): boolean {
  return (
    legs.length === others.length &&
    legs.every((leg, index) => {
      const other = others[index];
      return other !== undefined && isTwin(leg, other);
    })
  );
}

function isEqual(one: Decimal | undefined, other: Decimal | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.eq(other);
}
