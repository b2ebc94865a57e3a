// Kraken's private reads over the paper account (docs.kraken.com, "Account Data").
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { averagePrice, ownedWorth, quoteFee } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { assetKey, nameOf, needOrder, type PrivateCall, pairs, type Row } from './call.js';
import { handToken } from './session-tokens.js';

const hundred = decimal('100');

type Handler = (call: PrivateCall) => Row;

export const accountRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['Balance', (call) => balances(call, (currency) => formatDecimal(call.account.ledger.total(currency)))],
  [
    'BalanceEx',
    (call) =>
      balances(call, (currency) => ({
        balance: formatDecimal(call.account.ledger.total(currency)),
        hold_trade: formatDecimal(call.account.ledger.held(currency)),
      })),
  ],
  ['GetApiKeyInfo', keyInfo],
  ['GetWebSocketsToken', handToken],
  ['OpenOrders', (call) => ({ open: named(call.account.openOrders()) })],
  ['ClosedOrders', closedOrders],
  [
    'QueryOrders',
    (call) =>
      named(
        call.fields
          .required('txid')
          .split(',')
          .map((name) => needOrder(call, name)),
      ),
  ],
  ['TradesHistory', trades],
  ['OpenPositions', () => ({})],
  ['TradeVolume', tradeVolume],
  [
    'TradeBalance',
    (call) => {
      const worth = formatDecimal(ownedWorth(call).round(4));
      return { eb: worth, tb: worth, m: '0', n: '0', c: '0', v: '0', e: worth, mf: worth };
    },
  ],
]);

/** "Get Trade Volume": fees in percent, of the pairs that are named. */
function tradeVolume({ fields }: PrivateCall): Row {
  const named = (fields.text('pair') ?? '').split(',').filter((name) => name !== '');
  const fees = (feeOf: (instrument: Instrument) => Decimal) =>
    Object.fromEntries(
      named.map((name) => {
        const instrument = pairs.need(name);
        const fee = formatDecimal(feeOf(instrument).times(hundred));
        const row = { fee, minfee: fee, maxfee: fee, nextfee: null, nextvolume: null, tiervolume: '0' };
        return [pairs.spell(instrument), row];
      }),
    );
  return {
    currency: 'ZUSD',
    volume: '0',
    ...(named.length === 0
      ? {}
      : { fees: fees(({ takerFee }) => takerFee), fees_maker: fees(({ makerFee }) => makerFee) }),
  };
}

function balances({ account }: PrivateCall, row: (currency: string) => unknown): Row {
  return Object.fromEntries(
    account.ledger.currencies().map((currency) => [assetKey(currency), row(currency)]),
  );
}

/** A key that may read and trade, not withdraw. */
function keyInfo({ engine }: PrivateCall): Row {
  return {
    api_key_name: 'tradebox paper',
    nonce: String(engine.nowMs),
    nonce_window: 0,
    permissions: ['query-funds', 'query-open-trades', 'query-closed-trades', 'modify-trades', 'close-trades'],
    ip_allowlist: [],
    valid_until: '0',
    created_time: '0',
    modified_time: '0',
    last_used: String(engine.second),
  };
}

function closedOrders({ account }: PrivateCall): Row {
  const closed = account.orders().filter(({ state }) => state === 'filled' || state === 'canceled');
  return { closed: named(closed), count: closed.length };
}

function named(orders: readonly PaperOrder[]): Row {
  return Object.fromEntries(orders.map((order) => [nameOf('O', order.id), orderRow(order)]));
}

const seconds = (ms: number) => ms / 1000;

function orderRow(order: PaperOrder): Row {
  const { side, price, trigger, memo } = order;
  const ordertype = memo.ordertype ?? 'limit';
  const limit = price === undefined ? '0' : formatDecimal(price);
  const isDone = order.state === 'filled';
  const status = order.state === 'canceled' ? 'canceled' : isDone ? 'closed' : 'open';
  return {
    refid: null,
    userref: null,
    cl_ord_id: order.clientId ?? null,
    status,
    opentm: seconds(order.createdMs),
    starttm: 0,
    expiretm: 0,
    ...(status === 'open' ? {} : { closetm: seconds(order.updatedMs), reason: null }),
    descr: {
      pair: pairs.of(order),
      type: side,
      ordertype,
      price: trigger === undefined ? limit : formatDecimal(trigger),
      price2: trigger === undefined ? '0' : limit,
      leverage: 'none',
      order: describe(order),
      close: '',
    },
    vol: formatDecimal(order.size),
    vol_exec: formatDecimal(order.filled),
    cost: formatDecimal(order.cost),
    fee: quoteFee(order),
    price: averagePrice(order) ?? '0',
    stopprice: trigger === undefined ? '0' : formatDecimal(trigger),
    limitprice: '0',
    misc: '',
    oflags: memo.oflags ?? 'fciq',
  };
}

/** `buy 0.1 XBTUSDT @ limit 90000`, `sell 0.1 XBTUSDT @ stop loss 90000 -> limit 89000` */
export function describe(order: PaperOrder): string {
  const { side, price, trigger, quantity, memo } = order;
  const limit = price === undefined ? 'market' : `limit ${formatDecimal(price)}`;
  const kind = (memo.ordertype ?? '').replace(/-limit$/, '').replace('-', ' ');
  const after = price === undefined ? '' : ` -> ${limit}`;
  const at = trigger === undefined ? limit : `${kind} ${formatDecimal(trigger)}${after}`;
  return `${side} ${formatDecimal(quantity.value)} ${pairs.of(order)} @ ${at}`;
}

function trades({ account }: PrivateCall): Row {
  const rows = account.fills.map((fill) => [
    nameOf('T', fill.id),
    {
      ordertxid: nameOf('O', fill.orderId),
      pair: pairs.of(fill),
      time: seconds(fill.atMs),
      type: fill.side,
      ordertype: fill.memo.ordertype ?? 'limit',
      price: formatDecimal(fill.price),
      cost: formatDecimal(fill.price.times(fill.size)),
      fee: formatDecimal(fill.fee),
      vol: formatDecimal(fill.size),
      margin: '0',
      misc: '',
    },
  ]);
  return { trades: Object.fromEntries(rows) as Row, count: rows.length };
}
