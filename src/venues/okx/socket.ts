// OKX's sockets: logins re-signed, subscriptions by table, order operations handed on as the REST requests they stand for.
// Source: OKX v5 reference "WebSocket": login signs timestamp + 'GET' + '/users/self/verify'; operations carry id, op and args.
import { isSameText, revealHeader, revealSigningSecret } from '../client-headers.js';
import { hmac } from '../hmac.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import {
  answerTo,
  bodyOf,
  hasOnly,
  isCount,
  membersOf,
  postOf,
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
  SocketMessage,
  SocketSession,
  Stamp,
  VenueSocket,
} from '../venue.js';
import { channelParameters, channels, type SocketKind } from './channels.js';
import { fieldNames } from './credential.js';
import { permissionCode } from './refusal.js';

/** WebSocket operation → the REST path that does the same. */
const tradePaths: ReadonlyMap<string, string> = new Map([
  ['order', 'trade/order'],
  ['batch-orders', 'trade/batch-orders'],
  ['cancel-order', 'trade/cancel-order'],
  ['batch-cancel-orders', 'trade/cancel-batch-orders'],
  ['amend-order', 'trade/amend-order'],
  ['batch-amend-orders', 'trade/amend-batch-orders'],
  ['mass-cancel', 'trade/mass-cancel'],
  ['sprd-order', 'sprd/order'],
  ['sprd-cancel-order', 'sprd/cancel-order'],
  ['sprd-amend-order', 'sprd/amend-order'],
  ['sprd-mass-cancel', 'sprd/mass-cancel'],
]);
const listOperations: ReadonlySet<string> = new Set([
  'batch-orders',
  'batch-cancel-orders',
  'batch-amend-orders',
]);

const paths: ReadonlyMap<string, SocketKind> = new Map([
  ['/ws/v5/public', 'public'],
  ['/ws/v5/private', 'private'],
  ['/ws/v5/business', 'business'],
]);

/** Most subscriptions in one message. */
const mostArguments = 240;

export const socket: VenueSocket = {
  operations: [...paths].flatMap(([path, kind]) =>
    socketRows(
      path,
      ['ping', ...(kind === 'public' ? [] : ['login']), ...subscriptionsTo(channels[kind])],
      kind === 'public'
        ? []
        : [...tradePaths].map(([operation, rest]) => [operation, `POST /api/v5/${rest}`]),
    ),
  ),
  open({ path, query }) {
    const kind = paths.get(path);
    // Clients of the demo hosts send the number of OKX's simulated broker.
    if (kind === undefined || !/^(?:brokerId=\d{1,8})?$/.test(query)) return undefined;
    return { target: { path, query }, read: (text) => read(text, kind), refuse } satisfies SocketSession;
  },
};

/** The signature of a login: base64 HMAC-SHA256 over fixed words and the time in seconds. */
export function loginSignature(secret: string, timestamp: string): string {
  return hmac('sha256', secret, [`${timestamp}GET/users/self/verify`], 'base64');
}

function read(text: string, kind: SocketKind): SocketMessage {
  if (text === 'ping') return { kind: 'read', operation: 'ping', text };
  return readFrame(text, (message) => readOperation(message, kind));
}

function readOperation(message: StrictObject, kind: SocketKind): SocketMessage {
  const operation = message.get('op');
  const entries = message.get('args');
  const id = message.get('id');
  if (typeof operation !== 'string' || !Array.isArray(entries))
    return unknown('the message has no op with args');
  if (id !== undefined && !(typeof id === 'string' && /^[A-Za-z0-9_-]{0,64}$/.test(id)) && !isCount(id))
    return unknown('the id is malformed');
  const list = entries as readonly StrictJson[];
  const rest = tradePaths.get(operation);
  if (rest !== undefined && kind === 'public') return unknown('the public socket takes no orders');
  if (!hasOnly(message, ['id', 'op', 'args', ...(rest === undefined ? [] : ['expTime'])]))
    return unknown('the operation has a member that no operation has');
  if (rest !== undefined) return trade(operation, rest, message, list);
  if (operation === 'login' && kind !== 'public') return login(id, list);
  if (operation === 'subscribe' || operation === 'unsubscribe')
    return subscribe(operation, message, list, kind);
  return unknown('OKX has no row for this operation');
}

function subscribe(
  operation: 'subscribe' | 'unsubscribe',
  message: StrictObject,
  list: readonly StrictJson[],
  kind: SocketKind,
): SocketMessage {
  if (list.length === 0 || list.length > mostArguments)
    return unknown('the number of channels is out of bounds');
  for (const entry of list) {
    if (!isStrictObject(entry)) return unknown('a channel is not an object');
    const channel = entry.get('channel');
    if (typeof channel !== 'string' || !channels[kind].has(channel))
      return unknown(`the ${kind} socket has no row for this channel`);
    for (const [name, value] of entry) {
      if (!channelParameters.has(name) || typeof value !== 'string')
        return unknown('a channel has a parameter that no channel has');
    }
  }
  return readMessage(operation, message);
}

function trade(
  operation: string,
  rest: string,
  message: StrictObject,
  list: readonly StrictJson[],
): SocketMessage {
  const id = message.get('id');
  if (id === undefined || id === '') return unknown('an order without an id cannot be answered');
  const isList = listOperations.has(operation);
  const [first] = list;
  if (!isList && (list.length !== 1 || first === undefined))
    return unknown('the operation takes exactly one order');
  const expiry = message.get('expTime');
  if (expiry !== undefined && !(typeof expiry === 'string' && /^\d{1,15}$/.test(expiry)))
    return unknown('expTime is no time');
  const members = [...message].filter(([name]) => name !== 'args');
  return {
    kind: 'trade',
    operation,
    request: postOf('www.okx.com', `/api/v5/${rest}`, isList ? list : (first ?? null)),
    write: (sent) => {
      const body = bodyOf(sent);
      // C3: what is sent is written from what was parsed.
      const args = Array.isArray(body) ? body : [body];
      return formatStrictJson(new Map<string, StrictJson>([...members, ['args', args]]));
    },
    // Answers repeat id and op, and hold code, data and msg as REST does.
    answerIn: (answer) =>
      answerTo(answer, 'id', id)?.get('op') === operation
        ? { status: 200, body: Buffer.from(answer) }
        : undefined,
  };
}

const loginFields = ['apiKey', 'passphrase', 'timestamp', 'sign'];

function login(id: StrictJson | undefined, list: readonly StrictJson[]): SocketMessage {
  const [account] = list;
  if (list.length !== 1 || !isStrictObject(account)) return unknown('a login names exactly one account');
  const sent = loginFields.map((name) => account.get(name));
  if (account.size !== loginFields.length || sent.includes(undefined))
    return unknown('a login carries apiKey, passphrase, timestamp and sign');
  const [key, passphrase, time, sign] = sent.map(textOf);
  return {
    kind: 'login',
    operation: 'login',
    authenticate: (decoy) => checkLogin({ key, passphrase, time, sign }, decoy),
    write: (real, stamp) => writeLogin(id, real, stamp),
  };
}

function checkLogin(
  {
    key = '',
    passphrase = '',
    time = '',
    sign = '',
  }: Record<'key' | 'passphrase' | 'time' | 'sign', string | undefined>,
  decoy: DecoyCredential,
): Authentication {
  const { [fieldNames.key]: decoyKey, [fieldNames.secret]: secret, [fieldNames.passphrase]: phrase } = decoy;
  if (decoyKey === undefined || secret === undefined || phrase === undefined)
    return { kind: 'invalid', reason: 'this box holds no OKX decoy' };
  if (!isSameText(key, decoyKey)) return { kind: 'invalid', reason: 'apiKey is not the decoy' };
  if (!isSameText(passphrase, phrase)) return { kind: 'invalid', reason: 'passphrase is not the decoy' };
  if (!/^[0-9.]{1,20}$/.test(time)) return { kind: 'invalid', reason: 'timestamp is no time' };
  return isSameText(sign, loginSignature(secret, time))
    ? { kind: 'valid' }
    : { kind: 'invalid', reason: 'sign does not match the timestamp' };
}

function writeLogin(id: StrictJson | undefined, real: RealCredential, { nowMs }: Stamp): string {
  const timestamp = String(Math.floor(nowMs / 1000));
  const account = new Map<string, StrictJson>([
    ['apiKey', revealHeader(real, fieldNames.key, 'OKX')],
    ['passphrase', revealHeader(real, fieldNames.passphrase, 'OKX')],
    ['timestamp', timestamp],
    ['sign', loginSignature(revealSigningSecret(real, fieldNames.secret, 'OKX'), timestamp)],
  ]);
  const message = new Map<string, StrictJson>([
    ...(id === undefined ? [] : [['id', id] as const]),
    ['op', 'login'],
    ['args', [account]],
  ]);
  return formatStrictJson(message);
}

/** When OKX's gateway took the request and answered it: never. okx-api 3.2.3 takes nothing for an answer that has no `inTime`. */
const noTimes = [
  ['inTime', '0'],
  ['outTime', '0'],
] as const;

/** Orders are answered by their id; everything else by an event, which clients take for the end of the operation. */
function refuse(text: string, refusal: Parameters<typeof refusalText>[0]): string {
  const message = membersOf(text);
  const id = message.get('id');
  const echo: StrictObject =
    typeof id === 'string' || id instanceof JsonNumber ? new Map([['id', id]]) : new Map();
  const operation = message.get('op');
  const words: [string, StrictJson][] = [
    ['code', permissionCode],
    ['msg', refusalText(refusal)],
  ];
  if (typeof operation === 'string' && tradePaths.has(operation))
    return formatStrictJson(
      new Map<string, StrictJson>([...echo, ['op', operation], ['data', []], ...words, ...noTimes]),
    );
  return formatStrictJson(new Map<string, StrictJson>([...echo, ['event', 'error'], ...words]));
}
