// Hyperliquid: L1 actions signed with an agent key (EIP-712). An agent key cannot withdraw, but can move funds: see actions.ts.
import { TradeboxError } from '../../core/errors.js';
import { type HttpRequest, jsonAnswer } from '../../core/http.js';
import type { Secret } from '../../core/secret.js';
import { forwardedHeaders } from '../client-headers.js';
import { readJsonObject, rewriteJson } from '../json-body.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { assertServes } from '../own-host.js';
import { refusalText } from '../refusal-text.js';
import type {
  Authentication,
  Classification,
  ClassifiedRequest,
  CredentialField,
  DecoyCredential,
  RealCredential,
  SignedRequest,
  Stamp,
  Venue,
  VenueHost,
} from '../venue.js';
import { actionClasses, exchangePath, infoPath, operations } from './actions.js';
import { assetSource } from './assets.js';
import { type ExchangeRequest, readExchangeRequest } from './exchange-request.js';
import { isL1SignedBy, readPrivateKey, type Signature, type Source, signL1 } from './l1-signature.js';
import { NotPackable } from './msgpack.js';
import { parseHyperliquidOrders } from './orders.js';

const mainnet = 'api.hyperliquid.xyz';
const testnet = 'api.hyperliquid-testnet.xyz';

// The WebSocket, which takes orders too, is served by the same hosts at /ws, which no row names yet.
const hosts: readonly VenueHost[] = [
  { host: mainnet, ports: [443], transport: 'rest', environments: ['live', 'paper'] },
  { host: testnet, ports: [443], transport: 'rest', environments: ['demo'] },
];

/** Only the agent key. The account's address is public; the user gives it to the box as it is. */
const credential: readonly CredentialField[] = [
  {
    name: 'privateKey',
    env: ['HYPERLIQUID_PRIVATE_KEY', 'HYPERLIQUID_SECRET_KEY', 'HYPERLIQUID_AGENT_KEY'],
    makeDecoy: makePrivateKey,
    explainMalformed: (value) =>
      readPrivateKey(value) === undefined ? 'is not a private key of 64 hex digits' : undefined,
  },
];

// Nonces are milliseconds within (T - 2 days, T + 1 day). Source: hyperliquid.gitbook.io "Nonces and API wallets".
const dayMs = 86_400_000n;
const exchangeOperation = exchangePath.slice(1);

const decoyKeys = new WeakMap<DecoyCredential, Uint8Array>();
const realKeys = new WeakMap<Secret, Uint8Array>();

function classify(request: ClassifiedRequest): Classification {
  const unknown = (reason: string): Classification => ({
    class: 'unknown',
    operation: 'unknown',
    isPublic: false,
    reason,
  });
  const { host, method, path, query, body } = request;
  if (!hosts.some((row) => row.host === host) || method !== 'POST' || query !== '')
    return unknown('only POST, without a query');
  if (path === infoPath) return { class: 'read', operation: infoPath.slice(1), isPublic: true };
  // For tables and audits, without a body: the path alone is the road that orders take; `#type` names one action.
  if (body === undefined && path === exchangePath)
    return { class: 'order', operation: exchangeOperation, isPublic: false };
  const type = body === undefined ? actionIn(path) : path === exchangePath ? typeIn(request) : undefined;
  const kind = type === undefined ? undefined : actionClasses.get(type);
  if (kind === undefined) return unknown('the body holds no action that the table names');
  return { class: kind, operation: `${exchangeOperation}#${type}`, isPublic: false };
}

/** The action that a row to audit names. */
function actionIn(path: string): string | undefined {
  return path.startsWith(`${exchangePath}#`) ? path.slice(exchangePath.length + 1) : undefined;
}

function typeIn({ headers = [], body = Buffer.alloc(0) }: ClassifiedRequest): string | undefined {
  const read = readJsonObject({ headers, body });
  const action = read.ok ? read.object.get('action') : undefined;
  const type = isStrictObject(action) ? action.get('type') : undefined;
  return typeof type === 'string' ? type : undefined;
}

function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const body = readJsonObject(request);
  if (request.path !== exchangePath || !body.ok || !body.object.has('signature')) return { kind: 'none' };
  const read = readExchangeRequest(request);
  if ('problem' in read) return invalid(read.problem);
  if (read.signature === undefined) return invalid('the body holds no L1 signature');
  const kind = actionClasses.get(read.type);
  if (kind === undefined || kind === 'funds') return invalid('the action is none that this box signs');
  const key = decoyKeyOf(decoy);
  if (key === undefined) return invalid('this box holds no Hyperliquid decoy');
  return isSignedBy(key, read, read.signature, sourceOf(request.host))
    ? { kind: 'valid' }
    : invalid('the signature is not the decoy’s over this action');
}

function isSignedBy(key: Uint8Array, read: ExchangeRequest, given: Signature, source: Source): boolean {
  try {
    return isL1SignedBy(key, given, read.message, source);
  } catch (thrown) {
    if (thrown instanceof NotPackable) return false;
    throw thrown;
  }
}

function decoyKeyOf(decoy: DecoyCredential): Uint8Array | undefined {
  const known = decoyKeys.get(decoy);
  if (known !== undefined) return known;
  const key = readPrivateKey(decoy.privateKey ?? '');
  if (key !== undefined) decoyKeys.set(decoy, key);
  return key;
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}

/** The same action under the sidecar's nonce and the real key's signature; the members keep their order. */
function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, host, path } = request;
  const headers: (readonly [string, string])[] = [
    ...forwardedHeaders(request.headers),
    ['content-type', 'application/json'],
  ];
  if (path === infoPath) return { method, path, query: '', headers, body: rewriteJson(request) };
  assertServes(hosts, host, stamp.environment);
  const read = readExchangeRequest(request);
  const kind = 'problem' in read ? undefined : actionClasses.get(read.type);
  if (
    real === undefined ||
    'problem' in read ||
    kind === undefined ||
    kind === 'funds' ||
    read.message.vaultAddress !== undefined
  ) {
    throw new Error('an action reached signing that this box does not sign');
  }
  const nowMs = BigInt(stamp.nowMs);
  if (stamp.nonce <= nowMs - 2n * dayMs || stamp.nonce >= nowMs + dayMs) {
    throw new Error('the nonce is outside the window that Hyperliquid accepts');
  }
  const signature = signL1(keyOf(real), { ...read.message, nonce: stamp.nonce }, sourceOf(host));
  const body = Buffer.from(formatStrictJson(resigned(read.object, stamp.nonce, signature)));
  return { method, path, query: '', headers, body };
}

function resigned(object: StrictObject, nonce: bigint, { r, s, v }: Signature): StrictObject {
  const signature: StrictJson = new Map<string, StrictJson>([
    ['r', r],
    ['s', s],
    ['v', new JsonNumber(String(v))],
  ]);
  return new Map<string, StrictJson>([...object])
    .set('nonce', new JsonNumber(String(nonce)))
    .set('signature', signature);
}

function keyOf(real: RealCredential): Uint8Array {
  const secret = real.privateKey;
  const known = secret === undefined ? undefined : realKeys.get(secret);
  if (known !== undefined) return known;
  const key = secret === undefined ? undefined : readPrivateKey(secret.reveal());
  if (secret === undefined || key === undefined) {
    throw new TradeboxError(
      'SECRET_INVALID',
      "The Hyperliquid credential's privateKey is missing or not a key.",
      {
        remedy: 'Store the API wallet’s private key, 0x and 64 hex digits, again.',
      },
    );
  }
  realKeys.set(secret, key);
  return key;
}

function sourceOf(host: string): Source {
  return host === testnet ? 'b' : 'a';
}

function makePrivateKey(randomBytes: (size: number) => Buffer): string {
  const bytes = randomBytes(32);
  // The order of secp256k1 begins FFFFFFFF: with the first bit clear every non-zero number is a key.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return `0x${bytes.toString('hex')}`;
}

export const hyperliquid: Venue = {
  id: 'hyperliquid',
  title: 'Hyperliquid',
  hosts,
  operations,
  credential,
  classify,
  authenticate,
  sign,
  parseOrders: parseHyperliquidOrders,
  refuse: (refusal) => jsonAnswer(200, { status: 'err', response: refusalText(refusal) }),
  instrumentSource: assetSource,
};
