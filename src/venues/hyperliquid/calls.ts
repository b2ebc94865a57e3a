// A call of the sidecar's own to Hyperliquid: a question at /info, or an action that `sign` completes at /exchange.
import type { Environment } from '../../core/order.js';
import type { AdminPlace } from '../admin.js';
import {
  formatStrictJson,
  isStrictObject,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { type CallParts, jsonBody, objectIn, ownRequest } from '../venue-answers.js';
import { exchangePath, infoPath } from './actions.js';

const host: Readonly<Record<Environment, string>> = {
  live: 'api.hyperliquid.xyz',
  paper: 'api.hyperliquid.xyz',
  demo: 'api.hyperliquid-testnet.xyz',
};

/** Public unless it is about an account. */
export function info(at: AdminPlace, question: Readonly<Record<string, unknown>>): CallParts {
  return {
    request: ownRequest('POST', host[at.environment], infoPath, jsonBody(question)),
    isPublic: question.user === undefined,
  };
}

/** Nonce and signature are written by `sign`. */
export function exchange(at: AdminPlace, action: object, more: StrictObject = new Map()): CallParts {
  const head = parseStrictJson(Buffer.from(JSON.stringify({ action, nonce: 0, signature: {} })));
  const body = head.ok && isStrictObject(head.value) ? head.value : new Map<string, StrictJson>();
  const whole = new Map(body).set('action', new Map([...(objectIn(body, 'action') ?? []), ...more]));
  const text = formatStrictJson(whole);
  return {
    request: ownRequest('POST', host[at.environment], exchangePath, { type: 'application/json', text }),
    isPublic: false,
  };
}
