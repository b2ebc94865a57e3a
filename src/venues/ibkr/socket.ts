// IBKR's WebSocket: `topic+argument+{…}` commands that subscribe to market data, orders, trades and worth. It takes no orders.
// Who the client is stands in the handshake, or in a message with the session. Sources: ibkrcampus.com cpapi-v1 ("Websockets"),
// interactivebrokers.github.io/cpwebapi/RealtimeSubscription, Voyz/ibind ibkr_ws_client.py.
import { type HeaderList, headerOf } from '../../core/http.js';
import { headersOnce, isSameText, revealHeader } from '../client-headers.js';
import {
  formatStrictJson,
  isStrictObject,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import { hasOnly, readFrame, socketRows, textOf, unknownMessage as unknown } from '../socket-frames.js';
import type { Authentication, Refusal, SocketHandshake, SocketMessage, VenueSocket } from '../venue.js';
import { segments } from './operations.js';
import { sessionCookie, sessionIn } from './session-cookie.js';

const title = 'Interactive Brokers';
const socketPath = '/v1/api/ws';

/** What may stand behind a topic: arguments in their order, the last `optional` of them not needed; members of the JSON at the end. */
interface Topic {
  parts: readonly RegExp[];
  optional?: number;
  members: Readonly<Record<string, RegExp>>;
}

const { account, conid } = segments;
const contract = /^\d{1,12}(?:@[A-Z0-9.]{1,16})?$/;
const flag = /^(?:true|false)$/;
const count = /^\d{1,6}$/;
const words = /^[A-Za-z0-9_.%/ -]{1,64}$/;
const none: Topic = { parts: [], members: {} };
const ofAccount: Topic = { parts: [account], members: { keys: words, fields: words } };

const topics: ReadonlyMap<string, Topic> = new Map<string, Topic>([
  ['smd', { parts: [contract], members: { fields: count, tempo: count, snapshot: flag, backout: flag } }],
  ['umd', { parts: [contract], members: {} }],
  [
    'smh',
    {
      parts: [contract],
      members: { exchange: words, period: words, bar: words, outsideRth: flag, source: words, format: words },
    },
  ],
  ['umh', { parts: [/^[A-Za-z0-9]{1,24}$/], members: {} }],
  ['sbd', { parts: [account, conid, /^[A-Z0-9.]{1,16}$/], optional: 1, members: {} }],
  ['ubd', { parts: [account], members: {} }],
  ['sor', none],
  ['uor', none],
  ['str', { parts: [], members: { realtimeUpdatesOnly: flag, days: count } }],
  ['utr', none],
  ['spl', none],
  ['upl', none],
  ['ssd', ofAccount],
  ['usd', ofAccount],
  ['sld', ofAccount],
  ['uld', ofAccount],
  ['tic', none],
  ['ech', { parts: [/^hb$/], members: {} }],
]);

const command = /^([a-z]{3})((?:\+[A-Za-z0-9@._-]{1,40})*)(?:\+?(\{[\s\S]*\}))?$/;
const mostEntries = 200;

export const socket: VenueSocket = {
  operations: socketRows(socketPath, ['session', ...topics.keys()]),
  open({ path, query, headers = [] }) {
    if (path !== socketPath) return undefined;
    const handshake = handshakeOf(query, headers);
    if (handshake === undefined) return undefined;
    return {
      target: { path, query: '' },
      ...(handshake === 'silent' ? {} : { handshake }),
      read,
      refuse,
    };
  },
};

/** OAuth's access token in the query, the session in a cookie: both, one, or neither, where a message says it later. */
function handshakeOf(query: string, headers: HeaderList): SocketHandshake | 'silent' | undefined {
  const accessToken = /^oauth_token=([A-Za-z0-9]{8,64})$/.exec(query)?.[1];
  const cookie = headerOf(headers, 'cookie');
  const session = cookie === undefined ? undefined : sessionIn(cookie);
  const isMalformed =
    (query !== '' && accessToken === undefined) ||
    (cookie !== undefined && session === undefined) ||
    !headersOnce(headers, new Set(['cookie'])).ok;
  if (isMalformed) return undefined;
  if (accessToken === undefined && session === undefined) return 'silent';
  return {
    ...(session === undefined ? {} : { token: session }),
    authenticate(decoy, hasToken): Authentication {
      if (accessToken !== undefined && !isSameText(accessToken, decoy.accessToken ?? ''))
        return { kind: 'invalid', reason: 'oauth_token is not the decoy' };
      const isOwn = session === undefined || hasToken || isSameText(session, decoy.sessionToken ?? '');
      return isOwn ? { kind: 'valid' } : { kind: 'none' };
    },
    write(real, { token }) {
      const isOauth = accessToken !== undefined && real.accessToken !== undefined;
      return {
        query: isOauth ? `oauth_token=${encodeURIComponent(revealHeader(real, 'accessToken', title))}` : '',
        headers: session === undefined ? [] : [['cookie', sessionCookie(real, token)]],
      };
    },
  };
}

function read(text: string): SocketMessage {
  if (text.startsWith('{')) return readFrame(text, login);
  const [, name = '', list = '', json] = command.exec(text) ?? [];
  const topic = topics.get(name);
  if (topic === undefined) return unknown(`${title} has no row for this topic`);
  const parts = list.split('+').slice(1);
  const isEnough = parts.length >= topic.parts.length - (topic.optional ?? 0);
  if (!isEnough || !parts.every((part, index) => topic.parts[index]?.test(part) === true))
    return unknown('the arguments of the topic are not those that it has');
  const head = `${name}${list}`;
  if (json === undefined) return { kind: 'read', operation: name, text: head };
  const parsed = parseStrictJson(Buffer.from(json));
  if (!parsed.ok || !isStrictObject(parsed.value) || !isKnown(parsed.value, topic.members))
    return unknown('the JSON of the topic is not what it takes');
  return { kind: 'read', operation: name, text: `${head}+${formatStrictJson(parsed.value)}` };
}

function isKnown(given: StrictObject, members: Topic['members']): boolean {
  return [...given].every(([name, value]) => {
    const form = members[name];
    const entries: readonly StrictJson[] = Array.isArray(value) ? value : [value];
    const texts = entries.map((one) => (typeof one === 'boolean' ? String(one) : textOf(one)));
    return (
      form !== undefined &&
      entries.length <= mostEntries &&
      texts.every((one) => one !== undefined && form.test(one))
    );
  });
}

/** `{"session": …}`, when the venue waits for it. */
function login(frame: StrictObject): SocketMessage {
  const token = textOf(frame.get('session'));
  if (token === undefined || !hasOnly(frame, ['session']))
    return unknown('an object holds the session alone');
  return {
    kind: 'login',
    operation: 'session',
    token,
    write: (_real, stamp) => JSON.stringify({ session: stamp.token ?? '' }),
  };
}

function refuse(_text: string, refusal: Refusal): string {
  return JSON.stringify({ topic: 'error', error: refusalText(refusal) });
}
