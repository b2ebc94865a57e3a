// Bybit's v5 sockets: topics by table, logins re-signed, orders of the trade socket as the REST requests they stand for.
// Source: bybit-exchange/docs docs/v5/ws/connect.mdx, docs/v5/websocket/trade/guideline.mdx (2026-07-24); bybit-api 4.7.7, ccxt 4.5.84.
import type { HttpRequest } from '../../core/http.js';
import type { VenueAnswer } from '../admin.js';
import { isSameText, revealHeader, signingSecret } from '../client-headers.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import { signPayload } from '../signing-key.js';
import {
  answerTo,
  bodyOf,
  hasOnly,
  invalid,
  isMessageId,
  membersOf,
  postOf,
  problemOfTopics,
  readFrame,
  readMessage,
  socketRows,
  textOf,
  unknownMessage as unknown,
} from '../socket-frames.js';
import type {
  Authentication,
  DecoyCredential,
  RealCredential,
  Refusal,
  SocketMessage,
  Stamp,
  VenueSocket,
} from '../venue.js';
import { fieldNames } from './credential.js';

type SocketKind = 'public' | 'private' | 'trade';

const paths: ReadonlyMap<string, SocketKind> = new Map<string, SocketKind>([
  ...['spot', 'linear', 'inverse', 'option', 'spread', 'event', 'misc/status'].map(
    (name) => [`/v5/public/${name}`, 'public'] as const,
  ),
  ['/v5/private', 'private'],
  ['/v5/trade', 'trade'],
]);

/** Names of topics before their parameters. Nothing of the wallets' addresses is among them. */
const topics: Readonly<Record<SocketKind, RegExp>> = {
  public:
    /^(?:orderbook|publicTrade|tickers|kline|allLiquidation|liquidation|priceLimit|insurance|adlAlert|tickers_lt|kline_lt|lt|system|rpi|orderbook\.rpi)(?:\.[A-Za-z0-9_-]{1,40}){0,2}$/,
  private:
    /^(?:order|execution|execution\.fast|position|wallet|greeks|spread\.order|spread\.execution|stopOrder|ticketInfo|dcp)(?:\.(?:spot|linear|inverse|option|future))?$/,
  trade: /(?!)/,
};

/** Operation of the trade socket → the REST path that does the same. */
const tradePaths: ReadonlyMap<string, string> = new Map([
  ['order.create', 'order/create'],
  ['order.amend', 'order/amend'],
  ['order.cancel', 'order/cancel'],
  ['order.create-batch', 'order/create-batch'],
  ['order.amend-batch', 'order/amend-batch'],
  ['order.cancel-batch', 'order/cancel-batch'],
]);

/** Market data of demo accounts comes from the live market; nothing else of them may go there (demo.mdx). */
const liveHost = 'stream.bybit.com';
/** How long a login may be on its way, in milliseconds. */
const loginLifetimeMs = 10_000;
const defaultRecvWindow = '5000';

export const socket: VenueSocket = {
  operations: [...paths].flatMap(([path, kind]) =>
    socketRows(
      path,
      [
        'ping',
        'pong',
        ...(kind === 'public' ? [] : ['auth']),
        ...(kind === 'trade' ? [] : ['subscribe', 'unsubscribe']),
      ],
      kind === 'trade' ? [...tradePaths].map(([operation, rest]) => [operation, `POST /v5/${rest}`]) : [],
    ),
  ),
  open({ host, path, query }, environment) {
    const kind = paths.get(path);
    if (kind === undefined || !/^(?:max_active_time=\d{1,4}[smh])?$/.test(query)) return undefined;
    if (host === liveHost && environment === 'demo' && kind !== 'public') return undefined;
    return { target: { path, query }, read: (text) => readFrame(text, (frame) => read(frame, kind)), refuse };
  },
};

/** The signature of a login: over fixed words and the time at which it expires, in milliseconds. */
export function loginSignature(secret: Parameters<typeof signPayload>[0], expires: string): string {
  return signPayload(secret, `GET/realtime${expires}`);
}

function read(frame: StrictObject, kind: SocketKind): SocketMessage {
  const operation = frame.get('op');
  if (typeof operation !== 'string') return unknown('the message has no op');
  const rest = kind === 'trade' ? tradePaths.get(operation) : undefined;
  if (rest !== undefined) return trade(operation, rest, frame);
  for (const name of ['req_id', 'reqId'])
    if (frame.has(name) && frame.get(name) !== '' && !isMessageId(frame.get(name)))
      return unknown('the id is malformed');
  if (!hasOnly(frame, ['op', 'args', 'req_id', 'reqId', 'header']))
    return unknown('the operation has a member that no operation has');
  if (operation === 'ping' || operation === 'pong') return ping(operation, frame);
  if (frame.has('header')) return unknown('only orders have a header');
  if (operation === 'auth' && kind !== 'public') return login(frame);
  if (operation !== 'subscribe' && operation !== 'unsubscribe')
    return unknown('Bybit has no row for this operation on this socket');
  const problem = problemOfTopics(frame.get('args'), (topic) => topics[kind].test(topic));
  return problem === undefined ? readMessage(operation, frame) : unknown(problem);
}

/** Clients decorate it as they like; Bybit reads its id. */
function ping(operation: string, frame: StrictObject): SocketMessage {
  const kept = [...frame].filter(([name]) => name !== 'args' && name !== 'header');
  return readMessage(operation, new Map(kept));
}

function login(frame: StrictObject): SocketMessage {
  const args = frame.get('args');
  const [key, expires, signature, more] = (Array.isArray(args) ? args : []).map(textOf);
  if (key === undefined || expires === undefined || signature === undefined || more !== undefined)
    return unknown('a login carries key, expiry and signature');
  return {
    kind: 'login',
    operation: 'auth',
    authenticate: (decoy) => checkLogin(key, expires, signature, decoy),
    write: (real, stamp) => writeLogin(frame, real, stamp),
  };
}

function checkLogin(key: string, expires: string, signature: string, decoy: DecoyCredential): Authentication {
  const { [fieldNames.key]: decoyKey, [fieldNames.secret]: secret } = decoy;
  if (decoyKey === undefined || secret === undefined) return invalid('this box holds no Bybit decoy');
  if (!isSameText(key, decoyKey)) return invalid('the key is not the decoy');
  if (!/^\d{13}$/.test(expires)) return invalid('the expiry is no time in milliseconds');
  return isSameText(signature, loginSignature(secret, expires))
    ? { kind: 'valid' }
    : invalid('the signature does not match the expiry');
}

function writeLogin(frame: StrictObject, real: RealCredential, { nowMs }: Stamp): string {
  const expires = String(nowMs + loginLifetimeMs);
  const args = [
    revealHeader(real, fieldNames.key, 'Bybit'),
    new JsonNumber(expires),
    loginSignature(signingSecret(real, fieldNames.secret, 'Bybit'), expires),
  ];
  return formatStrictJson(new Map<string, StrictJson>([...frame, ['args', args]]));
}

function trade(operation: string, rest: string, frame: StrictObject): SocketMessage {
  const id = frame.get('reqId');
  if (id === undefined || !isMessageId(id)) return unknown('an order without a reqId cannot be answered');
  if (!hasOnly(frame, ['op', 'reqId', 'header', 'args']))
    return unknown('the operation has a member that no operation has');
  const header = frame.get('header');
  const signedAt = isStrictObject(header) ? textOf(header.get('X-BAPI-TIMESTAMP')) : undefined;
  const window = isStrictObject(header) ? textOf(header.get('X-BAPI-RECV-WINDOW')) : undefined;
  // A cancel must never depend on a clock.
  if (!rest.startsWith('order/cancel') && signedAt !== undefined && !/^\d{13}$/.test(signedAt))
    return unknown('X-BAPI-TIMESTAMP is no time in milliseconds');
  if (window !== undefined && !/^[1-9]\d{0,4}$/.test(window))
    return unknown('X-BAPI-RECV-WINDOW is not 1 to 99999 milliseconds');
  const args = frame.get('args');
  const [order, more] = Array.isArray(args) ? (args as readonly StrictJson[]) : [];
  if (!isStrictObject(order) || more !== undefined) return unknown('the operation takes exactly one object');
  return {
    kind: 'trade',
    operation,
    request: datedAt(signedAt, postOf('api.bybit.com', `/v5/${rest}`, order)),
    write: (request, _real, { nowMs }) =>
      formatStrictJson(
        new Map<string, StrictJson>([
          ['reqId', id],
          // The client's own header may name a broker; time and window are all that Bybit needs.
          [
            'header',
            new Map([
              ['X-BAPI-TIMESTAMP', String(nowMs)],
              ['X-BAPI-RECV-WINDOW', window ?? defaultRecvWindow],
            ]),
          ],
          ['op', operation],
          ['args', [bodyOf(request)]],
        ]),
      ),
    answerIn: (text) => answerIn(text, operation, id),
  };
}

/** The client's time stands where REST has it: an order of long ago is refused as it is there. */
function datedAt(time: string | undefined, request: HttpRequest): HttpRequest {
  if (time === undefined) return request;
  return { ...request, headers: [...request.headers, ['x-bapi-timestamp', time]] };
}

/** What REST calls `result` is `data` here. */
function answerIn(text: string, operation: string, id: StrictJson): VenueAnswer | undefined {
  const answer = answerTo(text, 'reqId', id);
  if (answer?.get('op') !== operation) return undefined;
  const body = formatStrictJson(
    new Map<string, StrictJson>([
      ['retCode', answer.get('retCode') ?? null],
      ['retMsg', answer.get('retMsg') ?? ''],
      ['result', answer.get('data') ?? null],
      ['retExtInfo', answer.get('retExtInfo') ?? new Map()],
    ]),
  );
  return { status: 200, body: Buffer.from(body) };
}

/** 10005 "Permission denied", in the shape of the trade socket or of the others. */
function refuse(text: string, refusal: Refusal): string {
  const frame = membersOf(text);
  const operation = textOf(frame.get('op')) ?? '';
  const words = refusalText(refusal);
  if (tradePaths.has(operation))
    return JSON.stringify({
      reqId: textOf(frame.get('reqId')) ?? '',
      retCode: 10005,
      retMsg: words,
      op: operation,
      data: {},
      retExtInfo: {},
      connId: '',
    });
  return JSON.stringify({
    success: false,
    ret_msg: words,
    conn_id: '',
    req_id: textOf(frame.get('req_id')) ?? '',
    op: operation,
    request: { op: operation },
  });
}
