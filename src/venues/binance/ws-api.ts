// A message of Binance's WebSocket APIs: its signature checked over its parameters with the decoy, made anew with the real key (S5, C3).
// Scheme: parameters but `signature`, sorted by name, `name=value` joined by `&`; web-socket-api.md "SIGNED request security" (2026-07-21).
import type { Environment } from '../../core/order.js';
import type { VenueAnswer } from '../admin.js';
import { isSameText, revealHeader, signingSecret } from '../client-headers.js';
import { formatForm, formType } from '../form-body.js';
import { readInstant } from '../instant.js';
import {
  formatStrictJson,
  isStrictObject,
  JsonNumber,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { isPem, signPayload } from '../signing-key.js';
import {
  answerTo,
  hasOnly,
  invalid,
  isMessageId,
  readFrame,
  readMessage,
  textOf,
  unknownMessage as unknown,
} from '../socket-frames.js';
import type { Authentication, DecoyCredential, RealCredential, SocketMessage, Stamp } from '../venue.js';
import { fieldNames } from './credential.js';
import { readParameters } from './parameters.js';
import { listens, type WsApi } from './ws-api-methods.js';

type Params = ReadonlyMap<string, string>;

/** Members of `params` that are about the message, not about what it asks for. */
const ofMessage: ReadonlySet<string> = new Set([
  'apiKey',
  'signature',
  'timestamp',
  'recvWindow',
  'returnRateLimits',
]);
const recvWindowForm = /^\d{1,5}(?:\.\d{1,3})?$/;

/** REST hosts of a method's table, by path prefix; only what a row counts for is asked of them. */
const restHosts: Readonly<Record<'demo' | 'live', Readonly<Record<string, string>>>> = {
  live: { api: 'api.binance.com', fapi: 'fapi.binance.com', dapi: 'dapi.binance.com' },
  demo: { api: 'demo-api.binance.com', fapi: 'demo-fapi.binance.com', dapi: 'demo-dapi.binance.com' },
};

export function readApiMessage(text: string, api: WsApi, environment: Environment): SocketMessage {
  return readFrame(text, (frame) => read(frame, api, environment));
}

function read(frame: StrictObject, api: WsApi, environment: Environment): SocketMessage {
  const method = frame.get('method');
  const id = frame.get('id');
  if (typeof method !== 'string' || !hasOnly(frame, ['id', 'method', 'params']))
    return unknown('the message has no method, or a member that no message has');
  if (id !== undefined && id !== null && !isMessageId(id)) return unknown('the id is malformed');
  const given = frame.get('params') ?? new Map<string, StrictJson>();
  if (!isStrictObject(given)) return unknown('params are no object');
  const isSigned = given.has('apiKey') || given.has('signature');
  if (!isSigned && (api.open.has(method) || listens.has(method))) return readMessage(method, frame);
  const target = api.trades.get(method);
  if (target === undefined && !api.signed.has(method) && !api.open.has(method))
    return unknown('Binance has no row for this method on this socket');
  const params = textsOf(given);
  if (params === undefined) return unknown('a parameter is no plain text, or could be signed in two ways');
  const window = params.get('recvWindow');
  if (window !== undefined && !(recvWindowForm.test(window) && Number(window) <= 60_000))
    return unknown('recvWindow is not 0 to 60000 milliseconds');
  const authenticate = (decoy: DecoyCredential) => check(params, decoy);
  if (target === undefined)
    return {
      kind: 'login',
      operation: method,
      authenticate,
      write: (real, stamp) => write(frame, given, params, real, stamp),
    };
  if (id === undefined || id === null) return unknown('an order without an id cannot be answered');
  const [verb = '', path = ''] = target.split(' ');
  // A cancel must never depend on a clock.
  if (verb !== 'DELETE' && readInstant(params.get('timestamp')) === undefined)
    return unknown('timestamp is missing or no time');
  const inBody = verb === 'POST';
  // The client's time stays: an order of long ago is refused as it is over REST.
  const form = formatForm(
    new Map([...params].filter(([name]) => name === 'timestamp' || !ofMessage.has(name))),
  );
  const [, prefix = ''] = path.split('/');
  return {
    kind: 'trade',
    operation: method,
    request: {
      method: verb,
      host: restHosts[environment === 'demo' ? 'demo' : 'live'][prefix] ?? '',
      port: 443,
      path,
      query: inBody ? '' : form,
      headers: inBody ? [['content-type', formType]] : [],
      body: Buffer.from(inBody ? form : ''),
    },
    authenticate,
    write: (request, real, stamp) => {
      const sent = readParameters(request);
      if (!sent.ok) throw new Error(`${method} has parameters that parseOrders refuses`);
      return write(frame, given, sent.fields, real, stamp);
    },
    answerIn: (text) => answerIn(text, id),
  };
}

/** Values as the signature covers them. Percent-encoding changes none of these characters, so both readings of the scheme agree. */
function textsOf(given: StrictObject): Params | undefined {
  const params = new Map<string, string>();
  for (const [name, value] of given) {
    const text = typeof value === 'boolean' ? String(value) : textOf(value);
    const form = name === 'signature' ? /^[A-Za-z0-9+/=]{1,512}$/ : /^[A-Za-z0-9._~-]{0,200}$/;
    if (text === undefined || !form.test(text) || !/^[A-Za-z]{1,40}$/.test(name)) return undefined;
    params.set(name, text);
  }
  return params;
}

function payloadOf(params: Params): string {
  return [...params]
    .filter(([name]) => name !== 'signature')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Freshness is asked of orders alone, elsewhere: the sidecar re-stamps. */
function check(params: Params, decoy: DecoyCredential): Authentication {
  const { [fieldNames.key]: decoyKey, [fieldNames.secret]: secret } = decoy;
  if (decoyKey === undefined || secret === undefined) return invalid('this box holds no Binance decoy');
  if (!isSameText(params.get('apiKey') ?? '', decoyKey)) return invalid('apiKey is not the decoy');
  const signature = params.get('signature') ?? '';
  const given = isPem(secret) ? signature : signature.toLowerCase();
  return isSameText(given, signPayload(secret, payloadOf(params)))
    ? { kind: 'valid' }
    : invalid('the signature does not match the parameters');
}

/** `params` as they may leave; those that say what the client said keep the client's type. */
function write(
  frame: StrictObject,
  given: StrictObject,
  params: Params,
  real: RealCredential,
  { nowMs }: Stamp,
): string {
  const sent = new Map<string, StrictJson>();
  for (const name of ['recvWindow', 'returnRateLimits']) {
    const value = given.get(name);
    if (value !== undefined) sent.set(name, value);
  }
  for (const [name, text] of params) {
    if (ofMessage.has(name)) continue;
    const value = given.get(name);
    const isSame = value !== undefined && (textOf(value) ?? String(value)) === text;
    sent.set(name, isSame ? value : text);
  }
  sent.set('apiKey', revealHeader(real, fieldNames.key, 'Binance'));
  sent.set('timestamp', new JsonNumber(String(nowMs)));
  const texts = textsOf(sent);
  if (texts === undefined) throw new Error('the parameters could be signed in two ways');
  sent.set('signature', signPayload(signingSecret(real, fieldNames.secret, 'Binance'), payloadOf(texts)));
  return formatStrictJson(new Map<string, StrictJson>([...frame, ['params', sent]]));
}

/** `result` is REST's body, `error` its error's, and `status` its status. */
function answerIn(text: string, id: StrictJson): VenueAnswer | undefined {
  const frame = answerTo(text, 'id', id);
  const status = Number(textOf(frame?.get('status')));
  if (frame === undefined || !(status >= 100 && status < 600)) return undefined;
  const body = frame.get(status === 200 ? 'result' : 'error') ?? null;
  return { status, body: Buffer.from(formatStrictJson(body)) };
}
