// Hyperliquid's socket: subscriptions by table, and posts, which are info requests and signed actions in an envelope: they go the way of
// REST. Who asks about an account must ask about the box's own. Source: hyperliquid.gitbook.io "Websocket"; ccxt 4.5.84, @nktkas 0.33.3.
import type { VenueAnswer } from '../admin.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import {
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
import type { Refusal, SocketMessage, Venue, VenueSocket } from '../venue.js';
import { accountMember, actionClasses, exchangePath, infoPath } from './actions.js';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const open = words('allMids l2Book trades candle bbo activeAssetCtx activeSpotAssetCtx');
const own = words(`
  notification webData2 webData3 orderUpdates userEvents userFills userFundings userNonFundingLedgerUpdates
  activeAssetData userTwapSliceFills userTwapHistory twapStates clearinghouseState openOrders spotState
  allDexsClearinghouseState allDexsAssetCtxs
`);
const socketPath = '/ws';
const parameters = [
  'type',
  'coin',
  accountMember,
  'interval',
  'nSigFigs',
  'mantissa',
  'dex',
  'aggregateByTime',
  'isPortfolioMargin',
  'ignorePortfolioMargin',
];

/** What REST does with a question or an action. */
export type RestWays = Pick<Venue, 'authenticate' | 'sign'>;

export function makeSocket(rest: RestWays): VenueSocket {
  return {
    operations: socketRows(
      socketPath,
      ['ping', ...subscriptionsTo([...open, ...own]), 'post info'],
      [...actionClasses.keys()].map((type) => [`post ${type}`, `POST ${exchangePath}#${type}`]),
    ),
    open({ host, path, query }) {
      if (path !== socketPath || query !== '') return undefined;
      const names: AccountNames = new Map();
      return {
        target: { path, query },
        read: (text) => readFrame(text, (frame) => read(frame, { host, rest, names })),
        hear: (message) => withDecoys(message, names),
        refuse,
      };
    },
  };
}

/** Addresses that the venue was asked about, and what the client calls each. */
type AccountNames = Map<string, string>;

interface Connection {
  host: string;
  rest: RestWays;
  names: AccountNames;
}

/** A client knows the answer to its subscription by the address it wrote (@nktkas/hyperliquid transport/websocket). */
function withDecoys(message: Buffer, names: AccountNames): Buffer | undefined {
  if (![...names.keys()].some((address) => message.includes(address))) return undefined;
  let text = message.toString('latin1');
  for (const [address, name] of names) text = text.replaceAll(address, name);
  return Buffer.from(text, 'latin1');
}

function read(frame: StrictObject, connection: Connection): SocketMessage {
  const method = frame.get('method');
  if (method === 'ping')
    return hasOnly(frame, ['method']) ? readMessage(method, frame) : unknown('a ping says no more');
  if (method === 'post') return readPost(frame, connection);
  if (method !== 'subscribe' && method !== 'unsubscribe')
    return unknown('Hyperliquid has no row for this method');
  const subscription = frame.get('subscription');
  if (!isStrictObject(subscription) || !hasOnly(frame, ['method', 'subscription', 'id']))
    return unknown('the message has no subscription, or a member that no message has');
  const type = textOf(subscription.get('type')) ?? '';
  const isPlain = [...subscription.values()].every(
    (value) => value === null || typeof value !== 'object' || isNumber(value),
  );
  if (!hasOnly(subscription, parameters) || !isPlain || !(open.has(type) || own.has(type)))
    return unknown('Hyperliquid has no row for this subscription');
  if (!subscription.has(accountMember))
    return open.has(type) ? readMessage(method, frame) : unknown('the subscription is of an account');
  return question(
    `${method} ${type}`,
    subscription,
    connection,
    (asked) => new Map([...frame, ['subscription', asked]]),
  );
}

const isNumber = (value: StrictJson): boolean => value instanceof JsonNumber;

/** Something asked about an account: by its decoy, and of the venue by its address. */
function question(
  operation: string,
  body: StrictObject,
  { host, rest: { authenticate, sign }, names }: Connection,
  wrap: (asked: StrictJson) => StrictObject,
): SocketMessage {
  const request = postOf(host, infoPath, body);
  return {
    kind: 'login',
    operation,
    authenticate: (decoy) => authenticate(request, decoy),
    write: (real, stamp) => {
      const asked = bodyOf({ ...request, body: sign(request, real, stamp).body });
      const address = isStrictObject(asked) ? textOf(asked.get(accountMember)) : undefined;
      const name = textOf(body.get(accountMember));
      if (address !== undefined && name !== undefined) names.set(address, name);
      return formatStrictJson(wrap(asked));
    },
  };
}

function readPost(frame: StrictObject, connection: Connection): SocketMessage {
  const { host, rest } = connection;
  const id = frame.get('id');
  const envelope = frame.get('request');
  if (!hasOnly(frame, ['method', 'id', 'request']) || id === undefined || !isCount(id))
    return unknown('a post needs a number, and no other member');
  if (!isStrictObject(envelope) || !hasOnly(envelope, ['type', 'payload']))
    return unknown('a post holds a request of type and payload');
  const payload = envelope.get('payload');
  if (!isStrictObject(payload)) return unknown('the payload is no object');
  const wrap = (sent: StrictJson): StrictObject =>
    new Map<string, StrictJson>([...frame, ['request', new Map([...envelope, ['payload', sent]])]]);
  const type = envelope.get('type');
  if (type === 'info')
    return payload.has(accountMember)
      ? question('post info', payload, connection, wrap)
      : readMessage('post info', frame);
  if (type !== 'action') return unknown('a post is an info request or an action');
  const action = payload.get('action');
  const request = postOf(host, exchangePath, payload);
  return {
    kind: 'trade',
    operation: `post ${isStrictObject(action) ? (textOf(action.get('type')) ?? '') : ''}`.slice(0, 60),
    request,
    authenticate: (decoy) => rest.authenticate(request, decoy),
    write: (sent, real, stamp) =>
      formatStrictJson(wrap(bodyOf({ ...sent, body: rest.sign(sent, real, stamp).body }))),
    answerIn: (text) => answerIn(text, id),
  };
}

/** The payload is what REST answers; of an error its text. */
function answerIn(text: string, id: StrictJson): VenueAnswer | undefined {
  if (!text.includes('"post"')) return undefined;
  const frame = membersOf(text);
  const data = frame.get('data');
  const response = isStrictObject(data) ? data.get('response') : undefined;
  if (frame.get('channel') !== 'post' || !isStrictObject(data) || !isStrictObject(response)) return undefined;
  if (textOf(data.get('id')) !== textOf(id)) return undefined;
  const payload = response.get('payload') ?? null;
  const body = isStrictObject(payload)
    ? payload
    : new Map<string, StrictJson>([
        ['status', 'err'],
        ['response', payload],
      ]);
  return { status: 200, body: Buffer.from(formatStrictJson(body)) };
}

function refuse(text: string, refusal: Refusal): string {
  const frame = membersOf(text);
  const words = refusalText(refusal);
  const id = frame.get('id');
  if (frame.get('method') !== 'post' || id === undefined || !isCount(id))
    return JSON.stringify({ channel: 'error', data: words });
  const payload = { status: 'err', response: words };
  return JSON.stringify({
    channel: 'post',
    data: { id: Number(textOf(id)), response: { type: 'action', payload } },
  });
}
