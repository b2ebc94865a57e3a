// Coinbase Exchange's WebSocket feeds: market channels, and those that every subscription to is signed for. They take no orders.
// Source: docs.cdp.coinbase.com/exchange/websocket-feed (overview, channels, authentication); ccxt 4.5.84 pro/coinbaseexchange,
// coinbase-api 1.2.6.
import { isSameText, revealHeader, revealSigningSecret } from '../client-headers.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { refusalText } from '../refusal-text.js';
import {
  hasOnly,
  invalid,
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
  Stamp,
  VenueSocket,
} from '../venue.js';
import { feedSign } from './signature.js';

const title = 'Coinbase Exchange';

/** `level2_50` is the old name of `level2_batch`. */
const open: ReadonlySet<string> = new Set([
  'heartbeat',
  'status',
  'auctionfeed',
  'matches',
  'ticker',
  'ticker_batch',
  'level2_batch',
  'level2_50',
]);
const own: ReadonlySet<string> = new Set(['full', 'user', 'level2', 'level3', 'rfq_matches', 'balance']);
const productForm = /^[A-Z0-9-]{1,40}$/;
const accountForm = /^[0-9a-fA-F-]{36}$/;
const mostChannels = 20;

const proof = ['signature', 'key', 'passphrase', 'timestamp'] as const;

export const socket: VenueSocket = {
  operations: socketRows('/', subscriptionsTo([...open, ...own])),
  open({ path, query }) {
    if (path !== '/' || query !== '') return undefined;
    return { target: { path, query }, read: (text) => readFrame(text, read), refuse };
  },
};

function read(frame: StrictObject): SocketMessage {
  const type = frame.get('type');
  if (type !== 'subscribe' && type !== 'unsubscribe') return unknown(`${title} has no row for this type`);
  if (!hasOnly(frame, ['type', 'channels', 'product_ids', 'account_ids', ...proof]))
    return unknown('a subscription has a member that no subscription has');
  const names = channelsIn(frame.get('channels'));
  if (typeof names === 'string') return unknown(names);
  const problem = problemOfLists(frame);
  if (problem !== undefined) return unknown(problem);
  if (proof.some((name) => frame.has(name))) return login(`${type} ${names.join()}`, frame);
  return type === 'unsubscribe' || names.every((name) => open.has(name))
    ? readMessage(type, frame)
    : unknown('the channel needs a signed subscription');
}

/** Names of the channels, each a text or an object with products or accounts of its own; or why they may not pass. */
function channelsIn(list: StrictJson | undefined): readonly string[] | string {
  const channels = Array.isArray(list) ? (list as readonly StrictJson[]) : [];
  if (channels.length === 0 || channels.length > mostChannels)
    return 'the number of channels is out of bounds';
  const names: string[] = [];
  for (const channel of channels) {
    const name = isStrictObject(channel) ? channel.get('name') : channel;
    if (typeof name !== 'string' || !(open.has(name) || own.has(name)))
      return `${title} has no row for this channel`;
    if (isStrictObject(channel)) {
      if (!hasOnly(channel, ['name', 'product_ids', 'account_ids']))
        return 'a channel has a member that no channel has';
      const problem = problemOfLists(channel);
      if (problem !== undefined) return problem;
    }
    names.push(name);
  }
  return names;
}

function problemOfLists(frame: StrictObject): string | undefined {
  const problemOf = (name: string, form: RegExp): string | undefined => {
    const list = frame.get(name);
    const isNone = list === undefined || (Array.isArray(list) && list.length === 0);
    return isNone ? undefined : problemOfTopics(list, (id) => form.test(id), 2000);
  };
  return problemOf('product_ids', productForm) ?? problemOf('account_ids', accountForm);
}

function login(operation: string, frame: StrictObject): SocketMessage {
  const sent = proof.map((name) => textOf(frame.get(name)));
  if (sent.includes(undefined))
    return unknown('a signed subscription carries signature, key, passphrase and timestamp');
  const [signature = '', key = '', passphrase = '', timestamp = ''] = sent;
  return {
    kind: 'login',
    operation,
    authenticate: (decoy) => check({ signature, key, passphrase, timestamp }, decoy),
    write: (real, stamp) => write(frame, real, stamp),
  };
}

function check(
  sent: Readonly<Record<(typeof proof)[number], string>>,
  decoy: DecoyCredential,
): Authentication {
  const { apiKey, secret, passphrase } = decoy;
  if (apiKey === undefined || secret === undefined || passphrase === undefined)
    return invalid(`this box holds no ${title} decoy`);
  if (!isSameText(sent.key, apiKey)) return invalid('the key is not the decoy');
  if (!isSameText(sent.passphrase, passphrase)) return invalid('the passphrase is not the decoy');
  if (!/^\d{9,13}(?:\.\d{1,9})?$/.test(sent.timestamp)) return invalid('the timestamp is no time');
  return isSameText(sent.signature, feedSign(secret, sent.timestamp))
    ? { kind: 'valid' }
    : invalid('the signature does not match the timestamp');
}

/** C3: what is sent is written from what was parsed, the proof made anew in its place; a time stays a number where it was one. */
function write(frame: StrictObject, real: RealCredential, { nowMs }: Stamp): string {
  const timestamp = String(Math.floor(nowMs / 1000));
  const fresh: Readonly<Record<string, StrictJson>> = {
    signature: feedSign(revealSigningSecret(real, 'secret', title), timestamp),
    key: revealHeader(real, 'apiKey', title),
    passphrase: revealHeader(real, 'passphrase', title),
    timestamp: frame.get('timestamp') instanceof JsonNumber ? new JsonNumber(timestamp) : timestamp,
  };
  return formatStrictJson(new Map([...frame].map(([name, value]) => [name, fresh[name] ?? value])));
}

/** Clients show the reason, not the message. */
function refuse(_text: string, refusal: Refusal): string {
  return JSON.stringify({ type: 'error', message: 'Failed to subscribe', reason: refusalText(refusal) });
}
