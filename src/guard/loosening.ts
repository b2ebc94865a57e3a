// Which limits one set of guardrails gives more room than another. Where it cannot be told, it counts as looser.
import type { Decimal } from '../core/decimal.js';
import type { Guardrails } from './guardrails.js';

/** A limit that gives more room than before. */
export interface Loosening {
  /** The limit's place in guardrails.yaml, e.g. `daily.orders`. */
  limit: string;
  /** `removed`: it is gone. `looser`: it allows more. */
  change: 'removed' | 'looser';
}

/** What the rule `approval` takes where the window is not stated. */
const defaultSplitSeconds = 300;

type Sessions = NonNullable<Guardrails['hours']>;
type Key = Exclude<keyof Guardrails, 'version' | 'currency'>;
/** The places below a key that became looser; `''` for the key itself. Asked only while the key is set on both sides. */
type Compare<Value> = (
  before: Value,
  after: Value,
  whole: { before: Guardrails; after: Guardrails },
) => string[];

/** A limit that allows more when it is larger. */
const ceiling = <Value extends number | Decimal>(before: Value | undefined, after: Value | undefined) =>
  before !== undefined && (after === undefined || isMore(after, before));

/** A limit that allows more when it is smaller. */
const floor = <Value extends number | Decimal>(before: Value | undefined, after: Value | undefined) =>
  before !== undefined && (after === undefined || isMore(before, after));

const named = (places: Readonly<Record<string, boolean>>): string[] =>
  Object.keys(places).filter((place) => places[place] === true);

const own = (isLooser: boolean): string[] => (isLooser ? [''] : []);
const growing = <Value>(before: readonly Value[], after: readonly Value[]): boolean =>
  after.some((each) => !before.includes(each));
const asCeiling = (before: number | Decimal, after: number | Decimal) => own(ceiling(before, after));
const asFloor = (before: number, after: number) => own(floor(before, after));
const asList = <Value>(before: readonly Value[], after: readonly Value[]) => own(growing(before, after));
/** A rule that is on or absent. */
const asSwitch = () => [];

// One line for each key: a key without one does not compile.
const comparisons: { [Each in Key]: Compare<NonNullable<Guardrails[Each]>> } = {
  timeZone: (before, after, whole) =>
    own(before !== after && whole.before.daily !== undefined && whole.after.daily !== undefined),
  symbols: (before, after) =>
    named({
      allow: before.allow !== undefined && (after.allow === undefined || growing(before.allow, after.allow)),
      deny: growing(after.deny ?? [], before.deny ?? []),
    }),
  sides: asList,
  types: asList,
  timeInForce: asList,
  marketOrders: (before, after) => own(slippageOf(after) > slippageOf(before)),
  maxQuantity: (before, after) =>
    [...new Set(['*', ...Object.keys(before), ...Object.keys(after)])].filter((symbol) =>
      ceiling(before[symbol] ?? before['*'], after[symbol] ?? after['*']),
    ),
  notional: (before, after) =>
    named({ min: floor(before.min, after.min), max: ceiling(before.max, after.max) }),
  priceCollarBps: asCeiling,
  volatilityHalt: (before, after) =>
    named({
      moveBps: ceiling(before.moveBps, after.moveBps),
      minutes: floor(before.minutes, after.minutes),
    }),
  maxLeverage: asCeiling,
  reduceOnly: asSwitch,
  postOnly: asSwitch,
  clientOrderId: asSwitch,
  noReversal: asSwitch,
  noSelfTrade: asSwitch,
  spotBalance: asSwitch,
  maxOpenOrders: asCeiling,
  maxOpenNotional: asCeiling,
  maxPositionNotional: asCeiling,
  maxGrossExposure: asCeiling,
  maxNetExposure: asCeiling,
  maxEquityShare: asCeiling,
  maxConcentration: asCeiling,
  maxDrawdown: asCeiling,
  daily: (before, after) =>
    named({
      orders: ceiling(before.orders, after.orders),
      notional: ceiling(before.notional, after.notional),
      loss: ceiling(before.loss, after.loss),
      fees: ceiling(before.fees, after.fees),
      realisedLoss: ceiling(before.realisedLoss, after.realisedLoss),
    }),
  maxLossesInRow: asCeiling,
  rate: (before, after) =>
    named({
      perSecond: ceiling(before.perSecond, after.perSecond),
      perMinute: ceiling(before.perMinute, after.perMinute),
      perHour: ceiling(before.perHour, after.perHour),
    }),
  amendsPerMinute: asCeiling,
  cancelsPerMinute: asCeiling,
  // Fills come and go as cancels do: of another window nothing can be told.
  cancelToFill: (before, after) =>
    named({
      ratio: ceiling(before.ratio, after.ratio),
      minutes: before.minutes !== after.minutes,
      fromCancels: ceiling(before.fromCancels, after.fromCancels),
    }),
  duplicateSeconds: asFloor,
  repeat: (before, after) =>
    named({ orders: ceiling(before.orders, after.orders), minutes: floor(before.minutes, after.minutes) }),
  cooldownSeconds: asFloor,
  lossCooldownSeconds: asFloor,
  closeCooldownSeconds: asFloor,
  pingPongSeconds: asFloor,
  singleFlight: asSwitch,
  hours: (before, after, whole) =>
    own(
      // A market that is named no more goes by the hours of all others.
      growing(patternsOf(after), patternsOf(before)) ||
        !after.every((session) =>
          before.some((wider) => lies(session, whole.after.timeZone, wider, whole.before.timeZone)),
        ),
    ),
  firstOrders: asFloor,
  approval: (before, after) =>
    named({
      above: ceiling(before.above, after.above),
      twoAbove: ceiling(before.twoAbove, after.twoAbove),
      splitSeconds: floor(
        before.splitSeconds ?? defaultSplitSeconds,
        after.splitSeconds ?? defaultSplitSeconds,
      ),
    }),
  trustedNewsSources: asList,
  requireEvidence: (before, after) =>
    named({
      sources: floor(before.sources, after.sources),
      withinMinutes: ceiling(before.withinMinutes, after.withinMinutes),
    }),
  referenceMaxAgeSeconds: asCeiling,
};

/** Every limit of `before` that `after` does not keep, in the order of the comparisons; none means that nothing more can pass. */
export function loosenings(before: Guardrails, after: Guardrails): Loosening[] {
  // An amount in another currency is another amount.
  const changed: Loosening[] =
    before.currency === after.currency
      ? []
      : [{ limit: 'currency', change: after.currency === undefined ? 'removed' : 'looser' }];
  const others = (Object.keys(comparisons) as Key[]).flatMap((key): Loosening[] => {
    if (before[key] === undefined) return [];
    if (after[key] === undefined) return [{ limit: key, change: 'removed' }];
    const compare = comparisons[key] as Compare<unknown>;
    return compare(before[key], after[key], { before, after }).map((place) => ({
      limit: place === '' ? key : `${key}.${place}`,
      change: 'looser',
    }));
  });
  return [...changed, ...others];
}

const patternsOf = (sessions: Sessions): string[] => sessions.flatMap(({ symbols = [] }) => symbols);

/** True when a session opens at no moment at which the wider one is closed. */
function lies(session: Sessions[number], zone: string, wider: Sessions[number], widerZone: string): boolean {
  if ((session.timeZone ?? zone) !== (wider.timeZone ?? widerZone)) return false;
  const kept = new Set(session.holidays ?? []);
  if ((wider.holidays ?? []).some((day) => !kept.has(day))) return false;
  if (growing(wider.days, session.days)) return false;
  const [own, others] = [session, wider].map(({ symbols = [] }) => new Set(symbols));
  if (own?.size !== others?.size || [...(own ?? [])].some((each) => others?.has(each) !== true)) return false;
  if (session.from === wider.from && session.to === wider.to) return true;
  // Times of day are written alike, so they compare as texts. One past midnight compares with its equal only.
  const isPlain = session.from < session.to && wider.from < wider.to;
  return isPlain && session.from >= wider.from && session.to <= wider.to;
}

/** How far from the book an order at any price may be filled. */
function slippageOf(policy: NonNullable<Guardrails['marketOrders']>): number {
  if (policy === 'allow') return Number.POSITIVE_INFINITY;
  return policy === 'deny' ? -1 : policy.maxSlippageBps;
}

function isMore(value: number | Decimal, than: number | Decimal): boolean {
  if (typeof value === 'number' || typeof than === 'number') return value > than;
  return value.gt(than);
}
