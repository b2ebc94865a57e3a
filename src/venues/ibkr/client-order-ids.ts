// Puts client order ids (cOID) into the orders of a request that have none; no other byte is changed.
import type { HttpRequest } from '../../core/http.js';
import { formatStrictJson, isStrictObject, parseStrictJson, type StrictJson } from '../json-strict.js';

const ordersPath = /^\/v1\/api\/iserver\/account\/[A-Z0-9]{2,12}\/orders?$/;

/** Undefined when every order has one, and for what is no order request. */
export function withClientOrderIds(request: HttpRequest, makeId: () => string): HttpRequest | undefined {
  if (request.method !== 'POST' || !ordersPath.test(request.path)) return undefined;
  const parsed = parseStrictJson(request.body);
  if (!parsed.ok || !isStrictObject(parsed.value)) return undefined;
  const orders = parsed.value.get('orders');
  if (orders === undefined) return written(request, stamped(parsed.value, makeId), parsed.value);
  if (!Array.isArray(orders)) return undefined;
  const list: readonly StrictJson[] = orders;
  const all = list.map((order) => stamped(order, makeId));
  return all.every((order, index) => order === list[index])
    ? undefined
    : written(request, new Map([...parsed.value, ['orders', all]]), parsed.value);
}

/** The same object when it has an id. */
function stamped(order: StrictJson, makeId: () => string): StrictJson {
  if (!isStrictObject(order) || order.has('cOID')) return order;
  return new Map([...order, ['cOID', makeId()]]);
}

function written(request: HttpRequest, body: StrictJson, before: StrictJson): HttpRequest | undefined {
  return body === before ? undefined : { ...request, body: Buffer.from(formatStrictJson(body)) };
}
