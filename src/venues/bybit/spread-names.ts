// Spreads, as Bybit names them, and the two orders that each consists of, by its list of instruments.
// Source: bybit-exchange/docs docs/v5/spread/market/instrument.mdx, tickers.mdx (2026-07-24).
import type { Environment } from '../../core/order.js';
import type { AdminPlace, ContractTerms, OrderName, ReferencePrice, VenueCall } from '../admin.js';
import { isStrictObject, parseStrictJson, type StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import type { InstrumentList, InstrumentSource } from '../venue.js';
import { idIn, millisIn, objectIn, objectOf, one, priceIn, rowsOf, textIn } from '../venue-answers.js';
import { ok, resultOf, signed } from './calls.js';

/** `SOLUSDT_SOL/USDT`. */
export const spreadForm = /^[A-Z0-9/-]{1,30}_[A-Z0-9/-]{1,30}$/;
/** Both are counted in the base coin. No spread has a leg of another kind. */
const legKinds: ReadonlySet<string> = new Set(['LinearPerpetual', 'LinearFutures', 'Spot']);
/** As many as one page holds. */
const most = 500;
const hosts: Readonly<Record<Environment, string>> = {
  live: 'api.bybit.com',
  paper: 'api.bybit.com',
  demo: 'api-demo.bybit.com',
};

export const isSpread = (instrument: string): boolean => instrument.includes('_');

export function isSpreadOrder({ instrument, operation, venueOrderId }: OrderName): boolean {
  return (
    isSpread(instrument) ||
    operation?.startsWith('v5/spread/') === true ||
    venueOrderId?.startsWith('spread:') === true
  );
}

/** The symbols of the first and the second leg; undefined when the list does not name them. */
export function legsOf(
  list: InstrumentList | undefined,
  spread: string,
): readonly [first: string, second: string] | undefined {
  const [first, second] = [list?.get(`${spread} 1`), list?.get(`${spread} 2`)];
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** What each spread and the number of a leg stand for: `SOLUSDT_SOL/USDT 1`. Everything else is spelled out in requests. */
export const instrumentSource: InstrumentSource = {
  isForUnnamed: true,
  requests: (environment) => [
    {
      method: 'GET',
      host: hosts[environment],
      path: '/v5/spread/instrument',
      query: `limit=${most}`,
      headers: [['accept', 'application/json']],
      body: Buffer.alloc(0),
    },
  ],
  read: ([answer = Buffer.alloc(0)]) => {
    const parsed = parseStrictJson(answer, { maxBytes: 4_194_304, maxValues: 200_000 });
    const envelope = parsed.ok && isStrictObject(parsed.value) ? parsed.value : undefined;
    const rows =
      textIn(envelope, 'retCode') === ok ? rowsOf(objectIn(envelope, 'result')?.get('list')) : undefined;
    return rows === undefined ? undefined : new Map(rows.flatMap(legNames));
  },
};

function legNames(row: StrictObject): readonly (readonly [string, string])[] {
  const spread = idIn(row, 'symbol');
  const legs = rowsOf(row.get('legs')) ?? [];
  if (spread === undefined || legs.length !== 2) return [];
  if (!legs.every((leg) => legKinds.has(textIn(leg, 'contractType') ?? ''))) return [];
  return legs.flatMap((leg, index) => {
    const symbol = idIn(leg, 'symbol');
    return symbol === undefined ? [] : [[`${spread} ${index + 1}`, symbol] as const];
  });
}

/** One of it is one coin of each leg, at the difference of their prices. */
export function askSpreadTerms(at: AdminPlace, spread: string): VenueCall<ContractTerms> {
  return {
    ...signed('GET', at, `/v5/spread/instrument?symbol=${encodeURIComponent(spread)}`),
    isPublic: true,
    read: (answer) => {
      const [row] = rowsOf(resultOf(answer)?.get('list')) ?? [];
      const [base, quote] = [idIn(row, 'baseCoin'), idIn(row, 'quoteCoin')];
      return base === undefined || quote === undefined
        ? undefined
        : { multiplier: one, isInverse: false, quote, base };
    },
  };
}

/** Not understood where it is zero or below, as a difference may be: no distance can be measured by that. */
export function askSpreadPrice(at: AdminPlace, spread: string): VenueCall<ReferencePrice> {
  return {
    ...signed('GET', at, `/v5/spread/tickers?symbol=${encodeURIComponent(spread)}`),
    isPublic: true,
    read: (answer) => {
      const [row] = rowsOf(resultOf(answer)?.get('list')) ?? [];
      const [last, atMs] = [priceIn(row, 'lastPrice'), millisIn(objectOf(answer), 'time')];
      if (last === undefined || atMs === undefined) return undefined;
      const [bid, ask] = [priceIn(row, 'bidPrice'), priceIn(row, 'askPrice')];
      return dropUndefined({ last, atMs, bid, ask }) as ReferencePrice;
    },
  };
}
