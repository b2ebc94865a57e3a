// IBKR's reads over the paper account: accounts, orders, positions, worth, contracts, snapshots. A cash account in dollars.
// Source: ibkrcampus.com cpapi-v1 ("Accounts", "Contract", "Live Orders", "Portfolio", "Market Data").
import { decimal, formatDecimal } from '../../core/decimal.js';
import { dayQuote, minuteBars } from '../desk.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { accountNumberOf, conidOf, contracts, needOrder, type PrivateCall, type Row } from './call.js';
import { listedRow, statusRow } from './order-rows.js';
import { sessionOf } from './sessions.js';

const zero = decimal('0');
const cash = 'USDT';

type Handler = (call: PrivateCall) => unknown;

export const accountRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET iserver/accounts', accounts],
  ['GET portfolio/accounts', ({ account }) => [portfolioRow(accountNumberOf(account))]],
  ['GET iserver/account/orders', orders],
  ['GET iserver/marketdata/snapshot', (call) => conidsOf(call).map((one) => snapshotRow(call.engine, one))],
  ['GET iserver/marketdata/history', history],
  ['GET trsrv/secdef', (call) => ({ secdef: conidsOf(call).map(definitionRow) })],
  ['GET trsrv/stocks', stocks],
  ['GET iserver/secdef/search', search],
  ['POST iserver/secdef/search', search],
  ['POST iserver/auth/status', () => ({ authenticated: true, competing: false, connected: true })],
  ['POST iserver/auth/ssodh/init', () => ({ authenticated: true, competing: false, connected: true })],
  ['POST tickle', tickle],
]);

/** What is read of one account or order; undefined when the path is not on paper. Throws KEY_UNKNOWN for another account. */
export function ownRead(path: string, call: PrivateCall): unknown {
  const [, number] = /^iserver\/account\/order\/status\/(\d+)$/.exec(path) ?? [];
  if (number !== undefined) return statusRow(call, needOrder(call, number));
  const [, account, rest] = /^portfolio2?\/([A-Z0-9]+)\/(.+)$/.exec(path) ?? [];
  if (account === undefined) return undefined;
  needOwn(call, account);
  if (rest === 'positions' || rest === 'positions/0')
    return holdings(call).map((one) => positionRow(call, one));
  if (rest === 'summary') return { netliquidation: { amount: worth(call), currency: 'USD', isNull: false } };
  return rest === 'ledger' ? ledger(call) : undefined;
}

/** Throws PaperFault KEY_UNKNOWN. */
export function needOwn({ account }: PrivateCall, number: string): void {
  if (number !== accountNumberOf(account)) throw new PaperFault('KEY_UNKNOWN', number);
}

function accounts({ account }: PrivateCall): Row {
  const number = accountNumberOf(account);
  return {
    accounts: [number],
    aliases: { [number]: number },
    selectedAccount: number,
    isFT: false,
    isPaper: true,
  };
}

function portfolioRow(number: string): Row {
  return {
    id: number,
    accountId: number,
    displayName: number,
    currency: 'USD',
    type: 'DEMO',
    tradingType: 'STKCASH',
  };
}

function orders(call: PrivateCall): Row {
  const wanted = call.fields.text('accountId');
  if (wanted !== undefined) needOwn(call, wanted);
  return { orders: call.account.orders().map((order) => listedRow(call, order)), snapshot: true };
}

function conidsOf({ fields }: PrivateCall): readonly Instrument[] {
  return fields
    .required('conids')
    .split(',')
    .flatMap((conid) => contracts.find(conid) ?? []);
}

/** Prices as texts; 6509 says that they are of this moment. */
export function snapshotRow(engine: Engine, one: Instrument): Row {
  const { last, bid, ask } = dayQuote(engine, one);
  return {
    conid: conidOf(one),
    conidEx: contracts.spell(one),
    31: last,
    84: bid.price,
    85: ask.size,
    86: ask.price,
    88: bid.size,
    55: one.base,
    6509: 'RB',
    _updated: engine.nowMs,
  };
}

/** Bars of a minute over so many minutes or hours until now; all hours are the same on paper. */
function history({ engine, fields }: PrivateCall): Row {
  const one = contracts.need(fields.required('conid'));
  fields.oneOf('bar', ['1min']);
  const [, count = '', unit] = /^([1-9]\d?)(min|h)$/.exec(fields.required('period')) ?? [];
  const length = Number(count) * (unit === 'h' ? 60 : 1);
  if (unit === undefined || length > (unit === 'h' ? 480 : 30))
    throw new PaperFault('PARAMETER_BAD', 'period');
  const data = minuteBars(engine, one, length)
    .toReversed()
    .map(({ startMs, open, high, low, close, volume }) => ({
      t: startMs,
      o: Number(open),
      h: Number(high),
      l: Number(low),
      c: Number(close),
      v: Number(volume),
    }));
  return {
    symbol: one.base,
    timePeriod: `${count}${unit}`,
    barLength: 60,
    mdAvailability: 'S',
    outsideRth: fields.text('outsideRth') === 'true',
    data,
    points: data.length,
  };
}

function definitionRow(one: Instrument): Row {
  return {
    conid: conidOf(one),
    ticker: one.base,
    name: one.base,
    fullName: one.base,
    assetClass: 'STK',
    currency: 'USD',
    listingExchange: 'NASDAQ',
    type: 'COMMON',
    multiplier: 0.0,
    hasOptions: false,
    isUS: true,
  };
}

function stocks({ fields }: PrivateCall): Row {
  const wanted = fields.required('symbols').split(',');
  const found = contracts.listed.filter(({ base }) => wanted.includes(base));
  return Object.fromEntries(
    found.map((one) => [
      one.base,
      [
        {
          name: one.base,
          assetClass: 'STK',
          contracts: [{ conid: conidOf(one), exchange: 'NASDAQ', isUS: true }],
        },
      ],
    ]),
  );
}

function search({ fields }: PrivateCall): readonly Row[] {
  const symbol = fields.required('symbol');
  return contracts.listed
    .filter(({ base }) => base === symbol)
    .map((one) => ({
      conid: contracts.spell(one),
      companyName: one.base,
      symbol: one.base,
      description: 'NASDAQ',
      sections: [{ secType: 'STK' }],
    }));
}

function tickle(call: PrivateCall): Row {
  return {
    session: sessionOf(call),
    ssoExpires: 600_000,
    collission: false,
    iserver: { authStatus: { authenticated: true, competing: false, connected: true } },
  };
}

function holdings({ account: { ledger: held } }: Pick<PrivateCall, 'account'>): readonly Instrument[] {
  return contracts.listed.filter(({ base }) => held.total(base).gt(zero));
}

function positionRow({ account, engine }: PrivateCall, one: Instrument): Row {
  const quantity = account.ledger.total(one.base);
  const price = engine.market.last(one, engine.second);
  return {
    acctId: accountNumberOf(account),
    conid: contracts.spell(one),
    position: Number(formatDecimal(quantity)),
    description: one.base,
    secType: 'STK',
    assetClass: 'STK',
    currency: 'USD',
    marketPrice: Number(formatDecimal(price)),
    marketValue: Number(formatDecimal(price.times(quantity))),
  };
}

export function worth(call: Pick<PrivateCall, 'account' | 'engine'>): number {
  const { account, engine } = call;
  const shares = holdings(call).map((one) =>
    account.ledger.total(one.base).times(engine.market.last(one, engine.second)),
  );
  const all = shares.reduce((sum, value) => sum.plus(value), account.ledger.total(cash));
  return Number(formatDecimal(all));
}

function ledger(call: PrivateCall): Row {
  const { ledger: own } = call.account;
  const row = {
    cashbalance: Number(formatDecimal(own.total(cash))),
    settledcash: Number(formatDecimal(own.available(cash))),
    netliquidationvalue: worth(call),
    currency: 'USD',
  };
  return { USD: row, BASE: { ...row, currency: 'BASE' } };
}
