// Whether an upgrade may go on, and what the upstream is asked for. Pure: decided before anything is dialled.
import { TradeboxError } from '../../core/errors.js';
import { ownUserAgent } from '../../venues/client-headers.js';
import type { SocketHandshake, Venue } from '../../venues/venue.js';
import { placedSecret, placedTarget, type VenueCredential } from '../credentials.js';
import type { Masker } from '../http1/answer.js';
import { hostField } from '../http1/write.js';
import { type Denial, denial, type Exchange, type World } from '../stage.js';
import { unboundEnvironment } from '../stages/authenticate.js';
import { decoyIn, misuse } from '../stages/decoys.js';
import { createPlainScreen } from './plain-screen.js';
import type { Screen } from './screen.js';
import { VenueScreen } from './venue-screen.js';
import { openVenueSession, socketless } from './venue-session.js';

export interface SocketPlan {
  /** The client's Sec-WebSocket-Key. */
  key: string;
  /** Path and query for the upstream. */
  path: string;
  /** The client's subprotocols, in its order. */
  protocols: readonly string[];
  headers: Record<string, string>;
  screen: Screen;
  /** False once a secret was rotated after this plan was made: it may carry the old one. */
  isCurrent(): boolean;
}

const rule = 'built-in: WebSocket handshake';

/** For an upgrade on a connection that is not HTTP/1.1. */
export const noDoor = denial(
  'UPGRADE_REFUSED',
  'this connection cannot leave HTTP',
  'built-in: protocols',
  400,
);

export function planSocket(
  exchange: Exchange,
  world: World,
  newSpellingMasker: () => Masker,
): SocketPlan | Denial {
  const read = readHandshake(exchange);
  if ('code' in read) return read;
  const { credentials } = world;
  const handshake = { ...read, isCurrent: () => world.credentials === credentials };
  const { venue } = exchange;
  if (venue !== undefined) return planVenue(exchange, world, handshake);
  const { path, query, placed } = exchange;
  const target = placed.some(({ spot }) => spot !== undefined)
    ? placedTarget({ path, query }, placed)
    : { path, query };
  return {
    ...handshake,
    path: withQuery(target.path, target.query),
    headers: plainHeaders(exchange),
    screen: createPlainScreen(exchange, world, newSpellingMasker),
  };
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** RFC 6455 section 4.2.1, strictly: one key of 16 bytes, version 13, subprotocols that are tokens and differ. */
function readHandshake({ head }: Exchange): Pick<SocketPlan, 'key' | 'protocols'> | Denial {
  const { fields } = head;
  const once = (name: string): string | undefined =>
    fields.names.filter((one) => one === name).length === 1 ? fields.get(name) : undefined;
  const key = once('sec-websocket-key');
  if (key === undefined || !/^[A-Za-z0-9+/]{22}==$/.test(key)) return bad('the key is missing or malformed');
  if (once('sec-websocket-version') !== '13') return bad('the version is not 13');
  const protocols = fields.names
    .flatMap((name, index) => (name === 'sec-websocket-protocol' ? fields.value(index).split(',') : []))
    .map((one) => one.trim());
  if (!protocols.every((one) => token.test(one)) || new Set(protocols).size !== protocols.length)
    return bad('the subprotocols are malformed');
  return { key, protocols };
}

const bad = (message: string): Denial => denial('HANDSHAKE_BAD', message, rule, 400);

function planVenue(
  exchange: Exchange,
  world: World,
  handshake: Pick<SocketPlan, 'key' | 'protocols' | 'isCurrent'>,
): SocketPlan | Denial {
  const { venue, host, port } = exchange;
  if (venue === undefined) throw new TradeboxError('FAULT', 'A venue socket was planned without a venue.');
  if (venue.socket === undefined) return socketless(venue.id);
  const place = venue.hosts.find((one) => one.host === host);
  const all = world.credentials.venueCredentials(venue.id);
  const credentials = all.filter(({ environment }) => place?.environments.includes(environment));
  // D9: a box with an account speaks with hosts of that account's environment only.
  const environment = (credentials[0] ?? all[0])?.environment ?? unboundEnvironment(world);
  if (!place?.environments.includes(environment)) {
    const message = `this host does not serve the ${environment} environment`;
    return denial('ENVIRONMENT_MISMATCH', message, `${venue.id}: authentication`);
  }
  exchange.environment = environment;
  const session = openVenueSession(exchange, environment, world.mode);
  if ('code' in session) return session;
  const shown = proveHandshake(session.handshake, venue, credentials, world);
  if (shown !== undefined && 'code' in shown) return shown;
  const asked = withQuery(session.target.path, shown?.query ?? session.target.query);
  const path = withToken(asked, session.token, venue.id, credentials, world);
  if (typeof path !== 'string') return path;
  const headers: Record<string, string> = { host: hostField(host, port), 'user-agent': ownUserAgent };
  if (session.encoding === 'msgpack') headers['content-type'] = 'application/msgpack';
  for (const [name, value] of shown?.headers ?? []) headers[name] = value;
  const sent = Buffer.from([path, ...Object.values(headers)].join('\n'), 'latin1');
  if (decoyIn(sent, world, true) !== undefined) return misuse('the request as it would be sent');
  const screen = new VenueScreen({ venue, session, exchange, credentials }, world);
  // No venue names a subprotocol: they would be texts of the client's choosing (A16).
  return { ...handshake, protocols: [], path, headers, screen };
}

/** The handshake as the venue gets it, where it says who the client is. */
function proveHandshake(
  handshake: SocketHandshake | undefined,
  { id: venue }: Venue,
  credentials: readonly VenueCredential[],
  world: World,
): ReturnType<SocketHandshake['write']> | Denial | undefined {
  if (handshake === undefined) return undefined;
  const rule = `${venue}: authentication`;
  const held = handshake.token === undefined ? undefined : world.sessionTokens?.find(venue, handshake.token);
  let forged: string | undefined;
  let isMissing = credentials.length === 0;
  for (const { id, real, decoys, environment } of credentials) {
    const isOwn = held?.credential === id;
    const result = handshake.authenticate(decoys, isOwn);
    if (result.kind === 'valid') {
      const stamp = { nowMs: world.clock.nowMs(), nonce: world.nextNonce(id), environment };
      try {
        return handshake.write(real, isOwn ? { ...stamp, token: held.token } : stamp);
      } catch (error) {
        const why = error instanceof TradeboxError ? error.message : 'the venue leaf refused to sign';
        return denial('SIGNING_REFUSED', why, rule, 502);
      }
    }
    if (result.kind === 'invalid') forged = result.reason;
    isMissing ||= result.kind === 'none';
  }
  if (!isMissing && forged !== undefined)
    return { ...denial('SIGNATURE_FORGED', forged, rule), taint: 'forged-signature' };
  // No taint: a client may hold on to a session over a restart of the sidecar.
  return denial('SESSION_TOKEN_UNKNOWN', 'the session was not handed out here', rule);
}

/** The target with the real session token in the decoy's place. */
function withToken(
  target: string,
  token: string | undefined,
  venue: string,
  credentials: readonly { id: string }[],
  world: World,
): string | Denial {
  if (token === undefined) return target;
  const held = world.sessionTokens?.find(venue, token);
  if (held !== undefined && credentials.some(({ id }) => id === held.credential))
    return target.replace(token, held.token);
  return denial('SESSION_TOKEN_UNKNOWN', 'the session token was not handed out here', `${venue}: sockets`);
}

/** Fields of one hop, and those of the handshake that the sidecar makes itself; extensions are never asked for. */
const dropped = new Set([
  'host',
  'connection',
  'proxy-connection',
  'proxy-authorization',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
]);

function plainHeaders({ host, port, head, placed }: Exchange): Record<string, string> {
  const headers: Record<string, string> = { host: hostField(host, port) };
  const { fields } = head;
  for (let index = 0; index < fields.count; index += 1) {
    const name = fields.names[index] ?? '';
    if (dropped.has(name) || name.startsWith('sec-websocket-')) continue;
    const own = placed.find(({ field }) => field === index);
    const value = own === undefined ? fields.value(index) : placedSecret(own.credential);
    const separator = name === 'cookie' ? '; ' : ', ';
    headers[name] = headers[name] === undefined ? value : `${headers[name]}${separator}${value}`;
  }
  return headers;
}

const withQuery = (path: string, query: string): string => (query === '' ? path : `${path}?${query}`);
