// The sidecar's own calls to Hyperliquid: questions by the account's address at /info, cancels and closing orders at /exchange.
// Source: hyperliquid.gitbook.io info and exchange endpoints; @nktkas/hyperliquid 0.32.2 types of their answers.
import type {
  AdminPlace,
  PlacedOrder,
  RestingOrder,
  VenueAdmin,
  VenueAnswer,
  VenueCall,
  VenueOrderState,
} from '../admin.js';
import {
  formatStrictJson,
  isStrictObject,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import {
  idIn,
  jsonOf,
  millisIn,
  objectIn,
  objectOf,
  orderStateOf,
  readAll,
  restingOrderOf,
  rowsOf,
  signedIn,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import { assetSource } from './assets.js';
import { exchange, info } from './calls.js';
import { closeAt } from './closing.js';
import { setDeadMan } from './dead-man.js';
import { filledAt } from './fills.js';
import { marketCalls } from './market-calls.js';
import { accountAt, ownAccount, ownSigner } from './own-address.js';

/** Rest is placed by these alone: a TWAP is in no list of open orders. */
const covered: ReadonlySet<string> = new Set(['exchange#order', 'exchange#modify', 'exchange#batchModify']);
/** Stands before the id of an order whose market the venue's lists do not name. */
const unnamed = '?';
/** What a cancel of an order that rests no more is answered with. */
const gone = /never placed|already canceled|filled/i;
export const admin: VenueAdmin = {
  setDeadMan,
  covers: (operation) => covered.has(operation),
  // userRole tells `agent` for an API wallet, which the venue lets sign neither withdrawals nor sends; `user` for the
  // account's own key, which can; `missing` for a key that nobody approved on this network, or no longer.
  keyFacts: (at) => {
    let master = '';
    return {
      ...info(at, { type: 'userRole', user: ownSigner }),
      read: (answer) => {
        const told = objectOf(answer);
        const role = textIn(told, 'role');
        master = idIn(objectIn(told, 'data'), 'user') ?? '';
        const known = role === undefined ? {} : { rights: [role] };
        if (role === 'agent' && master !== '')
          return { canWithdraw: false, canTrade: true, venueAccounts: [master], ...known };
        if (role === 'user') return { canWithdraw: true, canTrade: true, ...known };
        return role === 'missing' ? { isOfEnvironment: false } : undefined;
      },
      // The address asked by must be of the account whose orders the key places: signing refuses another one.
      follow: (facts) =>
        facts.canWithdraw === false
          ? {
              ...info(at, { type: 'userRole', user: accountAt(master) }),
              read: (answer) => (textIn(objectOf(answer), 'role') === 'user' ? facts : undefined),
            }
          : undefined,
    };
  },
  serverTime: (at) => ({
    ...info(at, { type: 'exchangeStatus' }),
    read: (answer) => millisIn(objectOf(answer), 'time'),
  }),
  openOrders: (at) => ({
    ...info(at, { type: 'frontendOpenOrders', user: ownAccount }),
    read: (answer) => {
      const orders = readAll(rowsOf(jsonOf(answer)), restingOrder);
      return orders === undefined ? undefined : { orders };
    },
    follow: ({ orders }) => (orders.length === 0 ? undefined : numbered(at, orders)),
  }),
  cancelBatchSize: 50,
  cancelOrders: (at, orders) => {
    const cancels = orders.flatMap(({ venueOrderId }) => {
      const { asset, oid } = readId(venueOrderId);
      return asset === unnamed ? [] : [{ a: Number(asset), o: Number(oid) }];
    });
    return {
      ...exchange(at, { type: 'cancel', cancels }),
      read: (answer) => {
        const statuses = statusesOf(answer);
        if (statuses?.length !== cancels.length) return undefined;
        const canceled = statuses.filter(
          (status) => status === 'success' || gone.test(textIn(objectLike(status), 'error') ?? ''),
        ).length;
        return { canceled, failed: orders.length - canceled };
      },
    };
  },
  findOrder: (at, { clientOrderId, venueOrderId }) => {
    let row: StrictObject | undefined;
    return {
      ...info(at, {
        type: 'orderStatus',
        user: ownAccount,
        oid: venueOrderId === undefined ? (clientOrderId ?? '') : Number(readId(venueOrderId).oid),
      }),
      read: (answer) => {
        const told = objectOf(answer);
        if (textIn(told, 'status') === 'unknownOid') return 'absent';
        row = objectIn(objectIn(told, 'order'), 'order');
        return orderState(objectIn(told, 'order'));
      },
      follow: (told) => {
        const [coin, placedMs] = [idIn(row, 'coin'), Number(textIn(row, 'timestamp') ?? Number.NaN)];
        if (told === 'absent' || told.filled.eq(zero) || coin === undefined) return undefined;
        return Number.isSafeInteger(placedMs) ? filledAt(at, told, { coin, placedMs }) : undefined;
      },
    };
  },
  positions: (at) => ({
    ...info(at, { type: 'clearinghouseState', user: ownAccount }),
    read: (answer) => {
      const positions = readAll(rowsOf(objectOf(answer)?.get('assetPositions')), (row) => {
        const position = objectIn(row, 'position');
        const instrument = idIn(position, 'coin');
        const quantity = signedIn(position, 'szi');
        return instrument === undefined || quantity === undefined ? undefined : { instrument, quantity };
      });
      return positions?.filter(({ quantity }) => !quantity.eq(zero));
    },
  }),
  isCloseHeldToReduce: true,
  closePosition: (at, position) => {
    let order: StrictObject | undefined;
    return {
      ...info(at, { type: 'metaAndAssetCtxs' }),
      read: (answer) => {
        order = closeAt(jsonOf(answer), position);
        return order === undefined ? undefined : { isAccepted: false };
      },
      follow: () => ({
        ...exchange(at, { type: 'order' }, new Map([...(order ?? [])])),
        read: (answer) => {
          const [placed] = readPlaced(answer) ?? [];
          return placed === undefined ? undefined : { isAccepted: placed.isAccepted };
        },
      }),
    };
  },
  ...marketCalls,
  readPlaced,
  withClientOrderIds: (request, makeId) => {
    const parsed = parseStrictJson(request.body);
    const body = parsed.ok && isStrictObject(parsed.value) ? parsed.value : undefined;
    const action = objectIn(body, 'action');
    const orders = rowsOf(action?.get('orders'));
    if (body === undefined || action === undefined || orders === undefined) return undefined;
    if (action.get('type') !== 'order') return undefined;
    const stamped = orders.map((order) =>
      order.has('c') ? order : new Map([...order, ['c', clientIdOf(makeId())]]),
    );
    const changed = new Map(body).set('action', new Map(action).set('orders', stamped));
    return { ...request, body: Buffer.from(formatStrictJson(changed)) };
  },
};

/** Our ids end in 16 hex digits of chance; Hyperliquid's are 128 bits, and this one begins with `tbx`. */
function clientIdOf(id: string): string {
  return `0x${Buffer.from('tbx').toString('hex')}${id.slice(-16).padStart(26, '0')}`;
}

const objectLike = (json: StrictJson): StrictObject | undefined => (isStrictObject(json) ? json : undefined);

/** Our name of a resting order holds the number of its market, without which nothing is cancelled. */
function readId(id: string): { asset: string; oid: string } {
  const [asset = '', oid] = id.split(':');
  return oid === undefined ? { asset: unnamed, oid: id } : { asset, oid };
}

function restingOrder(row: StrictObject): RestingOrder | undefined {
  const side = textIn(row, 'side');
  return restingOrderOf({
    instrument: idIn(row, 'coin'),
    venueOrderId: idIn(row, 'oid'),
    kind: 'plain',
    side: side === 'B' ? 'buy' : side === 'A' ? 'sell' : undefined,
    clientOrderId: idIn(row, 'cloid'),
  });
}

/** The orders with the numbers of their markets: both lists are asked for, one after the other. */
function numbered(
  at: AdminPlace,
  orders: readonly RestingOrder[],
  known: readonly Buffer[] = [],
): VenueCall<{ orders: readonly RestingOrder[] }> {
  const answers = [...known];
  const type = known.length === 0 ? 'meta' : 'spotMeta';
  return {
    ...info(at, { type }),
    read: (answer) => {
      answers.push(answer.body);
      if (known.length === 0) return rowsOf(objectOf(answer)?.get('universe')) && { orders };
      const assets = assetSource.read(answers);
      if (assets === undefined) return undefined;
      const byName = new Map([...assets].map(([number, name]) => [name, number]));
      return {
        orders: orders.map((order) => ({
          ...order,
          venueOrderId: `${byName.get(order.instrument) ?? unnamed}:${order.venueOrderId}`,
        })),
      };
    },
    follow: () => (known.length === 0 ? numbered(at, orders, answers) : undefined),
  };
}

function orderState(told: StrictObject | undefined): VenueOrderState | undefined {
  const row = objectIn(told, 'order');
  const [whole, left] = [unsignedIn(row, 'origSz'), unsignedIn(row, 'sz')];
  return orderStateOf({
    state: stateOf(textIn(told, 'status') ?? ''),
    venueOrderId: idIn(row, 'oid'),
    filled: whole === undefined || left === undefined || left.gt(whole) ? undefined : whole.minus(left),
    averagePrice: undefined,
    clientOrderId: idIn(row, 'cloid'),
  });
}

/** "Query order status": besides these words many that end in Canceled or Rejected, each with its reason. */
function stateOf(status: string): VenueOrderState['state'] | undefined {
  if (status === 'open' || status === 'triggered') return 'resting';
  if (status === 'filled') return 'filled';
  if (/canceled$/i.test(status) || status === 'scheduledCancel') return 'canceled';
  return /rejected$/i.test(status) ? 'rejected' : undefined;
}

/** One status for each order or cancel of an action; undefined for any other answer. */
function statusesOf(answer: VenueAnswer): readonly StrictJson[] | undefined {
  const told = objectOf(answer);
  const statuses = objectIn(objectIn(told, 'response'), 'data')?.get('statuses');
  return textIn(told, 'status') === 'ok' && Array.isArray(statuses)
    ? (statuses as readonly StrictJson[])
    : undefined;
}

function readPlaced(answer: VenueAnswer): readonly PlacedOrder[] | undefined {
  const told = objectOf(answer);
  const status = textIn(told, 'status');
  // The action as a whole was refused.
  if (status === 'err') return [{ isAccepted: false, code: idIn(told, 'response') ?? 'err' }];
  const statuses = statusesOf(answer);
  if (statuses !== undefined) return readAll(statuses, placedOrder);
  const kind = textIn(objectIn(told, 'response'), 'type');
  return status === 'ok' && kind === 'default' ? [{ isAccepted: true }] : undefined;
}

function placedOrder(status: StrictJson): PlacedOrder | undefined {
  // A cancel; exits that wait for their order, or for their price.
  if (['success', 'waitingForFill', 'waitingForTrigger'].includes(String(status)))
    return { isAccepted: true };
  const told = objectLike(status);
  const error = idIn(told, 'error');
  if (error !== undefined) return { isAccepted: false, code: error };
  const placed = objectIn(told, 'resting') ?? objectIn(told, 'filled');
  const venueOrderId = idIn(placed, 'oid');
  if (venueOrderId === undefined) return undefined;
  return dropUndefined({
    isAccepted: true,
    venueOrderId,
    clientOrderId: idIn(placed, 'cloid'),
  }) as PlacedOrder;
}
