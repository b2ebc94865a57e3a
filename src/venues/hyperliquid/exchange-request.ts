// The body of POST /exchange, read strictly: action, nonce, signature, and the two options that its hash covers.
import type { HttpRequest } from '../../core/http.js';
import { readJsonObject } from '../json-body.js';
import { isStrictObject, JsonNumber, type StrictJson, type StrictObject } from '../json-strict.js';
import type { Signature } from './ecdsa.js';
import type { L1Message } from './l1-signature.js';

export interface ExchangeRequest {
  /** The whole body, to be sent again with another nonce and signature. */
  object: StrictObject;
  action: StrictObject;
  type: string;
  message: L1Message;
  signature: Signature | undefined;
}

const members: ReadonlySet<string> = new Set([
  'action',
  'nonce',
  'signature',
  'vaultAddress',
  'expiresAfter',
]);
const address = /^0x[0-9a-fA-F]{40}$/;
const scalar = /^0x[0-9a-fA-F]{1,64}$/;
const milliseconds = /^(?:0|[1-9]\d{0,18})$/;

export function readExchangeRequest(
  request: Pick<HttpRequest, 'headers' | 'body'>,
): ExchangeRequest | { problem: string } {
  const body = readJsonObject(request);
  if (!body.ok) return { problem: body.problem };
  const { object } = body;
  for (const name of object.keys())
    if (!members.has(name)) return { problem: 'the body has a member that is not understood' };
  const action = object.get('action');
  const type = isStrictObject(action) ? action.get('type') : undefined;
  if (!isStrictObject(action) || typeof type !== 'string')
    return { problem: 'the body holds no action with a type' };
  const nonce = readMilliseconds(object.get('nonce'));
  if (nonce === undefined) return { problem: 'the nonce is no time in milliseconds' };
  const vaultAddress = object.get('vaultAddress') ?? undefined;
  if (vaultAddress !== undefined && (typeof vaultAddress !== 'string' || !address.test(vaultAddress))) {
    return { problem: 'vaultAddress is no address' };
  }
  const expires = object.get('expiresAfter') ?? undefined;
  const expiresAfter = readMilliseconds(expires);
  if (expires !== undefined && expiresAfter === undefined)
    return { problem: 'expiresAfter is no time in milliseconds' };
  return {
    object,
    action,
    type,
    message: {
      action,
      nonce,
      ...(vaultAddress === undefined ? {} : { vaultAddress }),
      ...(expiresAfter === undefined ? {} : { expiresAfter }),
    },
    signature: readSignature(object.get('signature')),
  };
}

function readSignature(value: StrictJson | undefined): Signature | undefined {
  if (!isStrictObject(value) || value.size !== 3) return undefined;
  const [r, s, v] = ['r', 's', 'v'].map((name) => value.get(name));
  if (typeof r !== 'string' || typeof s !== 'string' || !scalar.test(r) || !scalar.test(s)) return undefined;
  if (!(v instanceof JsonNumber) || (v.text !== '27' && v.text !== '28')) return undefined;
  return { r, s, v: v.text === '27' ? 27 : 28 };
}

function readMilliseconds(value: StrictJson | undefined): bigint | undefined {
  return value instanceof JsonNumber && milliseconds.test(value.text) ? BigInt(value.text) : undefined;
}
