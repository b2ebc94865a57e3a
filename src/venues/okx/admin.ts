// The sidecar's own calls to OKX: what rests, cancelling it, one order's state, positions, prices, contract terms.
// Source: OKX v5 reference, "Order Book Trading", "Trading Account", "Public Data"; every number is a string there.
import { decimal, parseDecimal, parseUnsigned } from '../../core/decimal.js';
import { readMarginMode } from '../../core/position.js';
import type { ContractTerms, PlacedOrder, RestingOrder, VenueAdmin } from '../admin.js';
import { balancesOf } from '../balances.js';
import { formatStrictJson, isStrictObject, parseStrictJson, type StrictJson } from '../json-strict.js';
import { codeOf, envelopeOf, get, post, prefix, type Row, rowsIn, rowsOf, text } from './calls.js';
import { setDeadMan } from './dead-man.js';
import { orderBook, priceRange } from './depth.js';
import { baseOf, kindOfInstrument, quoteOf } from './instrument.js';
import { keyFacts, serverTime } from './key-facts.js';
import { askAlgo, askOrder, orderState } from './order-state.js';
import { covers } from './products.js';

/** Orders of a page. */
const pageSize = 100;
/** "Cancel algo order" takes 10, "Cancel multiple orders" 20. */
const batchSize = 10;
const zero = decimal('0');
const one = decimal('1');
/**
 * "Error codes": 50004 "does not indicate success or failure of order", 50026 system error; 51149 the order timed out
 * (nautilus_okx OKX_ORDER_REQUEST_TIMEOUT_CODE: the outcome is unknown). 50001 and 50013 take no request at all.
 */
const unknownCodes: ReadonlySet<string> = new Set(['50004', '50026', '51149']);

export const admin: VenueAdmin = {
  setDeadMan,
  keyFacts,
  serverTime,
  orderBook,
  priceRange,
  cancelBatchSize: batchSize,
  covers,
  openOrders: (at, page) => {
    const { list, after } = readPage(page);
    const query = `limit=${pageSize}${after === '' ? '' : `&after=${after}`}`;
    const path =
      list === 'plain' ? `trade/orders-pending?${query}` : `trade/orders-algo-pending?${list}&${query}`;
    const following = followingList(list);
    return {
      ...get(at, path),
      ...(following === undefined ? {} : { nextList: following }),
      read: (answer) => {
        const rows = rowsOf(answer);
        if (rows === undefined) return undefined;
        const orders = rows.map((row) => restingOrder(row, list === 'plain' ? 'plain' : 'algo'));
        if (!orders.every((order) => order !== undefined)) return undefined;
        const last = orders.at(-1)?.venueOrderId;
        const isFull = rows.length === pageSize && last !== undefined;
        const next = isFull ? `${list}|${last}` : following;
        return { orders, ...(next === undefined ? {} : { next }) };
      },
    };
  },
  cancelOrders: (at, orders) => {
    const isAlgo = orders[0]?.kind === 'algo';
    const body = orders.map(({ instrument, venueOrderId }) => ({
      instId: instrument,
      [isAlgo ? 'algoId' : 'ordId']: venueOrderId,
    }));
    return {
      ...post(at, isAlgo ? 'trade/cancel-algos' : 'trade/cancel-batch-orders', body),
      read: (answer) => {
        const rows = rowsOf(answer, anyCode);
        if (rows?.length !== orders.length) return undefined;
        const canceled = rows.filter((row) => isGone(text(row, 'sCode'))).length;
        return { canceled, failed: rows.length - canceled };
      },
    };
  },
  findOrder: (at, { instrument, operation, clientOrderId, venueOrderId }) => {
    if (algoOperations.has(operation ?? '')) {
      const id = venueOrderId === undefined ? `algoClOrdId=${clientOrderId ?? ''}` : `algoId=${venueOrderId}`;
      return askAlgo(get(at, `trade/order-algo?${id}`), (number) =>
        get(at, `trade/order?instId=${instrument}&ordId=${number}`),
      );
    }
    const id = clientOrderId === undefined ? `ordId=${venueOrderId ?? ''}` : `clOrdId=${clientOrderId}`;
    return askOrder(get(at, `trade/order?instId=${instrument}&${id}`));
  },
  // "Get order history (last 7 days)": rows as those of "Get order details", newest first, `after`: "records earlier than the requested
  // ordId". Margin orders are in a list of their own.
  endedOrders: (at, instrument, ids) => ({
    ...get(at, `trade/orders-history?instType=${typeOf(instrument)}&instId=${instrument}${pageOf(ids)}`),
    read: (answer) => {
      const told = rowsOf(answer)?.map(orderState);
      return told?.every((state) => state !== undefined) ? told : undefined;
    },
  }),
  positions: (at) => ({
    ...get(at, 'account/positions'),
    read: (answer) => {
      const rows = rowsOf(answer)?.map((row) => {
        const instrument = text(row, 'instId');
        const size = parseDecimal(text(row, 'pos'));
        if (instrument === undefined || size === undefined) return undefined;
        const marginMode = readMarginMode(text(row, 'mgnMode'));
        const held = { instrument, ...(marginMode === undefined ? {} : { marginMode }) };
        const side = text(row, 'posSide');
        if (side !== 'long' && side !== 'short') return { ...held, quantity: size };
        // In long/short mode both sides are written as positive numbers.
        const quantity = side === 'short' ? zero.minus(size.abs()) : size;
        return { ...held, quantity, isHedged: true as const };
      });
      return rows?.every((row) => row !== undefined)
        ? rows.filter(({ quantity }) => !quantity.eq(zero))
        : undefined;
    },
  }),
  // `totalEq`: "the total amount of equity in USD", over all currencies of the trading account.
  equity: (at) => ({
    ...get(at, 'account/balance'),
    read: (answer) => {
      const rows = rowsOf(answer);
      return rows?.length === 1 ? parseDecimal(text(rows[0], 'totalEq')) : undefined;
    },
  }),
  // "Get balance": `cashBal` of a currency, of which `availBal` is not in use by orders.
  balances: (at) => ({
    ...get(at, 'account/balance'),
    read: (answer) => {
      const [account, second] = rowsOf(answer) ?? [];
      const details = account?.get('details');
      if (second !== undefined || !Array.isArray(details)) return undefined;
      const rows: readonly StrictJson[] = details;
      return !rows.every(isStrictObject)
        ? undefined
        : balancesOf(rows, (row) => ({
            currency: text(row, 'ccy'),
            total: parseDecimal(text(row, 'cashBal')),
            free: parseDecimal(text(row, 'availBal')),
          }));
    },
  }),
  isCloseHeldToReduce: true,
  // "posSide": "This parameter must be filled in under the long/short mode". One instrument may be held cross and isolated at once.
  closePosition: (at, { instrument, quantity, isHedged, marginMode = 'cross' }) => ({
    ...post(at, 'trade/close-position', {
      instId: instrument,
      mgnMode: marginMode,
      autoCxl: true,
      ...(isHedged === true ? { posSide: quantity.gt(zero) ? 'long' : 'short' } : {}),
    }),
    read: (answer) => {
      const code = codeOf(answer);
      return code === undefined ? undefined : { isAccepted: code === '0' };
    },
  }),
  pairName: (base, quote) => `${base}-${quote}`,
  referencePrice: (at, instrument) => ({
    ...get(at, `market/ticker?instId=${instrument}`),
    isPublic: true,
    read: (answer) => {
      const [row] = rowsOf(answer) ?? [];
      const last = parseUnsigned(text(row, 'last'));
      const atMs = Number(text(row, 'ts'));
      if (last === undefined || last.eq(zero) || !Number.isSafeInteger(atMs)) return undefined;
      const bid = parseUnsigned(text(row, 'bidPx'));
      const ask = parseUnsigned(text(row, 'askPx'));
      return { last, atMs, ...(bid === undefined ? {} : { bid }), ...(ask === undefined ? {} : { ask }) };
    },
  }),
  termsMembers: ['code'],
  contractTerms: (at, instrument) => ({
    ...get(at, `public/instruments?instType=${typeOf(instrument)}&instId=${instrument}`),
    isPublic: true,
    read: (answer) => {
      const [row] = rowsOf(answer) ?? [];
      return row === undefined ? undefined : termsOf(row, instrument);
    },
  }),
  isTrouble: (answer) => /^(?:50001|50004|50013|50026)$/.test(codeOf(answer) ?? ''),
  readPlaced: (answer) => {
    const envelope = envelopeOf(answer);
    const code = text(envelope, 'code');
    if (code === undefined || unknownCodes.has(code)) return undefined;
    const rows = rowsIn(envelope, anyCode);
    // An error of the whole request carries no rows: nothing was placed. A success without rows says nothing.
    if (rows === undefined || rows.length === 0)
      return code === '0' ? undefined : [{ isAccepted: false, code }];
    return rows.some((row) => unknownCodes.has(text(row, 'sCode') ?? '')) ? undefined : rows.map(placedOrder);
  },
  withClientOrderIds: (request, makeId) => {
    const parsed = parseStrictJson(request.body);
    const operation = request.path.slice(prefix.length);
    if (!parsed.ok || !bearsIds.has(operation)) return undefined;
    const name = operation === placingAlgo ? 'algoClOrdId' : 'clOrdId';
    const stamped = Array.isArray(parsed.value)
      ? parsed.value.map((entry: StrictJson) => stampId(entry, name, makeId))
      : stampId(parsed.value, name, makeId);
    return { ...request, body: Buffer.from(formatStrictJson(stamped)) };
  },
};

/** Takes its id as `algoClOrdId`. */
const placingAlgo = 'trade/order-algo';
/** What is placed or amended here is asked for as an algo order. */
const algoOperations: ReadonlySet<string> = new Set([placingAlgo, 'trade/amend-algos']);
/** Order operations whose objects have a client order id. */
const bearsIds: ReadonlySet<string> = new Set([
  'trade/order',
  'trade/batch-orders',
  'trade/close-position',
  placingAlgo,
]);
const anyCode = (): boolean => true;
/** 51603 order does not exist; 51400 to 51410: already gone. */
const goneCodes: ReadonlySet<string> = new Set(['0', '51400', '51401', '51402', '51410', '51603']);
const isGone = (code: string | undefined): boolean => code !== undefined && goneCodes.has(code);

/**
 * The lists of what rests, in the order they are asked for: each family of algo orders, then plain orders. An order that is triggered
 * between two lists moves from those to these, so it is in one that is still to come.
 */
const lists = [
  'ordType=conditional,oco',
  'ordType=trigger',
  'ordType=move_order_stop',
  'ordType=twap',
  'plain',
] as const;
type List = (typeof lists)[number];

function readPage(page: string | undefined): { list: List; after: string } {
  const [named, after = ''] = (page ?? '').split('|');
  return { list: lists.find((list) => list === named) ?? lists[0], after };
}

function followingList(list: List): string | undefined {
  const next = lists[lists.indexOf(list) + 1];
  return next === undefined ? undefined : `${next}|`;
}

function typeOf(instrument: string): string {
  if (kindOfInstrument(instrument) === 'spot') return 'SPOT';
  if (instrument.endsWith('-SWAP')) return 'SWAP';
  return /-[CP]$/.test(instrument) ? 'OPTION' : 'FUTURES';
}

function restingOrder(row: Row, kind: RestingOrder['kind']): RestingOrder | undefined {
  const instrument = text(row, 'instId');
  const venueOrderId = text(row, kind === 'algo' ? 'algoId' : 'ordId');
  if (instrument === undefined || venueOrderId === undefined || venueOrderId === '') return undefined;
  const side = text(row, 'side');
  const clientOrderId = text(row, kind === 'algo' ? 'algoClOrdId' : 'clOrdId');
  return {
    instrument,
    venueOrderId,
    kind,
    ...(side === 'buy' || side === 'sell' ? { side } : {}),
    ...(clientOrderId === undefined || clientOrderId === '' ? {} : { clientOrderId }),
  };
}

/** The page that ends with the newest of these; others may have ended meanwhile. */
function pageOf(ids: readonly string[]): string {
  let newest = 0n;
  for (const id of ids) if (/^\d{1,30}$/.test(id) && BigInt(id) > newest) newest = BigInt(id);
  return `&after=${newest + 1n}&limit=${Math.min(pageSize, 2 * ids.length)}`;
}

function termsOf(row: Row, instrument: string): ContractTerms | undefined {
  if (kindOfInstrument(instrument) === 'spot')
    return { multiplier: one, isInverse: false, quote: quoteOf(instrument), base: baseOf(instrument) };
  const value = parseUnsigned(text(row, 'ctVal'));
  const factor = parseUnsigned(text(row, 'ctMult'));
  const kind = text(row, 'ctType');
  const family = /^[A-Z0-9]+-([A-Z0-9]+)/.exec(instrument)?.[1];
  if (value === undefined || factor === undefined || family === undefined) return undefined;
  if (kind !== 'linear' && kind !== 'inverse') return undefined;
  return { multiplier: value.times(factor), isInverse: kind === 'inverse', quote: family };
}

function placedOrder(row: Row): PlacedOrder {
  const code = text(row, 'sCode');
  const venueOrderId = text(row, 'ordId') || text(row, 'algoId');
  const clientOrderId = text(row, 'clOrdId') || text(row, 'algoClOrdId');
  // close-position answers without sCode: the envelope's code was success.
  const isAccepted = code === undefined || code === '0';
  return {
    isAccepted,
    ...(venueOrderId === undefined || venueOrderId === '' ? {} : { venueOrderId }),
    ...(clientOrderId === undefined || clientOrderId === '' ? {} : { clientOrderId }),
    ...(isAccepted || code === undefined ? {} : { code }),
  };
}

/** An algo order that bears the okx CLI's `clOrdId` keeps it, under the name that OKX asks by, too. */
function stampId(entry: StrictJson, name: string, makeId: () => string): StrictJson {
  if (!isStrictObject(entry) || entry.has(name)) return entry;
  return new Map([...entry, [name, entry.get('clOrdId') ?? makeId()]]);
}
