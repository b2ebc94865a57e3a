// Binance's market streams: names of streams in the path, in the query or in SUBSCRIBE messages. They only tell; nothing else passes.
// Source: binance-spot-api-docs web-socket-streams.md (2026-07-21), USDⓈ-M and COIN-M "Websocket Market Streams"; ccxt 4.5.84, binance 3.6.5.
import type { StrictJson, StrictObject } from '../json-strict.js';
import {
  hasOnly,
  isMessageId,
  problemOfTopics,
  readFrame,
  readMessage,
  unknownMessage as unknown,
} from '../socket-frames.js';
import type { SocketMessage } from '../venue.js';

const interval = '\\d{1,2}[smhdwM]';
const kinds = [
  'aggTrade',
  'trade',
  'blockTrade',
  `(?:kline|markPriceKline|indexPriceKline|continuousKline)_${interval}`,
  'miniTicker',
  'ticker(?:_\\d{1,2}[hd])?',
  'bookTicker',
  'avgPrice',
  'referencePrice',
  '(?:depth|rpiDepth)(?:\\d{1,4})?',
  'markPrice',
  'indexPrice',
  'forceOrder',
  'compositeIndex',
  'assetIndex',
  'contractInfo',
  'openInterest',
  'optionTicker',
  'optionMarkPrice',
  'index',
].join('|');

/** `btcusdt@depth@100ms`, `!miniTicker@arr@3000ms`, `!bookTicker`. A listenKey is none: it names an account's stream. */
const streamForm = new RegExp(
  `^(?:[A-Za-z0-9_-]{1,40}@(?:${kinds})|!(?:${kinds})(?:@arr)?)(?:@(?:\\d{1,6}(?:ms|s)?|\\+08:00))?$`,
);

export const isStream = (name: string): boolean => streamForm.test(name);

/** `/ws`, with streams or the number by which ccxt tells its connections apart; `/stream?streams=…`. Futures have three families. */
export function readsStreams(path: string, query: string): boolean {
  const [, kind, names] = /^(?:\/(?:public|market))?\/(ws|stream)(?:\/([^?]+))?$/.exec(path) ?? [];
  const fields = query === '' ? [] : query.split('&');
  const options = fields.filter((field) => !/^timeUnit=(?:MICROSECOND|microsecond)$/.test(field));
  if (kind === 'ws')
    return options.length === 0 && (names === undefined || /^\d{1,4}$/.test(names) || areStreams(names));
  const [streams = '', more] = options;
  return (
    kind === 'stream' &&
    names === undefined &&
    more === undefined &&
    (streams === '' || (streams.startsWith('streams=') && areStreams(streams.slice('streams='.length))))
  );
}

const areStreams = (names: string): boolean => {
  const list = names.split('/');
  return list.length <= 1024 && list.every(isStream);
};

const asking: ReadonlySet<string> = new Set(['LIST_SUBSCRIPTIONS', 'GET_PROPERTY', 'SET_PROPERTY']);

export const streamMethods: readonly string[] = ['SUBSCRIBE', 'UNSUBSCRIBE', ...asking];

export function readStreamMessage(text: string): SocketMessage {
  return readFrame(text, read);
}

function read(frame: StrictObject): SocketMessage {
  const method = frame.get('method');
  const id = frame.get('id');
  if (typeof method !== 'string' || !hasOnly(frame, ['method', 'params', 'id']))
    return unknown('the message has no method, or a member that no message has');
  if (id !== undefined && id !== null && !isMessageId(id)) return unknown('the id is malformed');
  const params = frame.get('params');
  if (method === 'SUBSCRIBE' || method === 'UNSUBSCRIBE') {
    const problem = problemOfTopics(params, isStream, 1024);
    return problem === undefined ? readMessage(method, frame) : unknown(problem);
  }
  return asking.has(method) && (params === undefined || isProperty(params))
    ? readMessage(method, frame)
    : unknown('Binance’s streams have no row for this method');
}

const isProperty = (params: StrictJson): boolean =>
  Array.isArray(params) &&
  params.length <= 2 &&
  (params[0] === undefined || params[0] === 'combined') &&
  (params[1] === undefined || typeof params[1] === 'boolean');
