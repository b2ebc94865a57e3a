// IBKR's WebSocket on paper: `topic+argument+{…}` commands over an account whose session the handshake or a message names.
// Sources: ibkrcampus.com cpapi-v1 ("Websockets"), interactivebrokers.github.io/cpwebapi/RealtimeSubscription, Voyz/ibind.
import { formatDecimal } from '../../core/decimal.js';
import { isSameSecret } from '../desk.js';
import type { Exchange, PaperSocket, SocketPlace } from '../dialect.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import type { Instrument } from '../engine/instruments.js';
import type { PaperFill, PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { Fields, textFields } from '../fields.js';
import { holderOf } from '../session-tokens.js';
import { Subscriptions, type Watch, watchFills, watchOrders, watchRows } from '../watch.js';
import { snapshotRow, worth } from './account.js';
import { accountNumberOf, conidOf, contracts, orderNumberOf, type PrivateCall, type Row } from './call.js';
import { listedRow } from './order-rows.js';

export function openSocket({ path, query, cookie = '' }: SocketPlace): PaperSocket | undefined {
  if (path !== '/v1/api/ws') return undefined;
  const oauthToken = /^oauth_token=([A-Za-z0-9]+)$/.exec(query)?.[1];
  return new IbkrSocket(/^api=(\S+)$/.exec(cookie)?.[1], oauthToken);
}

const times: ReadonlySet<string> = new Set(['_updated']);
const command = /^([a-z]{3})((?:\+[A-Za-z0-9@._-]+)*)(?:\+?(\{[\s\S]*\}))?$/;

class IbkrSocket implements PaperSocket {
  readonly #subscriptions = new Subscriptions();
  #session: string | undefined;
  #account: string | undefined;
  #hasGreeted = false;

  constructor(
    session: string | undefined,
    /** Of a client that signs by OAuth. */
    readonly oauthToken: string | undefined,
  ) {
    this.#session = session;
  }

  hear(text: string, exchange: Exchange): readonly string[] {
    const greeting = this.#greet(exchange);
    try {
      return [...greeting, ...this.#act(text, exchange)];
    } catch (thrown) {
      if (!(thrown instanceof PaperFault)) throw thrown;
      return [
        ...greeting,
        JSON.stringify({ topic: 'error', error: `${thrown.code} ${thrown.subject}`.trim() }),
      ];
    }
  }

  tell(exchange: Exchange): readonly string[] {
    return [...this.#greet(exchange), ...this.#subscriptions.tell(exchange.engine)];
  }

  /** What a client is told first: who it is, or that a session is waited for. */
  #greet(exchange: Exchange): readonly string[] {
    if (this.#hasGreeted) return [];
    this.#hasGreeted = true;
    return this.#logIn(exchange);
  }

  #logIn({ engine, credentials }: Exchange): readonly string[] {
    const session = this.#session;
    const isKnown =
      this.oauthToken === undefined ||
      credentials.some(({ secrets }) => isSameSecret(secrets.accessToken?.reveal(), this.oauthToken ?? ''));
    const own = credentials.find(({ secrets }) =>
      isSameSecret(secrets.sessionToken?.reveal(), session ?? ''),
    );
    const id = session === undefined || !isKnown ? undefined : (own?.id ?? holderOf(engine, session));
    if (id === undefined) return [JSON.stringify({ message: 'waiting for session' })];
    this.#account = id;
    const number = accountNumberOf({ id });
    return [
      { topic: 'system', success: id, isFT: false, isPaper: true },
      { topic: 'sts', args: { authenticated: true, competing: false, connected: true } },
      { topic: 'act', args: { accounts: [number], selectedAccount: number } },
    ].map((row) => JSON.stringify(row));
  }

  #act(text: string, exchange: Exchange): readonly string[] {
    if (text.startsWith('{')) {
      this.#session = textFields(text).required('session');
      return this.#logIn(exchange);
    }
    const [, topic = '', list = '', json] = command.exec(text) ?? [];
    if (topic === 'tic') return [JSON.stringify({ topic: 'tic', alive: true, id: this.#account ?? '' })];
    if (topic === 'ech') return [text];
    if (this.#account === undefined) throw new PaperFault('KEY_MISSING');
    const call = { engine: exchange.engine, account: exchange.engine.account(this.#account) };
    const fields = json === undefined ? new Fields(new Map()) : textFields(json);
    const kind = topic.slice(1);
    const [target = ''] = list.split('+').slice(1);
    const name = target === '' ? kind : `${kind}+${target}`;
    if (topic.startsWith('u')) this.#subscriptions.remove(name);
    else if (topic.startsWith('s')) this.#subscriptions.add(name, watchTopic(kind, target, fields, call));
    else throw new PaperFault('NOT_ON_PAPER', topic);
    return [];
  }
}

type Call = Pick<PrivateCall, 'engine' | 'account'>;

function watchTopic(
  kind: string,
  target: string,
  fields: Fields,
  { account }: Call,
): Watch<readonly string[]> {
  switch (kind) {
    case 'md': {
      const instrument = contracts.need(target.split('@')[0] ?? '');
      return asTexts(watchRows((engine) => quoteRow(engine, instrument, fields.texts('fields')), times));
    }
    case 'or':
      return asTexts(watchLiveOrders(account));
    case 'tr':
      return asTexts(watchTrades(account));
    case 'pl':
      return asTexts(watchRows((engine) => worthRow(engine, account)));
    default:
      throw new PaperFault('NOT_ON_PAPER', kind);
  }
}

function asTexts(watch: Watch<Row>): Watch<readonly string[]> {
  return (engine) => {
    const row = watch(engine);
    return row === undefined ? undefined : [JSON.stringify(row)];
  };
}

function quoteRow(engine: Engine, instrument: Instrument, wanted: readonly string[]): Row {
  const snapshot: Row = snapshotRow(engine, instrument);
  const told = Object.entries(snapshot).filter(([name]) => wanted.includes(name));
  const conid = conidOf(instrument);
  return {
    topic: `smd+${conid}`,
    conid,
    conidEx: String(conid),
    server_id: 'q0',
    6119: 'q0',
    6509: snapshot['6509'],
    _updated: engine.nowMs,
    ...Object.fromEntries(told),
  };
}

const isShare = ({ symbol }: { symbol: string }) => contracts.listed.some((one) => one.symbol === symbol);

/** What there is at first, also when it is nothing; then what changes. */
function watchLiveOrders(account: Account): Watch<Row> {
  const watch = watchOrders(account);
  let isFirst = true;
  return (engine) => {
    const changed = watch(engine) ?? [];
    const orders: readonly PaperOrder[] = (isFirst ? account.orders() : changed).filter(isShare);
    const isSilent = !isFirst && orders.length === 0;
    isFirst = false;
    const call = { engine, account, fields: new Fields(new Map()) };
    return isSilent ? undefined : { topic: 'sor', args: orders.map((order) => listedRow(call, order)) };
  };
}

function watchTrades(account: Account): Watch<Row> {
  const watch = watchFills(account);
  let isFirst = true;
  return (engine) => {
    const news = watch(engine) ?? [];
    const fills = (isFirst ? account.fills : news).filter(isShare);
    const isSilent = !isFirst && fills.length === 0;
    isFirst = false;
    return isSilent ? undefined : { topic: 'str', args: fills.map((fill) => tradeRow(account, fill)) };
  };
}

function tradeRow(account: Account, fill: PaperFill): Row {
  const instrument = contracts.listed.find(({ symbol }) => symbol === fill.symbol);
  return {
    execution_id: fill.id,
    symbol: instrument?.base ?? '',
    side: fill.side === 'buy' ? 'B' : 'S',
    order_ref: fill.clientId ?? '',
    order_id: orderNumberOf({ id: fill.orderId }),
    size: Number(formatDecimal(fill.size)),
    price: formatDecimal(fill.price),
    commission: formatDecimal(fill.fee),
    trade_time_r: fill.atMs,
    account: accountNumberOf(account),
    conid: instrument === undefined ? '' : contracts.spell(instrument),
    sec_type: 'STK',
  };
}

/** Net liquidity, and what there is to buy with. */
function worthRow(engine: Engine, account: Account): Row {
  const nl = worth({ engine, account });
  const el = Number(formatDecimal(account.ledger.available('USDT')));
  const key = `${accountNumberOf(account)}.Core`;
  return { topic: 'spl', args: { [key]: { rowType: 1, dpl: 0, upl: 0, nl, el, uel: el, mv: nl } } };
}
