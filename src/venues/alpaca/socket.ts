// Alpaca's sockets: market data and the account's trade updates. Both take the credential in a message: the decoy goes out, the real one in.
// They carry no order. Source: docs.alpaca.markets "Streaming Market Data", "Websocket Streaming"; SDK 4.0.2 streaming, ccxt 4.5.84.
import { isSameText, revealHeader } from '../client-headers.js';
import { formatStrictJson, isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import {
  hasOnly,
  invalid,
  membersOf,
  problemOfTopics,
  readFrame,
  readMessage,
  socketRows,
  subscriptionsTo,
  textOf,
  unknownMessage as unknown,
} from '../socket-frames.js';
import type {
  Authentication,
  DecoyCredential,
  RealCredential,
  Refusal,
  SocketMessage,
  VenueSocket,
} from '../venue.js';
import { fieldNames } from './credential.js';

/** Which messages a socket takes. */
type SocketKind = 'data' | 'trading';

/** How an upgrade to market data asks for MessagePack (SDK 4.0.2 streaming/websocket.ts, alpaca-py data/live/websocket.py). */
const messagePack = 'application/msgpack';
const dataHost = 'stream.data.alpaca.markets';
const dataPath =
  /^\/(?:v2\/(?:sip|iex|delayed_sip|boats|overnight|test)|v1beta[23]\/crypto(?:\/[a-z]{2}(?:-\d)?)?|v1beta1\/(?:indicative|opra|news))$/;

const channels = [
  'trades',
  'quotes',
  'bars',
  'updatedBars',
  'dailyBars',
  'statuses',
  'lulds',
  'imbalances',
  'corrections',
  'cancelErrors',
  'orderbooks',
  'news',
];
const symbolForm = /^(?:\*|[A-Za-z0-9./_-]{1,32})$/;

export const socket: VenueSocket = {
  operations: [
    ...['/v2/{feed}', '/v1beta1/{feed}', '/v1beta3/crypto/{location}'].flatMap((path) =>
      socketRows(path, ['auth', 'authenticate', ...subscriptionsTo(channels)]),
    ),
    ...socketRows('/stream', ['auth', 'authenticate', 'listen']),
  ],
  open({ host, path, query, contentType }) {
    const kind: SocketKind = host === dataHost ? 'data' : 'trading';
    if (query !== '' || !(kind === 'data' ? dataPath.test(path) : path === '/stream')) return undefined;
    const isPacked = kind === 'data' && contentType === messagePack;
    return {
      target: { path, query },
      ...(isPacked ? { encoding: 'msgpack' as const } : {}),
      read: (text) => readFrame(text, (frame) => read(frame, kind)),
      refuse: (text, refusal) => refuse(text, refusal, kind),
    };
  },
};

function read(frame: StrictObject, kind: SocketKind): SocketMessage {
  const action = frame.get('action');
  if (action === 'auth' || action === 'authenticate') return login(frame, action);
  if (kind === 'trading') {
    const data = frame.get('data');
    if (action !== 'listen' || !hasOnly(frame, ['action', 'data']) || !isStrictObject(data))
      return unknown('the trading socket only listens');
    const problem = problemOfTopics(data.get('streams'), (name) => name === 'trade_updates', 10);
    return problem === undefined && hasOnly(data, ['streams'])
      ? readMessage('listen', frame)
      : unknown(problem ?? 'a member that no message has');
  }
  if ((action !== 'subscribe' && action !== 'unsubscribe') || !hasOnly(frame, ['action', ...channels]))
    return unknown('the data socket only subscribes to its channels');
  for (const [name, symbols] of frame) {
    const isEmpty = Array.isArray(symbols) && symbols.length === 0;
    if (name === 'action' || isEmpty) continue;
    const problem = problemOfTopics(symbols, (symbol) => symbolForm.test(symbol), 5000);
    if (problem !== undefined) return unknown(problem);
  }
  return readMessage(action, frame);
}

/** A key pair, beside the action or within `data`; or a token, which takes the word `oauth` for its key, or a name of its own. */
interface Sent {
  key?: string | undefined;
  secret?: string | undefined;
  token?: string | undefined;
  /** Members of `data` are named otherwise than those beside the action. */
  isNested: boolean;
}

function login(frame: StrictObject, action: string): SocketMessage {
  const sent = credentialOf(frame);
  if (sent === undefined) return unknown('a login carries a key pair or a token, and nothing else');
  return {
    kind: 'login',
    operation: action,
    authenticate: (decoy) => check(sent, decoy),
    write: (real) =>
      formatStrictJson(new Map<string, StrictJson>([['action', action], ...members(sent, real)])),
  };
}

function credentialOf(frame: StrictObject): Sent | undefined {
  const data = frame.get('data');
  if (data === undefined) {
    const [key, secret] = [textOf(frame.get('key')), textOf(frame.get('secret'))];
    if (!hasOnly(frame, ['action', 'key', 'secret']) || key === undefined || secret === undefined)
      return undefined;
    return key === 'oauth' ? { token: secret, isNested: false } : { key, secret, isNested: false };
  }
  if (!isStrictObject(data) || !hasOnly(frame, ['action', 'data'])) return undefined;
  const [key, secret, token] = ['key_id', 'secret_key', 'oauth_token'].map((name) => textOf(data.get(name)));
  if (token !== undefined && data.size === 1) return { token, isNested: true };
  return key !== undefined && secret !== undefined && data.size === 2
    ? { key, secret, isNested: true }
    : undefined;
}

function check({ key, secret, token }: Sent, decoy: DecoyCredential): Authentication {
  const {
    [fieldNames.key]: decoyKey,
    [fieldNames.secret]: decoySecret,
    [fieldNames.token]: decoyToken,
  } = decoy;
  if (token !== undefined)
    return decoyToken !== undefined && isSameText(token, decoyToken)
      ? { kind: 'valid' }
      : invalid('the token is not the decoy');
  if (decoyKey === undefined || decoySecret === undefined) return invalid('this box holds no Alpaca decoy');
  if (!isSameText(key ?? '', decoyKey)) return invalid('the key is not the decoy');
  return isSameText(secret ?? '', decoySecret) ? { kind: 'valid' } : invalid('the secret is not the decoy');
}

function members({ isNested }: Sent, real: RealCredential): readonly (readonly [string, StrictJson])[] {
  const reveal = (field: string) => revealHeader(real, field, 'Alpaca');
  if (real[fieldNames.key] === undefined && real[fieldNames.token] !== undefined) {
    const token = reveal(fieldNames.token);
    return isNested
      ? [['data', new Map([['oauth_token', token]])]]
      : [
          ['key', 'oauth'],
          ['secret', token],
        ];
  }
  const [key, secret] = [reveal(fieldNames.key), reveal(fieldNames.secret)];
  return isNested
    ? [
        [
          'data',
          new Map([
            ['key_id', key],
            ['secret_key', secret],
          ]),
        ],
      ]
    : [
        ['key', key],
        ['secret', secret],
      ];
}

/** 402 "auth failed" and 409 "insufficient subscription"; the trading socket words its refusals by stream. */
function refuse(text: string, refusal: Refusal, kind: SocketKind): string {
  const action = textOf(membersOf(text).get('action'));
  const isLogin = action === 'auth' || action === 'authenticate';
  const message = refusalText(refusal);
  if (kind === 'data') return JSON.stringify([{ T: 'error', code: isLogin ? 402 : 409, msg: message }]);
  const data = isLogin
    ? { action: 'authenticate', status: 'unauthorized', message }
    : { streams: [], error: message };
  return JSON.stringify({ stream: isLogin ? 'authorization' : 'listening', data });
}
