// Hyperliquid: L1 actions signed with an agent key (EIP-712). An agent key cannot withdraw, but can move funds: see actions.ts.
import { TradeboxError } from '../../core/errors.js';
import { type HttpRequest, jsonAnswer } from '../../core/http.js';
import type { Secret } from '../../core/secret.js';
import { venueHeaders } from '../client-headers.js';
import { readJsonObject, rewriteJson } from '../json-body.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { NotPackable } from '../msgpack.js';
import { assertServes } from '../own-host.js';
import { rateLimitsOf } from '../rate-limit.js';
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
import { accountMember, actionClasses, exchangePath, infoPath, isSigned, operations } from './actions.js';
import { admin } from './admin.js';
import { assetSource } from './assets.js';
import { addressOf, type Signature } from './ecdsa.js';
import { type ExchangeRequest, readExchangeRequest } from './exchange-request.js';
import { isL1SignedBy, readPrivateKey, type Source, signL1 } from './l1-signature.js';
import { parseHyperliquidOrders } from './orders.js';
import { aboutRealAccount, addressForm, isOwn, type OwnAddresses } from './own-address.js';
import { makeSocket } from './socket.js';

const mainnet = 'api.hyperliquid.xyz';
const testnet = 'api.hyperliquid-testnet.xyz';

// The WebSocket, which takes orders too, is served by the same hosts at /ws.
const hosts: readonly VenueHost[] = [
  { host: mainnet, ports: [443], transport: 'rest', hasSockets: true, environments: ['live', 'paper'] },
  { host: testnet, ports: [443], transport: 'rest', hasSockets: true, environments: ['demo'] },
];

/** The agent key, and the account that approved it, which is what every question about orders and positions is asked by. */
const credential: readonly CredentialField[] = [
  {
    name: 'privateKey',
    env: ['HYPERLIQUID_PRIVATE_KEY', 'HYPERLIQUID_SECRET_KEY', 'HYPERLIQUID_AGENT_KEY'],
    makeDecoy: makePrivateKey,
    explainMalformed: (value) =>
      readPrivateKey(value) === undefined ? 'is not a private key of 64 hex digits' : undefined,
  },
  {
    name: 'accountAddress',
    env: ['HYPERLIQUID_WALLET_ADDRESS', 'HYPERLIQUID_ACCOUNT_ADDRESS', 'HYPERLIQUID_ADDRESS'],
    makeDecoy: (randomBytes) => `0x${randomBytes(20).toString('hex')}`,
    explainMalformed: (value) =>
      addressForm.test(value) ? undefined : 'is not an address of 40 hex digits after 0x',
  },
];

// Nonces are milliseconds within (T - 2 days, T + 1 day). Source: hyperliquid.gitbook.io "Nonces and API wallets".
const dayMs = 86_400_000n;
const exchangeOperation = exchangePath.slice(1);

const decoyKeys = new WeakMap<DecoyCredential, Uint8Array>();
const decoyAddresses = new WeakMap<DecoyCredential, OwnAddresses>();
const realKeys = new WeakMap<Secret, Uint8Array>();
const realSigners = new WeakMap<Uint8Array, string>();

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
  if (path === infoPath) {
    const isPublic = body === undefined || !objectIn(request)?.has(accountMember);
    return { class: 'read', operation: infoPath.slice(1), isPublic };
  }
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

function objectIn({ headers = [], body = Buffer.alloc(0) }: ClassifiedRequest): StrictObject | undefined {
  const read = readJsonObject({ headers, body });
  return read.ok ? read.object : undefined;
}

function typeIn(request: ClassifiedRequest): string | undefined {
  const action = objectIn(request)?.get('action');
  const type = isStrictObject(action) ? action.get('type') : undefined;
  return typeof type === 'string' ? type : undefined;
}

function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const body = objectIn(request);
  if (request.path === infoPath) {
    // Who knows the decoy address is the box: there is nothing to sign in a question.
    const own = addressesOf(decoy);
    return own !== undefined && isOwn(body?.get(accountMember), own) ? { kind: 'valid' } : { kind: 'none' };
  }
  if (request.path !== exchangePath || body?.has('signature') !== true) return { kind: 'none' };
  const read = readExchangeRequest(request);
  if ('problem' in read) return invalid(read.problem);
  if (read.signature === undefined) return invalid('the body holds no L1 signature');
  if (!isSigned(read.type)) return invalid('the action is none that this box signs');
  const key = decoyKeyOf(decoy);
  if (key === undefined) return invalid('this box holds no Hyperliquid decoy');
  return isSignedBy(key, read, read.signature, sourceOf(request.host))
    ? { kind: 'valid' }
    : invalid('the signature is not the decoy’s over this action');
}

/** "Nonces and API wallets": a nonce is the current time in milliseconds. */
function signedAtMs(request: HttpRequest): number | undefined {
  const nonce = request.path === exchangePath ? objectIn(request)?.get('nonce') : undefined;
  return nonce instanceof JsonNumber ? Number(nonce.text) : undefined;
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

function addressesOf(decoy: DecoyCredential): OwnAddresses | undefined {
  const known = decoyAddresses.get(decoy);
  if (known !== undefined) return known;
  const key = decoyKeyOf(decoy);
  if (key === undefined || decoy.accountAddress === undefined) return undefined;
  const own = { account: decoy.accountAddress, signer: addressOf(key) };
  decoyAddresses.set(decoy, own);
  return own;
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}

/** The same action under the sidecar's nonce and the real key's signature; the members keep their order. */
function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, host, path } = request;
  const headers: (readonly [string, string])[] = [
    ...venueHeaders(request.headers),
    ['content-type', 'application/json'],
  ];
  if (path === infoPath && real === undefined) {
    return { method, path, query: '', headers, body: rewriteJson(request) };
  }
  assertServes(hosts, host, stamp.environment);
  if (path === infoPath && real !== undefined) {
    const question = readJsonObject(request);
    if (!question.ok)
      throw new Error(`a question reached signing that nobody could read: ${question.problem}`);
    const body = formatStrictJson(aboutRealAccount(question.object, realAddressesOf(real)));
    return { method, path, query: '', headers, body: Buffer.from(body) };
  }
  const read = readExchangeRequest(request);
  if (
    real === undefined ||
    path !== exchangePath ||
    'problem' in read ||
    !isSigned(read.type) ||
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

function realAddressesOf(real: RealCredential): OwnAddresses {
  const key = keyOf(real);
  const account = real.accountAddress?.reveal();
  if (account === undefined || !addressForm.test(account)) {
    throw new TradeboxError(
      'SECRET_INVALID',
      "The Hyperliquid credential's accountAddress is missing or not an address.",
      { remedy: 'Store the address of the account that approved the API wallet, 0x and 40 hex digits.' },
    );
  }
  const signer = realSigners.get(key) ?? addressOf(key);
  realSigners.set(key, signer);
  return { account, signer };
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
  signedAtMs,
  sign,
  parseOrders: parseHyperliquidOrders,
  refuse: (refusal) => jsonAnswer(200, { status: 'err', response: refusalText(refusal) }),
  rateLimits: rateLimitsOf({
    // hyperliquid.gitbook.io "Rate limits and user limits": a weight of 1,200 a minute by address of the network; an account that used up what
    // its volume allows gets one request in ten seconds.
    statuses: { 429: { windowMs: 60_000 } },
    codes: [{ pattern: /"(Too many cumulative requests sent)/, windowMs: 10_000 }],
    marks: ['Too many cumulative requests sent'],
    refusal: {
      status: 429,
      body: (text) => ({ status: 'err', response: `Too many cumulative requests sent: ${text}` }),
    },
  }),
  instrumentSource: assetSource,
  socket: makeSocket({ authenticate, sign }),
  admin,
};
