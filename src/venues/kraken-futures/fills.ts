// What an order was filled at, which its own status does not tell but the account's fills do, and what that cost, which only the account
// log does: its entries name the fill as `execution`. The fee schedules tell no fees that are charged any more.
// Sources: docs.kraken.com futures API "Get your fills" (the last 100), "Get account log" (`count` at most 500; `execution` "UID of the
// associated execution", `fee`), changelog of 2026-06-22 ("DEPRECATED the Futures Fee Schedules endpoints"); ccxt issue 29760 (the two join).
import type { Decimal } from '../../core/decimal.js';
import type { AdminPlace, VenueAnswer, VenueCall, VenueOrderState } from '../admin.js';
import { readInstant } from '../instant.js';
import type { StrictObject } from '../json-strict.js';
import { feeInQuote } from '../order-fee.js';
import { pricedBy } from '../own-fills.js';
import { idIn, objectOf, priceIn, rowsOf, signedIn, textIn, unsignedIn, zero } from '../venue-answers.js';
import { ask } from './calls.js';

const mostFills = 100;
const mostEntries = 500;
/** How long the log is waited for after the last fill, milliseconds: it may never name it. */
const logPatienceMs = 60_000;

/** With the ids of its fills, and when the last of them was, milliseconds. */
interface PricedOrder extends VenueOrderState {
  fills?: readonly string[];
  filledMs?: number | undefined;
}

/** Undefined when nothing of it is filled. `placedMs`: when the venue received the order, its own clock, where it tells. */
export function filledAt(
  at: AdminPlace,
  order: VenueOrderState,
  instrument: string,
  placedMs?: number,
): VenueCall<VenueOrderState | 'absent'> | undefined {
  if (order.filled.eq(zero)) return undefined;
  return {
    ...ask(at, 'fills'),
    read: (answer): PricedOrder | undefined => {
      const told = objectOf(answer);
      const rows = textIn(told, 'result') === 'success' ? rowsOf(told?.get('fills')) : undefined;
      const own = rows?.filter((row) => idIn(row, 'order_id') === order.venueOrderId);
      const fills = own?.map((row) => ({ size: unsignedIn(row, 'size'), price: unsignedIn(row, 'price') }));
      const priced = pricedBy(order, fills, {
        isWhole: rows !== undefined && (rows.length < mostFills || reachesBack(rows, 'fillTime', placedMs)),
        // Perpetuals and futures that are settled in coins.
        isInverse: /^[PF]I_/i.test(instrument),
      });
      const ids = own?.flatMap((row) => idIn(row, 'fill_id') ?? []);
      return priced?.averagePrice === undefined || ids?.length !== own?.length
        ? priced
        : { ...priced, fills: ids ?? [], filledMs: lastOf(own ?? []) };
    },
    follow: (value: PricedOrder | 'absent') => {
      if (value === 'absent' || value.fills === undefined || value.fills.length === 0) return undefined;
      const { fills, filledMs, ...priced } = value;
      return {
        ...ask(at, `/api/history/v3/account-log?sort=desc&count=${mostEntries}`),
        read: (answer) => withFee(priced, { fills: new Set(fills), placedMs, filledMs }, answer),
      };
    },
  };
}

/** Undefined unless all of them tell their time. */
function lastOf(fills: readonly StrictObject[]): number | undefined {
  const times = fills.map((row) => readInstant(textIn(row, 'fillTime')) ?? Number.NaN);
  const last = Math.max(...times);
  return Number.isFinite(last) ? last : undefined;
}

/** The rows go back to before the order was there: what of it is not among them is still to come. */
function reachesBack(rows: readonly StrictObject[], name: string, placedMs: number | undefined): boolean {
  if (placedMs === undefined) return false;
  return rows.some((row) => (readInstant(textIn(row, name)) ?? placedMs) < placedMs);
}

/** Undefined while entries of its fills are to come; the order as it was where the log does not tell, not what it cost, or not in time. */
function withFee(
  order: VenueOrderState,
  {
    fills,
    placedMs,
    filledMs,
  }: { fills: ReadonlySet<string>; placedMs: number | undefined; filledMs: number | undefined },
  answer: VenueAnswer,
): VenueOrderState | undefined {
  const entries = rowsOf(objectOf(answer)?.get('logs'));
  if (entries === undefined) return order;
  const own = entries.filter((entry) => fills.has(idIn(entry, 'execution') ?? ''));
  const booked = new Set(own.map((entry) => idIn(entry, 'execution')));
  const isWhole = entries.length < mostEntries || reachesBack(entries, 'date', placedMs);
  // Both by the venue's clock; without it nobody knows how long it has been.
  const isYoung = Date.parse(answer.date ?? '') - (filledMs ?? Number.NaN) < logPatienceMs;
  if (booked.size < fills.size) return isWhole && isYoung ? undefined : order;
  // Of each fill one entry moves the position, and another the money; of a fee that was paid in credits there is none.
  const moneys = own.filter((entry) => textIn(entry, 'asset') !== textIn(entry, 'contract'));
  if (moneys.length !== fills.size) return order;
  let fee: Decimal | undefined = zero;
  for (const entry of moneys) {
    const paid = feeOf(entry);
    fee = paid && fee?.plus(paid);
  }
  return fee === undefined ? order : { ...order, fee };
}

/** In dollars; of inverse contracts it is charged in the coin. */
function feeOf(entry: StrictObject): Decimal | undefined {
  const [, base = ''] = /^[a-z]{2}_([a-z0-9]+)usd(?:_|$)/.exec(textIn(entry, 'contract') ?? '') ?? [];
  return feeInQuote(signedIn(entry, 'fee'), textIn(entry, 'asset'), {
    base,
    quote: 'usd',
    averagePrice: priceIn(entry, 'trade_price'),
  });
}
