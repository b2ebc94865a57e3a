// What rests at Bybit, and cancelling it: the orders of the four categories, conditional ones among them, and orders of spreads.
// Source: bybit-exchange/docs docs/v5/order, docs/v5/spread/trade, docs/v5/demo.mdx, docs/v5/error.mdx (2026-07-24).
import type { Environment } from '../../core/order.js';
import type { RestingOrder, VenueAdmin, VenueAnswer } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { idIn, objectOf, readAll, restingOrderOf, rowsOf, sideOf, textIn } from '../venue-answers.js';
import { type Category, categories, ok, resultOf, signed } from './calls.js';

type Book = Category | 'spread';

/** Where positions are, each with what the venue wants the list narrowed by. */
export const contractLists = [
  'category=linear&settleCoin=USDT',
  'category=linear&settleCoin=USDC',
  'category=inverse',
  'category=option',
] as const;
const spotList = 'category=spot';
const spreadList = 'spread';
const pageSize = 50;

/** The same of orders. Demo trading has no spreads (demo.mdx, "Available API List"). */
const listsOf = (environment: Environment): readonly string[] => [
  spotList,
  ...contractLists,
  ...(environment === 'demo' ? [] : [spreadList]),
];

/**
 * docs/v5/enum.mdx, `createType`: one leg of a spread. It goes with the spread's order, which is in the list of spreads, and with nothing
 * else (docs/v5/error.mdx, 110115).
 */
const ofSpread = 'CreateByFutureSpread';
/** docs/v5/error.mdx: 110001 and 170213 order does not exist, 110008 and 110010 completed or cancelled already. */
const goneCodes: ReadonlySet<string> = new Set(['110001', '110008', '110010', '170213', '170142']);
/**
 * docs/v5/error.mdx: who may not trade spreads, by the key's permissions (10005), by law (10024, 110132), in isolated margin (110110), for
 * want of the newest kind of account (110111), in copy trading (110112) or in hedge mode (110113), has no orders there.
 */
const spreadlessCodes: ReadonlySet<string> = new Set([
  '10005',
  '10024',
  '110110',
  '110111',
  '110112',
  '110113',
  '110132',
]);

export const openOrders: VenueAdmin['openOrders'] = (at, page) => {
  const [named = '', cursor = ''] = (page ?? spotList).split('|');
  const lists = listsOf(at.environment);
  const list = lists.find((known) => known === named) ?? spotList;
  const book = bookOf(list);
  const tail = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  const target =
    book === 'spread'
      ? `/v5/spread/order/realtime?limit=${pageSize}${tail}`
      : `/v5/order/realtime?${list}&limit=${pageSize}${tail}`;
  const following = lists[lists.indexOf(list) + 1];
  return {
    ...signed('GET', at, target),
    ...(following === undefined ? {} : { nextList: following }),
    read: (answer) => {
      if (book === 'spread' && isSpreadless(answer)) return { orders: [] };
      const result = resultOf(answer);
      const rows = rowsOf(result?.get('list'));
      const own = rows?.filter((row) => textIn(row, 'createType') !== ofSpread);
      const orders = readAll(own, (row) => restingOrder(row, book));
      if (rows === undefined || orders === undefined) return undefined;
      const more = idIn(result, 'nextPageCursor');
      const next = more !== undefined && rows.length > 0 ? `${list}|${more}` : following;
      return { orders, ...(next === undefined ? {} : { next }) };
    },
  };
};

/** One of them: no call takes several orders of several categories. */
export const cancelOrders: VenueAdmin['cancelOrders'] = (at, [order]) => {
  const { book, id } = readId(order?.venueOrderId ?? '');
  const call =
    book === 'spread'
      ? signed('POST', at, '/v5/spread/order/cancel', { orderId: id })
      : signed('POST', at, '/v5/order/cancel', {
          category: book,
          symbol: order?.instrument ?? '',
          orderId: id,
        });
  return {
    ...call,
    read: (answer) => {
      const code = textIn(objectOf(answer), 'retCode');
      if (code === undefined) return undefined;
      const isGone = code === ok || goneCodes.has(code);
      return { canceled: isGone ? 1 : 0, failed: isGone ? 0 : 1 };
    },
  };
};

/** Our name of an order holds its category, without which Bybit cancels nothing. */
export function readId(id: string): { book: Book; id: string } {
  const book = ([...categories, 'spread'] as const).find((one) => id.startsWith(`${one}:`));
  return book === undefined ? { book: 'spot', id } : { book, id: id.slice(book.length + 1) };
}

const bookOf = (list: string): Book =>
  list === spreadList
    ? 'spread'
    : (categories.find((category) => list.startsWith(`category=${category}`)) ?? 'spot');

const isSpreadless = (answer: VenueAnswer): boolean =>
  spreadlessCodes.has(textIn(objectOf(answer), 'retCode') ?? '');

function restingOrder(row: StrictObject, book: Book): RestingOrder | undefined {
  const id = idIn(row, 'orderId');
  return restingOrderOf({
    instrument: idIn(row, 'symbol'),
    venueOrderId: id === undefined ? undefined : `${book}:${id}`,
    kind: idIn(row, 'stopOrderType') === undefined ? 'plain' : 'algo',
    side: sideOf(textIn(row, 'side')?.toLowerCase()),
    clientOrderId: idIn(row, 'orderLinkId'),
  });
}
