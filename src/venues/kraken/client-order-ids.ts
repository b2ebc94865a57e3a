// Client order ids of ours in Kraken orders that have none, forms and JSON alike.
import type { HttpRequest } from '../../core/http.js';
import { formType } from '../form-body.js';
import {
  formatStrictJson,
  isStrictObject,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { rowsOf } from '../venue-answers.js';
import { readPrivateBody } from './signature.js';

/** Undefined when the request cannot carry one. */
export function withClientOrderIds(request: HttpRequest, makeId: () => string): HttpRequest | undefined {
  const read = readPrivateBody(request);
  if ('problem' in read) return undefined;
  // A free text id has at most 18 characters; the last of ours are those drawn by chance.
  const idFor = (order: StrictObject): string | undefined =>
    order.has('cl_ord_id') || order.has('userref') ? undefined : makeId().slice(-18);
  if (request.path === '/0/private/AddOrder') return stampOne(request, read.contentType, idFor(read.fields));
  return request.path === '/0/private/AddOrderBatch' ? stampBatch(request, idFor) : undefined;
}

function stampOne(
  request: HttpRequest,
  contentType: string,
  id: string | undefined,
): HttpRequest | undefined {
  if (id === undefined) return undefined;
  if (contentType === formType)
    return { ...request, body: Buffer.concat([request.body, Buffer.from(`&cl_ord_id=${id}`)]) };
  const parsed = parseStrictJson(request.body);
  if (!parsed.ok || !isStrictObject(parsed.value)) return undefined;
  return { ...request, body: Buffer.from(formatStrictJson(new Map([...parsed.value, ['cl_ord_id', id]]))) };
}

function stampBatch(
  request: HttpRequest,
  idFor: (order: StrictObject) => string | undefined,
): HttpRequest | undefined {
  const parsed = parseStrictJson(request.body);
  const orders = parsed.ok && isStrictObject(parsed.value) ? rowsOf(parsed.value.get('orders')) : undefined;
  if (!parsed.ok || !isStrictObject(parsed.value) || orders === undefined) return undefined;
  const stamped = orders.map((order): StrictJson => {
    const id = idFor(order);
    return id === undefined ? order : new Map([...order, ['cl_ord_id', id]]);
  });
  return { ...request, body: Buffer.from(formatStrictJson(new Map([...parsed.value, ['orders', stamped]]))) };
}
