// Interactive Brokers' contracts: orders name them by number, rules and people by name. The number stays in the name, because
// one ticker stands for several contracts. Source: ibkrcampus.com cpapi-v1 "Security Definition by Contract ID" (trsrv/secdef).
import type { Decimal } from '../../core/decimal.js';
import type { HttpRequest } from '../../core/http.js';
import type { VenueAnswer } from '../admin.js';
import { isStrictObject, JsonNumber, parseStrictJson, type StrictJson } from '../json-strict.js';
import type { InstrumentList, InstrumentSource } from '../venue.js';
import { idIn, objectOf, one, ownRequest, rowsOf, unsignedIn, zero } from '../venue-answers.js';

export const host = 'api.ibkr.com';
const conidForm = /^[1-9]\d{0,11}$/;
/** Of one question; orders of one request are fewer. */
const maxConids = 200;

export interface Contract {
  /** `AAPL:265598`. */
  name: string;
  conid: string;
  /** What one unit is of: 1 for shares, currencies and coins. */
  multiplier: Decimal;
  currency: string;
}

const unitClasses: ReadonlySet<string> = new Set(['STK', 'CASH', 'CRYPTO']);

/** The number in a contract's name; undefined where there is none. */
export function conidOf(instrument: string): string | undefined {
  return /:([1-9]\d{0,11})$/.exec(instrument)?.[1];
}

export function secdefTarget(conids: readonly string[]): string {
  return `/v1/api/trsrv/secdef?conids=${conids.slice(0, maxConids).join(',')}`;
}

/** By number; undefined when the answer is not what IBKR documents. What is said incompletely is left out. */
export function contractsIn(answer: VenueAnswer): ReadonlyMap<string, Contract> | undefined {
  const rows = answer.status === 200 ? rowsOf(objectOf(answer)?.get('secdef')) : undefined;
  return (
    rows &&
    new Map(
      rows.flatMap((row) => {
        const conid = idIn(row, 'conid');
        const ticker = idIn(row, 'ticker');
        const currency = idIn(row, 'currency');
        const told = unitClasses.has(idIn(row, 'assetClass') ?? '') ? one : unsignedIn(row, 'multiplier');
        if (conid === undefined || !conidForm.test(conid) || currency === undefined) return [];
        if (ticker === undefined || !/^[A-Za-z0-9 ./-]{1,24}$/.test(ticker)) return [];
        if (told === undefined || !told.gt(zero)) return [];
        return [[conid, { name: `${ticker}:${conid}`, conid, multiplier: told, currency }] as const];
      }),
    )
  );
}

/** The contracts that an order request names. */
function conidsIn({ body }: Pick<HttpRequest, 'body'>): readonly string[] {
  const parsed = parseStrictJson(body);
  if (!parsed.ok || !isStrictObject(parsed.value)) return [];
  const orders = parsed.value.get('orders');
  const all: readonly StrictJson[] = Array.isArray(orders) ? orders : [parsed.value];
  const found = all.flatMap((order) => {
    const conid = isStrictObject(order) ? order.get('conid') : undefined;
    const text = conid instanceof JsonNumber ? conid.text : conid;
    return typeof text === 'string' && conidForm.test(text) ? [text] : [];
  });
  return [...new Set(found)];
}

/** There are millions of contracts: those that a request names are asked for. */
export const instrumentSource: InstrumentSource = {
  isForUnnamed: true,
  isByRequest: true,
  requests: (_environment, request) => {
    const conids = request === undefined ? [] : conidsIn(request);
    return conids.length === 0 ? [] : [ownRequest('GET', host, secdefTarget(conids))];
  },
  read: (answers): InstrumentList | undefined => {
    const told = answers.map((body) => contractsIn({ status: 200, body }));
    const known = told.flatMap((contracts) => (contracts === undefined ? [] : [...contracts.values()]));
    return told.includes(undefined) ? undefined : new Map(known.map(({ conid, name }) => [conid, name]));
  },
};
