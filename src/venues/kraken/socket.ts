// Kraken's WebSocket v2: market channels, account channels and orders. What is of the account carries a session token, for which the
// agent holds a decoy. Source: docs.kraken.com Spot WebSocket v2 and REST GetWebSocketsToken; ccxt 4.5.84 pro/kraken.
import type { VenueAnswer } from '../admin.js';
import { formatStrictJson, isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import {
  answerTo,
  bodyOf,
  hasOnly,
  isCount,
  membersOf,
  postOf,
  problemOfTopics,
  readFrame,
  readMessage,
  socketRows,
  subscriptionsTo,
  textOf,
  unknownMessage as unknown,
} from '../socket-frames.js';
import type { Refusal, SessionTokenSource, SocketMessage, VenueSocket } from '../venue.js';
import { tokenPath } from './operations.js';
import { paramsToSend, restCallOf, tradeMethods } from './socket-orders.js';

const open: ReadonlySet<string> = new Set([
  'ticker',
  'book',
  'ohlc',
  'trade',
  'instrument',
  'status',
  'heartbeat',
]);
const own: ReadonlySet<string> = new Set(['executions', 'balances', 'level3']);
const parameters = [
  'channel',
  'symbol',
  'depth',
  'snapshot',
  'interval',
  'event_trigger',
  'include_tokenized_assets',
  'token',
  'snap_orders',
  'snap_trades',
  'order_status',
  'ratecounter',
  'rebased',
  'users',
];
const symbolForm = /^[A-Za-z0-9./]{3,24}$/;
const socketPath = '/v2';
const authenticatedHost = /-auth\.|-l3\./;

export const socket: VenueSocket = {
  operations: socketRows(
    socketPath,
    ['ping', ...subscriptionsTo([...open, ...own])],
    [...tradeMethods].map(([method, name]) => [method, `POST /0/private/${name}`]),
  ),
  open({ host, path, query }) {
    if (path !== socketPath || query !== '') return undefined;
    const isOwn = authenticatedHost.test(host);
    return {
      target: { path, query },
      read: (text) => readFrame(text, (frame) => read(frame, isOwn)),
      refuse,
    };
  },
};

/** Base64 of 32 bytes, as Kraken's are; beside it stands how long it lives. */
export const sessionTokens: SessionTokenSource = {
  operations: new Set([tokenPath.slice(1)]),
  read(body) {
    const answer = membersOf(body.toString());
    if (!answer.has('error')) return undefined;
    const result = answer.get('result');
    const token = isStrictObject(result) ? result.get('token') : undefined;
    if (!isStrictObject(result) || typeof token !== 'string') return { kind: 'none' };
    const withToken = (decoy: string) =>
      Buffer.from(formatStrictJson(new Map([...answer, ['result', new Map([...result, ['token', decoy]])]])));
    return { kind: 'token', token, withToken };
  },
  makeDecoy: (randomBytes) => randomBytes(32).toString('base64').replace('=', ''),
};

function read(frame: StrictObject, isOwn: boolean): SocketMessage {
  const method = frame.get('method');
  const id = frame.get('req_id');
  if (typeof method !== 'string' || !hasOnly(frame, ['method', 'params', 'req_id']))
    return unknown('the message has no method, or a member that no message has');
  if (id !== undefined && !isCount(id)) return unknown('req_id is no whole number');
  if (method === 'ping')
    return frame.has('params') ? unknown('a ping has no params') : readMessage(method, frame);
  const params = frame.get('params');
  if (!isStrictObject(params)) return unknown('params are no object');
  if (method === 'subscribe' || method === 'unsubscribe') return subscribe(method, frame, params, isOwn);
  if (!isOwn || !tradeMethods.has(method)) return unknown('Kraken has no row for this method on this socket');
  return trade(method, frame, params);
}

function subscribe(method: string, frame: StrictObject, params: StrictObject, isOwn: boolean): SocketMessage {
  const channel = params.get('channel');
  if (typeof channel !== 'string' || !(open.has(channel) || (isOwn && own.has(channel))))
    return unknown('Kraken has no row for this channel on this socket');
  if (!hasOnly(params, parameters)) return unknown('a subscription has a member that no subscription has');
  const symbols = params.get('symbol');
  const problem =
    symbols === undefined ? undefined : problemOfTopics(symbols, (symbol) => symbolForm.test(symbol), 2000);
  if (problem !== undefined) return unknown(problem);
  const isPlain = [...params].every(
    ([name, value]) => name === 'symbol' || value === null || typeof value !== 'object' || isCount(value),
  );
  if (!isPlain) return unknown('a parameter is no plain value');
  const token = params.get('token');
  if (token === undefined)
    return open.has(channel) ? readMessage(method, frame) : unknown('the channel needs a session token');
  return {
    kind: 'login',
    operation: `${method} ${channel}`,
    token: textOf(token) ?? '',
    write: (_real, { token: real = '' }) => write(frame, new Map([...params, ['token', real]])),
  };
}

function trade(method: string, frame: StrictObject, params: StrictObject): SocketMessage {
  const id = frame.get('req_id');
  if (id === undefined) return unknown('an order without a req_id cannot be answered');
  const call = restCallOf(method, params);
  if (call === undefined) return unknown(`${method} has a parameter that is not understood`);
  return {
    kind: 'trade',
    operation: method,
    token: textOf(params.get('token')) ?? '',
    request: postOf('api.kraken.com', `/0/private/${call.name}`, call.body),
    write: (request, _real, { token = '' }) => {
      const body = bodyOf(request);
      if (!isStrictObject(body)) throw new Error(`${method} has a body that parseOrders refuses`);
      return write(frame, paramsToSend(params, body, token));
    },
    answerIn: (text) => answerIn(text, method, id),
  };
}

/** C3: what is sent is written from what was parsed. */
function write(frame: StrictObject, params: StrictObject): string {
  return formatStrictJson(new Map<string, StrictJson>([...frame, ['params', params]]));
}

/** `error` is one text here and a list in REST; an order's id is `order_id` here and `txid` there. */
function answerIn(text: string, method: string, id: StrictJson): VenueAnswer | undefined {
  const answer = answerTo(text, 'req_id', id);
  if (answer?.get('method') !== method) return undefined;
  const error = answer.get('error');
  const result = answer.get('result');
  const isBatch = Array.isArray(result);
  const body = new Map<string, StrictJson>([
    ['error', answer.get('success') === true ? [] : [typeof error === 'string' ? error : 'EGeneral:Unknown']],
    [
      'result',
      isBatch ? new Map([['orders', (result as readonly StrictJson[]).map(named)]]) : named(result ?? null),
    ],
  ]);
  return { status: 200, body: Buffer.from(formatStrictJson(body)) };
}

function named(row: StrictJson): StrictJson {
  const id = isStrictObject(row) ? row.get('order_id') : undefined;
  return isStrictObject(row) && id !== undefined ? new Map([...row, ['txid', id]]) : row;
}

function refuse(text: string, refusal: Refusal): string {
  const frame = membersOf(text);
  const id = frame.get('req_id');
  const method = textOf(frame.get('method'));
  const words = JSON.stringify(`EGeneral:Permission denied: ${refusalText(refusal)}`);
  const named = method === undefined ? '' : `"method":${JSON.stringify(method)},`;
  const echo = id !== undefined && isCount(id) ? `,"req_id":${formatStrictJson(id)}` : '';
  return `{${named}"success":false,"error":${words}${echo}}`;
}
