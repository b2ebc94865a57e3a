// The sidecar's own calls to Tradier. A token reaches every account of its user, so each question is put to all of them.
// Sources: documentation.tradier.com/brokerage-api/accounts, /markets/get-quotes, /markets/get-clock, /trading; QuantConnect
// Lean.Brokerages.Tradier (the orders endpoint without a page lists what is of today or still pending).
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import type { Environment } from '../../core/order.js';
import type {
  AdminPlace,
  PlacedOrder,
  ReferencePrice,
  RestingOrder,
  VenueAdmin,
  VenueAnswer,
  VenueCall,
  VenueOrderState,
  VenuePosition,
} from '../admin.js';
import { askEach } from '../conversation.js';
import { formatForm, formType, readFormBody } from '../form-body.js';
import { dropUndefined } from '../order-fields.js';
import {
  closedBy,
  idIn,
  objectIn,
  objectOf,
  one,
  ownRequest,
  priceIn,
  readAll,
  signedIn,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import { accountsIn, errorIn, listIn, orderState, quoteOf, restingOrder, stateIn } from './answers.js';
import { orderBook, priceRange, quotesTarget } from './depth.js';

const host: Readonly<Record<Environment, string>> = {
  live: 'api.tradier.com',
  demo: 'sandbox.tradier.com',
  paper: 'sandbox.tradier.com',
};
const profile = '/v1/user/profile';
/** What Tradier says of a cancel that comes too late (Lean.Brokerages.Tradier, TradierBrokerage.Execute). */
const isOverText = 'already in finalized state';
/**
 * "Error Responses": 200 with `errors` where a system behind the API refuses, 400 and 401 where the API does. What else
 * answers with an error may have come from in between.
 */
const refusedStatuses: ReadonlySet<number> = new Set([200, 400, 401, 403, 429]);

export const admin: VenueAdmin = {
  // A token is of the host that it was made for; Tradier has no withdrawals for tokens of its customers, and does not say so.
  keyFacts: (at) => ({
    ...signed('GET', at, profile),
    read: (answer) => {
      const accounts = accountsIn(answer);
      if (accounts === undefined) return undefined;
      return {
        canTrade: accounts.some(({ isActive }) => isActive),
        isOfEnvironment: true,
        venueAccounts: accounts.map(({ number }) => number),
      };
    },
  }),
  serverTime: (at) => ({
    ...signed('GET', at, '/v1/markets/clock'),
    read: (answer) => {
      const seconds = Number(textIn(objectIn(objectOf(answer), 'clock'), 'timestamp'));
      return Number.isSafeInteger(seconds) && seconds > 0 ? seconds * 1000 : undefined;
    },
  }),
  openOrders: (at) =>
    askAll<{ orders: readonly RestingOrder[] }>(at, { orders: [] }, (account, known) => ({
      target: ordersTarget(account),
      read: (answer) => {
        const rows = listIn(answer, 'orders', 'order');
        // An unknown status may rest.
        if (rows?.some((row) => stateIn(row) === undefined) !== false) return undefined;
        const resting = rows.filter((row) => stateIn(row) === 'resting');
        const orders = readAll(resting, (row) => restingOrder(row, account));
        return orders === undefined ? undefined : { orders: [...known.orders, ...orders] };
      },
    })),
  cancelBatchSize: 1,
  cancelOrders: (at, [order]) => ({
    ...signed('DELETE', at, `/v1/accounts/${order?.venueAccount ?? ''}/orders/${order?.venueOrderId ?? ''}`),
    read: (answer) => {
      const isTaken = textIn(objectIn(objectOf(answer), 'order'), 'status') === 'ok';
      const error = errorIn(answer);
      if (!isTaken && error === undefined) return undefined;
      const isGone = isTaken || error?.includes(isOverText) === true;
      return { canceled: isGone ? 1 : 0, failed: isGone ? 0 : 1 };
    },
  }),
  findOrder: (at, { clientOrderId, venueOrderId }) =>
    askAll<VenueOrderState | 'absent'>(
      at,
      'absent',
      (account) => ({
        target:
          venueOrderId === undefined
            ? ordersTarget(account)
            : `/v1/accounts/${account}/orders/${venueOrderId}?includeTags=true`,
        read: (answer) =>
          venueOrderId === undefined ? byTag(answer, clientOrderId) : byId(answer, venueOrderId),
      }),
      (found) => found !== 'absent',
    ),
  positions: (at) =>
    askAll<readonly VenuePosition[]>(at, [], (account, known) => ({
      target: `/v1/accounts/${account}/positions`,
      read: (answer) => {
        const held = readAll(listIn(answer, 'positions', 'position'), (row) => {
          const instrument = idIn(row, 'symbol');
          const quantity = signedIn(row, 'quantity');
          return instrument === undefined || quantity === undefined
            ? undefined
            : { instrument, quantity, venueAccount: account };
        });
        return held && [...known, ...held];
      },
    })),
  equity: (at) =>
    askAll<Decimal>(at, zero, (account, known) => ({
      target: `/v1/accounts/${account}/balances`,
      read: (answer) => {
        const worth = signedIn(objectIn(objectOf(answer), 'balances'), 'total_equity');
        return worth && known.plus(worth);
      },
    })),
  closePosition: (at, position) => ({
    ...signed('POST', at, `/v1/accounts/${position.venueAccount ?? ''}/orders`, closingOrder(position)),
    read: (answer) => closedBy(answer, readPlaced(answer)),
  }),
  referencePrice: (at, instrument) => ({
    ...signed('GET', at, quotesTarget(instrument)),
    read: (answer) => {
      const row = quoteOf(answer, instrument);
      const last = priceIn(row, 'last');
      const atMs = Number(textIn(row, 'trade_date'));
      if (last === undefined || !Number.isSafeInteger(atMs) || atMs <= 0) return undefined;
      const [bid, ask] = [priceIn(row, 'bid'), priceIn(row, 'ask')];
      return dropUndefined({ last, atMs, isOfTrade: true, bid, ask }) as ReferencePrice;
    },
  }),
  orderBook: (at, instrument) => orderBook((target) => signed('GET', at, target), instrument),
  priceRange: (at, instrument, window) =>
    priceRange((target) => signed('GET', at, target), instrument, window),
  termsMembers: ['quotes'],
  contractTerms: (at, instrument) => ({
    ...signed('GET', at, quotesTarget(instrument)),
    read: (answer) => {
      const row = quoteOf(answer, instrument);
      if (row === undefined) return undefined;
      // An option is of as many shares as `contract_size` says, 100 as a rule.
      const multiplier = textIn(row, 'type') === 'option' ? unsignedIn(row, 'contract_size') : one;
      return multiplier === undefined ? undefined : { multiplier, isInverse: false, quote: 'USD' };
    },
  }),
  readPlaced,
  withClientOrderIds: (request, makeId) => {
    if (request.method !== 'POST' || !/^\/v1\/accounts\/[A-Z0-9]+\/orders$/.test(request.path))
      return undefined;
    const form = readFormBody(request);
    // One tag cannot name both orders of a pair.
    if (!form.ok || (form.fields.get('tag') ?? '') !== '' || form.fields.get('class') === 'oco')
      return undefined;
    const fields = new Map([...form.fields, ['tag', makeId()]]);
    return { ...request, body: Buffer.from(formatForm(fields)) };
  },
};

function signed(method: string, at: AdminPlace, target: string, body?: string) {
  const sent = body === undefined ? undefined : { type: formType, text: body };
  return { request: ownRequest(method, host[at.environment], target, sent), isPublic: false };
}

const ordersTarget = (account: string): string => `/v1/accounts/${account}/orders?includeTags=true`;

/** A question to every account of the token; `read` adds an answer to what the accounts before it said. */
function askAll<Result>(
  at: AdminPlace,
  start: Result,
  ask: (account: string, known: Result) => { target: string; read(answer: VenueAnswer): Result | undefined },
  isAll?: (known: Result) => boolean,
): VenueCall<Result> {
  const accounts = {
    parts: signed('GET', at, profile),
    read: (answer: VenueAnswer) => accountsIn(answer)?.map(({ number }) => number),
  };
  const call = (account: string, known: Result): VenueCall<Result> => {
    const { target, read } = ask(account, known);
    return { ...signed('GET', at, target), read };
  };
  return askEach(accounts, start, call, isAll);
}

/** A tag is the client's own text: of two orders with the same one nobody knows which is meant. */
function byTag(
  answer: VenueAnswer,
  clientOrderId: string | undefined,
): VenueOrderState | 'absent' | undefined {
  const rows = listIn(answer, 'orders', 'order');
  const [found, other] = rows?.filter((row) => idIn(row, 'tag') === clientOrderId) ?? [];
  if (rows === undefined || clientOrderId === undefined || other !== undefined) return undefined;
  return found === undefined ? 'absent' : orderState(found);
}

/** Another account's order is not found; anything else that is no order tells nothing. */
function byId(answer: VenueAnswer, venueOrderId: string): VenueOrderState | 'absent' | undefined {
  if (answer.status === 404) return 'absent';
  const row = objectIn(objectOf(answer), 'order');
  if (row === undefined) return answer.status === 400 && errorIn(answer) !== undefined ? 'absent' : undefined;
  return idIn(row, 'id') === venueOrderId ? orderState(row) : undefined;
}

function closingOrder({ instrument, quantity }: VenuePosition): string {
  const [, root] = /^([A-Z]{1,6})\d?\d{6}[CP]\d{8}$/.exec(instrument) ?? [];
  const isLong = quantity.gt(zero);
  const order =
    root === undefined
      ? { class: 'equity', symbol: instrument, side: isLong ? 'sell' : 'buy_to_cover' }
      : {
          class: 'option',
          symbol: root,
          option_symbol: instrument,
          side: isLong ? 'sell_to_close' : 'buy_to_close',
        };
  const terms = { quantity: formatDecimal(quantity.abs()), type: 'market', duration: 'day' };
  return formatForm(new Map(Object.entries({ ...order, ...terms })));
}

/** A request is one order at Tradier, whatever its legs. */
function readPlaced(answer: VenueAnswer): readonly PlacedOrder[] | undefined {
  const order = objectIn(objectOf(answer), 'order');
  const venueOrderId = idIn(order, 'id');
  if (venueOrderId !== undefined)
    return textIn(order, 'status') === 'ok' ? [{ isAccepted: true, venueOrderId }] : undefined;
  const isFault = answer.status !== 200 && objectOf(answer)?.has('fault') === true;
  const isRefused = refusedStatuses.has(answer.status) && (isFault || errorIn(answer) !== undefined);
  return isRefused ? [{ isAccepted: false, code: isFault ? 'fault' : 'errors' }] : undefined;
}
