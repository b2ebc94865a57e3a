// Coinbase Advanced's sockets: market data and the user channel, subscribed to channel by channel; a JWT in the message is checked and
// minted anew. They carry no order. Source: docs.cdp.coinbase.com "Advanced Trade WebSocket"; coinbase-api 1.2.6, ccxt 4.5.84.
import { formatStrictJson, type StrictJson, type StrictObject } from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import {
  hasOnly,
  problemOfTopics,
  readFrame,
  readMessage,
  socketRows,
  subscriptionsTo,
  textOf,
  unknownMessage as unknown,
} from '../socket-frames.js';
import type { Refusal, SocketMessage, VenueSocket } from '../venue.js';
import { checkJwt, mintJwt } from './jwt.js';

const open: ReadonlySet<string> = new Set([
  'heartbeats',
  'candles',
  'status',
  'ticker',
  'ticker_batch',
  'level2',
  'market_trades',
]);
const own: ReadonlySet<string> = new Set(['user', 'futures_balance_summary']);
const productForm = /^[A-Z0-9-]{1,40}$/;

export const socket: VenueSocket = {
  operations: socketRows('/', subscriptionsTo([...open, ...own])),
  open({ path, query }) {
    if (path !== '/' || query !== '') return undefined;
    return { target: { path, query }, read: (text) => readFrame(text, read), refuse };
  },
};

function read(frame: StrictObject): SocketMessage {
  const type = frame.get('type');
  const channel = frame.get('channel');
  if (type !== 'subscribe' && type !== 'unsubscribe') return unknown('Coinbase has no row for this type');
  // The legacy key's `api_key`, `signature` and `timestamp` are members that no message has.
  if (!hasOnly(frame, ['type', 'channel', 'product_ids', 'jwt']))
    return unknown('a subscription has a member that no subscription has');
  if (typeof channel !== 'string' || !(open.has(channel) || own.has(channel)))
    return unknown('Coinbase has no row for this channel');
  const products = frame.get('product_ids');
  const isNone = products === undefined || (Array.isArray(products) && products.length === 0);
  const problem = isNone ? undefined : problemOfTopics(products, (id) => productForm.test(id));
  if (problem !== undefined) return unknown(problem);
  if (!frame.has('jwt'))
    return open.has(channel)
      ? readMessage(type, frame)
      : unknown('the channel is of an account and needs a JWT');
  const token = textOf(frame.get('jwt')) ?? '';
  return {
    kind: 'login',
    operation: `${type} ${channel}`,
    authenticate: (decoy) => checkJwt(token, decoy, undefined),
    write: (real, stamp) =>
      formatStrictJson(new Map<string, StrictJson>([...frame, ['jwt', mintJwt(real, undefined, stamp)]])),
  };
}

function refuse(_text: string, refusal: Refusal): string {
  return JSON.stringify({ type: 'error', message: refusalText(refusal) });
}
