// Kraken Futures' WebSocket: market feeds, and feeds of an account that signs the challenge it was given. It takes no orders.
// Source: docs.kraken.com "Derivatives WebSocket" and guide "Futures Websockets" (sign challenge); ccxt 4.5.84 pro/krakenfutures.
import { NewestMap } from '../../core/newest-map.js';
import { isSameText, revealHeader, revealSigningSecret } from '../client-headers.js';
import { formatStrictJson, type StrictJson, type StrictObject } from '../json-strict.js';
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
  SocketSession,
  VenueSocket,
} from '../venue.js';
import { signChallenge } from './signature.js';

const title = 'Kraken Futures';
const path = '/ws/v1';

const open: ReadonlySet<string> = new Set(['book', 'ticker', 'ticker_lite', 'trade', 'heartbeat']);
const own: ReadonlySet<string> = new Set([
  'open_orders',
  'open_orders_verbose',
  'open_positions',
  'balances',
  'account_balances_and_margins',
  'fills',
  'account_log',
  'notifications_auth',
]);
const productForm = /^[A-Za-z0-9_]{3,40}$/;
const challengeForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Challenges of one connection that may be signed; older ones are forgotten. */
const mostChallenges = 16;

export const socket: VenueSocket = {
  operations: socketRows(path, ['ping', 'challenge', ...subscriptionsTo([...open, ...own])]),
  open: ({ path: asked, query }) => (asked === path && query === '' ? new FuturesSession() : undefined),
};

/**
 * Signs no challenge but those that the venue gave on this connection: the same secret signs REST requests by the same
 * scheme, so whoever has a text of his own signed has an order signed.
 */
class FuturesSession implements SocketSession {
  readonly target = { path, query: '' };
  readonly #challenges = new NewestMap<true>(mostChallenges);
  /** What the client proved itself with last: the venue repeats the proof in its answers. */
  #shown: readonly [key: string, signed: string] = ['', ''];

  read(text: string): SocketMessage {
    return readFrame(text, (frame) => this.#read(frame));
  }

  hear(message: Buffer): Buffer | undefined {
    if (!message.includes('challenge"')) return undefined;
    const answer = membersOf(message.toString());
    const challenge = answer.get('message');
    if (answer.get('event') === 'challenge' && typeof challenge === 'string' && challengeForm.test(challenge))
      this.#challenges.set(challenge, true);
    if (!answer.has('signed_challenge')) return undefined;
    const [key, signed] = this.#shown;
    return Buffer.from(write(answer, { api_key: key, signed_challenge: signed }));
  }

  refuse(_text: string, refusal: Refusal): string {
    return JSON.stringify({ event: 'alert', message: refusalText(refusal) });
  }

  #read(frame: StrictObject): SocketMessage {
    const event = frame.get('event');
    if (event === 'ping' && frame.size === 1) return readMessage(event, frame);
    if (event === 'challenge') return this.#challenge(frame);
    if (event !== 'subscribe' && event !== 'unsubscribe')
      return unknown(`${title} has no row for this event`);
    const feed = frame.get('feed');
    if (typeof feed !== 'string' || !(open.has(feed) || own.has(feed)))
      return unknown(`${title} has no row for this feed`);
    const products = frame.get('product_ids');
    const isNone = products === undefined || (Array.isArray(products) && products.length === 0);
    const problem = isNone ? undefined : problemOfTopics(products, (id) => productForm.test(id));
    if (problem !== undefined) return unknown(problem);
    if (open.has(feed))
      return hasOnly(frame, ['event', 'feed', 'product_ids'])
        ? readMessage(event, frame)
        : unknown('a subscription has a member that no subscription has');
    return this.#prove(`${event} ${feed}`, frame);
  }

  /** Asks for a challenge; nothing is signed yet. */
  #challenge(frame: StrictObject): SocketMessage {
    const key = textOf(frame.get('api_key'));
    if (key === undefined || !hasOnly(frame, ['event', 'api_key']))
      return unknown('a challenge is asked for with an api_key, and nothing else');
    return {
      kind: 'login',
      operation: 'challenge',
      authenticate: (decoy) => checkKey(key, decoy),
      write: (real) => write(frame, { api_key: revealHeader(real, 'apiKey', title) }),
    };
  }

  #prove(operation: string, frame: StrictObject): SocketMessage {
    const [key, challenge, signed] = ['api_key', 'original_challenge', 'signed_challenge'].map((name) =>
      textOf(frame.get(name)),
    );
    if (key === undefined || challenge === undefined || signed === undefined)
      return unknown('the feed is of an account and needs a signed challenge');
    if (
      !hasOnly(frame, ['event', 'feed', 'product_ids', 'api_key', 'original_challenge', 'signed_challenge'])
    )
      return unknown('a subscription has a member that no subscription has');
    // No forgery: a client may hold on to a challenge over a reconnect.
    if (this.#challenges.get(challenge) === undefined)
      return unknown('the challenge was not given on this connection');
    return {
      kind: 'login',
      operation,
      authenticate: (decoy) => checkProof(key, challenge, signed, decoy),
      write: (real) => {
        this.#shown = [key, signed];
        return write(frame, proofOf(challenge, real));
      },
    };
  }
}

function checkKey(key: string, { apiKey }: DecoyCredential): Authentication {
  if (apiKey === undefined) return invalid(`this box holds no ${title} decoy`);
  return isSameText(key, apiKey) ? { kind: 'valid' } : invalid('api_key is not the decoy');
}

function checkProof(key: string, challenge: string, signed: string, decoy: DecoyCredential): Authentication {
  const known = checkKey(key, decoy);
  if (known.kind !== 'valid') return known;
  return isSameText(signed, signChallenge(decoy.secret ?? '', challenge))
    ? known
    : invalid('the signature does not match the challenge');
}

function proofOf(challenge: string, real: RealCredential): Readonly<Record<string, string>> {
  return {
    api_key: revealHeader(real, 'apiKey', title),
    signed_challenge: signChallenge(revealSigningSecret(real, 'secret', title), challenge),
  };
}

/** C3: what is sent is written from what was parsed, with members replaced in their places. */
function write(frame: StrictObject, members: Readonly<Record<string, StrictJson>>): string {
  return formatStrictJson(new Map([...frame].map(([name, value]) => [name, members[name] ?? value])));
}
