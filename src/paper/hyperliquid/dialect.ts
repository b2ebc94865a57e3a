// The Hyperliquid dialect of the paper exchange: info requests, actions, and who signed them.
// Source: hyperliquid.gitbook.io "Info endpoint", "Exchange endpoint", "Nonces and API wallets"; ccxt 4.5.84 hyperliquid.
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../../core/http.js';
import { addressOf, signerOf } from '../../venues/hyperliquid/ecdsa.js';
import { readExchangeRequest } from '../../venues/hyperliquid/exchange-request.js';
import { l1Digest, readPrivateKey } from '../../venues/hyperliquid/l1-signature.js';
import { NotPackable } from '../../venues/msgpack.js';
import type { Dialect, Exchange, PaperCredential } from '../dialect.js';
import type { Engine } from '../engine/engine.js';
import { PaperFault } from '../fault.js';
import { Fields, jsonFields } from '../fields.js';
import { accountAnswers } from './accounts.js';
import { actionHandlers } from './actions.js';
import { marketAnswers } from './markets.js';
import { openSocket } from './socket.js';

const dayMs = 86_400_000n;
const rememberedNonces = 100;

/** The highest nonces of each API wallet: a new one must be above their least and none of them. Lives as long as the engine. */
const nonces = new WeakMap<Engine, Map<string, bigint[]>>();
const signers = new WeakMap<PaperCredential, string>();

export const hyperliquidDialect: Dialect = {
  venue: 'hyperliquid',
  answer(request, exchange) {
    try {
      if (request.method !== 'POST') return jsonAnswer(405, null);
      if (request.path === '/info') return jsonAnswer(200, info(request, exchange));
      if (request.path === '/exchange') return jsonAnswer(200, act(request, exchange));
      return jsonAnswer(404, null);
    } catch (thrown) {
      if (thrown instanceof PaperFault) return faultAnswer(thrown);
      throw thrown;
    }
  },
  openSocket: (place) =>
    openSocket(place, (request, exchange) => hyperliquidDialect.answer(request, exchange)),
};

function info(request: HttpRequest, exchange: Exchange): unknown {
  const { engine, credentials } = exchange;
  const fields = jsonFields(request);
  const type = fields.required('type');
  const open = marketAnswers.get(type);
  if (open !== undefined) return open({ engine, fields });
  const user = fields.required('user').toLowerCase();
  if (type === 'userRole') return roleOf(user, credentials);
  const owner = credentials.find((one) => accountOf(one) === user);
  const own = accountAnswers.get(type);
  if (own === undefined || owner === undefined) throw new PaperFault('NOT_ON_PAPER', type);
  return own({ engine, fields, account: engine.account(owner.id) });
}

/** The account's key is not on paper, only that of an API wallet which the account has approved. */
function roleOf(user: string, credentials: readonly PaperCredential[]): unknown {
  if (credentials.some((one) => accountOf(one) === user)) return { role: 'user' };
  const owner = credentials.find((one) => signerAddress(one) === user);
  return owner === undefined ? { role: 'missing' } : { role: 'agent', data: { user: accountOf(owner) } };
}

function act(request: HttpRequest, exchange: Exchange): unknown {
  const read = readExchangeRequest(request);
  if ('problem' in read || read.signature === undefined) throw new PaperFault('BODY_UNREADABLE');
  const { action, message, type } = read;
  const signer = signerOf(read.signature, digestOf(message));
  const credential = exchange.credentials.find((one) => signerAddress(one) === signer);
  if (signer === undefined || credential === undefined) {
    return { status: 'err', response: `User or API Wallet ${signer ?? ''} does not exist.` };
  }
  if (message.vaultAddress !== undefined) return { status: 'err', response: 'Vault not registered' };
  takeNonce(exchange, credential, message.nonce);
  const handler = actionHandlers.get(type);
  if (handler === undefined) return { status: 'err', response: `${type} is not available on paper.` };
  const { engine } = exchange;
  const response = handler({ engine, fields: new Fields(action), account: engine.account(credential.id) });
  return { status: 'ok', response };
}

/** Paper is mainnet's host: what was signed for the testnet is somebody else's here. */
function digestOf(message: Parameters<typeof l1Digest>[0]): Buffer {
  try {
    return l1Digest(message, 'a');
  } catch (thrown) {
    if (thrown instanceof NotPackable) throw new PaperFault('BODY_UNREADABLE');
    throw thrown;
  }
}

function takeNonce({ engine, nowMs }: Exchange, { id }: PaperCredential, nonce: bigint): void {
  const now = BigInt(nowMs);
  if (nonce <= now - 2n * dayMs || nonce >= now + dayMs) throw new PaperFault('TIME_OUTSIDE_WINDOW');
  const all = nonces.get(engine) ?? new Map<string, bigint[]>();
  nonces.set(engine, all);
  const known = all.get(id) ?? [];
  const least = known[0];
  const isFull = known.length >= rememberedNonces;
  if (known.includes(nonce) || (isFull && least !== undefined && nonce < least))
    throw new PaperFault('NONCE_NOT_RISING');
  const kept = [...known, nonce].sort((one, other) => (one < other ? -1 : 1)).slice(-rememberedNonces);
  all.set(id, kept);
}

function accountOf({ secrets }: PaperCredential): string {
  return secrets.accountAddress?.reveal().toLowerCase() ?? '';
}

function signerAddress(credential: PaperCredential): string | undefined {
  const known = signers.get(credential);
  if (known !== undefined) return known;
  const key = readPrivateKey(credential.secrets.privateKey?.reveal() ?? '');
  if (key === undefined) return undefined;
  const address = addressOf(key);
  signers.set(credential, address);
  return address;
}

/** Bad nonces and actions are answered in the body, what is no request with 422. */
function faultAnswer({ code, subject }: PaperFault): HttpAnswer {
  if (code === 'NONCE_NOT_RISING' || code === 'TIME_OUTSIDE_WINDOW')
    return jsonAnswer(200, { status: 'err', response: 'Invalid nonce' });
  if (code === 'BODY_UNREADABLE' || code === 'NOT_ON_PAPER' || code === 'PARAMETER_MISSING')
    return jsonAnswer(422, `Failed to deserialize the JSON body into the target type: ${subject}`);
  return jsonAnswer(200, { status: 'err', response: `Invalid ${subject}` });
}
