// What rests at Binance, and cancelling it: the books' orders, those of order lists among them, and conditional orders.
// Sources: binance-spot-api-docs rest-api.md ("Current open orders"; "Cancel order": cancelling one order of a list ends the list);
// developers.binance.com USDⓈ-M Futures, "Current All Open Orders", "Current All Algo Open Orders", "Cancel Algo Order".
import type { AdminPlace, RestingOrder, VenueAdmin, VenueAnswer } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import {
  type CallParts,
  idIn,
  jsonOf,
  objectOf,
  ownRequest,
  readAll,
  restingOrderOf,
  rowsOf,
  sideOf,
  textIn,
} from '../venue-answers.js';
import {
  type AlgoList,
  algoListOfId,
  algoListsOf,
  type Book,
  bookOfId,
  booksOf,
  idOf,
  numberOf,
  spot,
} from './books.js';

// errors.md: -2013 no such order, -2011 cancel rejected (it is gone), -2015 no permission; Margin Trading, "Error Code": -3003 no margin account.
const goneCodes: ReadonlySet<string> = new Set(['-2011', '-2013']);
const closedCodes: ReadonlySet<string> = new Set(['-2015', '-3003']);
/** A deprecated list that answers with this was taken away: nothing rests there, and a kill must not fail for it. */
const noSuchPath = 404;

export function signed(method: string, at: AdminPlace, book: Book, target: string): CallParts {
  return { request: ownRequest(method, book.hosts[at.environment], target), isPublic: false };
}

/** A key without the right to a book of derivatives or margin has no orders there. Spot is asked first and proves the key. */
export function isClosedTo(answer: VenueAnswer, book: Book): boolean {
  return book !== spot && closedCodes.has(textIn(objectOf(answer), 'code') ?? '');
}

const isEmpty = (answer: VenueAnswer, list: Book | AlgoList): boolean =>
  'all' in list
    ? isClosedTo(answer, list.book) || (list.isDeprecated && answer.status === noSuchPath)
    : isClosedTo(answer, list);

export const openOrders: VenueAdmin['openOrders'] = (at, page) => {
  // A conditional order that is triggered between two lists moves to a book, so to one that is still to come; spot has none.
  // What may be gone any day comes late.
  const books = booksOf(at.environment).filter((book) => book !== spot);
  const algoLists = algoListsOf(at.environment);
  const old = (book: Book): AlgoList[] => algoLists.filter((list) => list.isDeprecated && list.book === book);
  const lists = [
    spot,
    ...algoLists.filter(({ isDeprecated }) => !isDeprecated),
    ...books.flatMap((book) => [...old(book), book]),
  ];
  const index = Math.max(
    0,
    lists.findIndex(({ prefix }) => prefix === page),
  );
  const list = lists[index] ?? spot;
  const [book, path] = 'all' in list ? [list.book, list.all] : [list, `${list.prefix}/openOrders`];
  const next = lists[index + 1]?.prefix;
  return {
    ...signed('GET', at, book, path),
    read: (answer) => {
      const orders = isEmpty(answer, list)
        ? []
        : readAll(rowsOf(jsonOf(answer)), (row) => restingOrder(row, list));
      return orders === undefined ? undefined : { orders, ...(next === undefined ? {} : { next }) };
    },
    ...(next === undefined ? {} : { nextList: next }),
  };
};

/** What begins the query about one conditional order. */
export const named = ({ names }: AlgoList, instrument: string): string =>
  names.isBySymbol ? `symbol=${instrument}&` : '';

/** One of them: no book takes several orders of several symbols. */
export const cancelOrders: VenueAdmin['cancelOrders'] = (at, [order]) => {
  const { instrument = '', venueOrderId = '' } = order ?? {};
  const algo = algoListOfId(venueOrderId);
  const book = algo?.book ?? bookOfId(venueOrderId);
  const number = numberOf(venueOrderId);
  const target =
    algo === undefined
      ? `${book.prefix}/order?symbol=${instrument}&orderId=${number}`
      : `${algo.one}?${named(algo, instrument)}${algo.names.id}=${number}`;
  return {
    ...signed('DELETE', at, book, target),
    read: (answer) => {
      const row = objectOf(answer);
      if (row === undefined) return undefined;
      const code = textIn(row, 'code') ?? '200';
      const isGone =
        code === '200' ? row.has(algo === undefined ? 'orderId' : algo.names.id) : goneCodes.has(code);
      return { canceled: isGone ? 1 : 0, failed: isGone ? 0 : 1 };
    },
  };
};

function restingOrder(row: StrictObject, list: Book | AlgoList): RestingOrder | undefined {
  const isAlgo = 'all' in list;
  const names = isAlgo ? list.names : { id: 'orderId', client: 'clientOrderId' };
  const number = idIn(row, names.id);
  return restingOrderOf({
    instrument: idIn(row, 'symbol'),
    venueOrderId: number === undefined ? undefined : idOf(list, number),
    kind: isAlgo ? 'algo' : 'plain',
    side: sideOf(textIn(row, 'side')?.toLowerCase()),
    clientOrderId: idIn(row, names.client),
  });
}
