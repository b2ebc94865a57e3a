// ccxt as an oracle: its requests as they would go on the wire, its API map as method and path, what it raises for an answer.
import ccxt, { type Exchange } from 'ccxt';
import { expect } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../src/core/http.js';
import { operationClasses, type Venue } from '../../src/venues/venue.js';

export type CcxtCall = (exchange: Exchange) => Promise<unknown>;
type ExchangeClass = new (config: Record<string, unknown>) => Exchange;

const nothing: HttpAnswer = { status: 200, headers: [], body: Buffer.from('{}') };

/** A ccxt exchange that sends nothing: each request lands in `sent` and gets the answer. */
export function ccxtWire(id: string, config: Record<string, unknown>, answer: HttpAnswer = nothing) {
  const sent: HttpRequest[] = [];
  const Implementation = (ccxt as unknown as Record<string, ExchangeClass>)[id];
  if (Implementation === undefined) throw new Error(`ccxt knows no ${id}`);
  const exchange = new Implementation({
    ...config,
    enableRateLimit: false,
    fetchImplementation: async (
      url: string,
      init: { method: string; headers: Record<string, string>; body?: string },
    ) => {
      sent.push(toRequest(url, init));
      return new Response(answer.body.toString(), {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
      });
    },
  });
  return { exchange, sent };
}

/** The one request that the call sent; whether the call then liked the empty answer does not matter. */
export async function captureOne(wire: ReturnType<typeof ccxtWire>, call: CcxtCall): Promise<HttpRequest> {
  wire.sent.length = 0;
  await call(wire.exchange).catch(() => undefined);
  expect(wire.sent.length, 'requests sent').toBe(1);
  return wire.sent[0]!;
}

/** What the exchange raises for the answer. */
export async function raisedBy(
  id: string,
  config: Record<string, unknown>,
  answer: HttpAnswer,
  call: CcxtCall,
): Promise<Error> {
  const { exchange } = ccxtWire(id, config, answer);
  return call(exchange).then(
    () => {
      throw new Error('ccxt raised nothing');
    },
    (raised: Error) => raised,
  );
}

/** Whether a client that follows ccxt's own advice would try again. */
export const isRetryable = (raised: Error): boolean => raised instanceof ccxt.OperationFailed;

/** Every endpoint of the exchange's API map, `{name}` filled with `sample`. */
export function ccxtEndpoints(
  exchange: Exchange,
  sample: (name: string) => string = (name) => `${name}1`,
): { api: string; method: string; url: URL }[] {
  const found: { api: string; method: string; url: URL }[] = [];
  const visit = (node: Record<string, unknown>, trail: string[]): void => {
    for (const [key, value] of Object.entries(node)) {
      if (!['get', 'post', 'put', 'delete', 'patch'].includes(key)) {
        visit(value as Record<string, unknown>, [...trail, key]);
        continue;
      }
      for (const path of Array.isArray(value) ? (value as string[]) : Object.keys(value as object)) {
        const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
        const params = Object.fromEntries(names.map((name) => [name, sample(name)]));
        const api = trail.length === 1 ? trail[0] : trail;
        const signed = exchange.sign(path, api as string, key.toUpperCase(), params);
        found.push({ api: trail.join('.'), method: key.toUpperCase(), url: new URL(signed.url as string) });
      }
    }
  };
  visit(exchange.describe().api as Record<string, unknown>, []);
  return found;
}

/** The table of outcomes a reviewer reads: class → `METHOD host/path`, sorted. */
export function classifyEndpoints(
  venue: Venue,
  endpoints: readonly { method: string; url: URL }[],
): Record<string, string[]> {
  const rows = endpoints.map(({ method, url }) => {
    const { hostname: host, pathname: path } = url;
    const { class: kind, isPublic } = venue.classify({ host, method, path, query: url.search.slice(1) });
    return { kind: isPublic ? 'public read' : kind, text: `${method} ${host}${path}` };
  });
  return Object.fromEntries(
    ['public read', ...operationClasses].map((kind) => [
      kind,
      [...new Set(rows.filter((row) => row.kind === kind).map((row) => row.text))].sort(),
    ]),
  );
}

/** Words that name money leaving, authority or debt. */
export const fundsWords =
  /withdraw|transfer|api-?key|sub-?_?account|loan|borrow|lend|deposit|address|payment|convert|send|move|stak|earn/i;

function toRequest(
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string },
): HttpRequest {
  const { hostname, port, pathname, search } = new URL(url);
  return {
    method: init.method,
    host: hostname,
    port: port === '' ? 443 : Number(port),
    path: pathname,
    query: search.slice(1),
    headers: Object.entries(init.headers),
    body: Buffer.from(init.body ?? ''),
  };
}
