// What a wrong client sends, at every venue: each a refusal in the venue's own shape, with a reason code in the journal; nothing is sent.
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/core/http.js';
import { venues } from '../../../src/venues/venues.js';
import type { SettingsPatch } from '../../support/sidecar-box.js';
import { casesOf, okxCase, orderOf, type VenueCase } from '../../support/venue-cases.js';
import { type AgentOptions, startVenueOrderBox } from '../../support/venue-order-box.js';

const byId = Object.fromEntries(venues.map((venue) => [venue.id, venue]));
const cases = [okxCase(byId.okx!), ...casesOf(byId)];

/** Where an order says its type: `type` is Kraken's word for the side. */
const typeMembers = ['strategyType', 'ordertype', 'orderType', 'ordType', 'order_configuration', 't', 'type'];
/** Where it says its size, in the order itself or in a part of it. */
const sizeMembers = ['sz', 'quantity', 'qty', 'volume', 'size', 's', 'base_size'];
/** Of these the signature covers the body's bytes: whoever writes a member twice after signing has forged it. */
const signedBodies = new Set(['okx', 'binance', 'bybit', 'kraken', 'kraken-futures', 'coinbase-exchange']);
/** What says the type there is an object, of which a member is not known. */
const unknownTypes: Readonly<Record<string, string>> = {
  hyperliquid: 'FIELD_UNKNOWN',
};
/** What none of the venue's lists names: where orders are read by one, and where the venue is asked for the symbol's terms. */
const unlistedSymbols: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  okx: [{ instIdCode: 999_999, instId: undefined }, { instId: 'NOSUCH-USDT' }],
  binance: [{ symbol: 'NOSUCHUSDT' }],
  bybit: [{ symbol: 'NOSUCHUSDT' }],
  kraken: [{ pair: 'NOSUCHPAIR' }],
  'kraken-futures': [{ symbol: 'PF_NOSUCHUSD' }],
  coinbase: [{ product_id: 'NOSUCH-USD' }],
  'coinbase-exchange': [{ product_id: 'NOSUCH-USD' }],
  alpaca: [{ symbol: 'NOSUCH/USD' }],
  tradier: [{ symbol: 'NOSUCH' }],
  hyperliquid: [{ a: 9_999 }],
  ibkr: [{ conid: 999_999_999, secType: undefined }],
};

/** Of these the signature has no clock: a number that rises counts, a bearer token, or a key alone. */
const clockless = new Set(['alpaca', 'kraken', 'kraken-futures', 'tradier']);
const tenMinutesMs = 600_000;

type Members = Record<string, unknown>;

/** The order as often as goes into 2 MB, as a list of JSON or of a form's text. */
function batchOf(order: Buffer | string): Buffer {
  const text = order.toString();
  const json = text.startsWith('{') || text.startsWith('[') ? text : JSON.stringify(text);
  return Buffer.from(
    `[${Array(Math.ceil(2_000_000 / json.length))
      .fill(json)
      .join(',')}]`,
  );
}

/** The order with members changed: in its JSON's innermost order, or in its form, wherever that stands. */
function patched(one: VenueCase, patch: (order: Members) => Members): HttpRequest {
  const request = orderOf(one);
  const text = request.body.length > 0 ? request.body.toString() : request.query;
  const inPlace = (changed: string): HttpRequest =>
    request.body.length > 0 ? { ...request, body: Buffer.from(changed) } : { ...request, query: changed };
  if (!text.startsWith('{')) {
    const form = patch(Object.fromEntries(new URLSearchParams(text)));
    const kept = Object.entries(form).filter(([, value]) => value !== undefined);
    return inPlace(new URLSearchParams(kept as [string, string][]).toString());
  }
  const body = JSON.parse(text) as { action?: { orders: Members[] }; orders?: Members[] };
  const orders = body.action?.orders ?? body.orders;
  if (orders === undefined) return inPlace(JSON.stringify(patch(body as Members)));
  orders[0] = patch(orders[0] ?? {});
  return inPlace(JSON.stringify(body));
}

const withUnknownType = (order: Members): Members => {
  const name = typeMembers.find((member) => member in order) ?? '';
  return { ...order, [name]: typeof order[name] === 'string' ? 'moonshot' : { moonshot: {} } };
};

const withSize =
  (size: string) =>
  (order: Members): Members =>
    Object.fromEntries(
      Object.entries(order).map(([name, value]) => {
        if (sizeMembers.includes(name)) return [name, size];
        const isPart = typeof value === 'object' && value !== null;
        return [name, isPart ? withSize(size)(value as Members) : value];
      }),
    );

/** The first member of the order itself stands there twice, with one value. */
function twice(text: string): string {
  const member = /("(?:instId|category|product_id|symbol|conid|a)":(?:"[^"]*"|\d+)),/;
  return text.startsWith('{') ? text.replace(member, '$1,$1,') : text.replace(/^([^&]+)/, '$1&$1');
}

const withHeader = (name: string, value: string, body: (sent: Buffer) => Buffer): AgentOptions => ({
  alter: (signed) => ({
    ...signed,
    headers: [...signed.headers.filter(([one]) => one.toLowerCase() !== name), [name, value]],
    body: body(signed.body),
  }),
});

type VenueOrderBox = Awaited<ReturnType<typeof startVenueOrderBox>>;

let box: VenueOrderBox | undefined;
afterEach(() => box?.stop());

/** The reason in the journal of the one request, whose refusal the client can tell from the venue's own. */
const readReasons =
  ({ agent, events }: VenueOrderBox) =>
  async (request: HttpRequest, options: AgentOptions = {}): Promise<string> => {
    const before = events().length;
    const answer = await agent(request, options);
    const [decided, ...more] = events()
      .slice(before)
      .flatMap((event) => (event.type === 'request.decided' ? [event] : []));
    expect([decided?.verdict, more], answer).toEqual(['deny', []]);
    expect(answer).toContain(`(request ${decided?.request})`);
    return decided?.code ?? '';
  };

test.each(cases.map((one) => [one.name, one] as const))('%s refuses it and says why', async (_, one) => {
  box = await startVenueOrderBox(one);
  const { placed } = box;
  const reasonOf = readReasons(box);
  const reasons = {
    'a new field': await reasonOf(patched(one, (order) => ({ ...order, brandNewField: 'x' }))),
    'an unknown order type': await reasonOf(patched(one, withUnknownType)),
    'a compressed body': await reasonOf(orderOf(one), withHeader('content-encoding', 'gzip', gzipSync)),
    'a multipart body': await reasonOf(
      orderOf(one),
      withHeader('content-type', 'multipart/form-data; boundary=b', () => Buffer.from('--b\r\n\r\n--b--')),
    ),
    'an exponent': await reasonOf(patched(one, withSize('1e-3'))),
    'a minus sign': await reasonOf(patched(one, withSize('-0.001'))),
    'a plus sign': await reasonOf(patched(one, withSize('+0.001'))),
    '2 MB of orders': await reasonOf(orderOf(one), {
      alter: (signed) => ({ ...signed, body: batchOf(signed.body.length > 0 ? signed.body : signed.query) }),
    }),
  };
  expect(reasons).toEqual({
    'a new field': 'FIELD_UNKNOWN',
    'an unknown order type': unknownTypes[one.venue.id] ?? 'ORDER_TYPE_UNSUPPORTED',
    'a compressed body': 'BODY_COMPRESSED',
    'a multipart body': 'BODY_MULTIPART',
    'an exponent': 'NUMBER_INVALID',
    'a minus sign': 'NUMBER_INVALID',
    'a plus sign': 'PRICE_RELATIVE',
    '2 MB of orders': 'BODY_TOO_LARGE',
  });
  const unlisted = unlistedSymbols[one.venue.id] ?? [];
  expect(unlisted.length).toBeGreaterThan(0);
  for (const symbol of unlisted)
    expect(await reasonOf(patched(one, (order) => ({ ...order, ...symbol })))).toBe('SYMBOL_UNKNOWN');
  expect(one.venue.signedAtMs === undefined).toBe(clockless.has(one.venue.id));
  for (const offMs of clockless.has(one.venue.id) ? [] : [-tenMinutesMs, tenMinutesMs])
    expect(await reasonOf(orderOf(one), { nowMs: Date.now() + offMs })).toBe('CLOCK_SKEWED');
  const altered = ({ body, query }: { body: Buffer; query: string }) =>
    body.length > 0 ? { body: Buffer.from(twice(body.toString())) } : { query: twice(query) };
  const repeated = await reasonOf(orderOf(one), { alter: (signed) => ({ ...signed, ...altered(signed) }) });
  const usual = signedBodies.has(one.venue.id) ? 'SIGNATURE_FORGED' : 'BODY_UNREADABLE';
  // Hyperliquid's operation is in the body itself.
  expect(repeated).toBe(one.venue.id === 'hyperliquid' ? 'OPERATION_UNKNOWN' : usual);
  expect(placed).toEqual([]);
});

const firstOfEach = cases.filter(
  ({ venue }, index) => cases.findIndex((other) => other.venue === venue) === index,
);

const onPaper = ({ venue }: VenueCase): SettingsPatch => ({
  mode: 'demo',
  paper: { seed: 'orders', venues: [venue.id] },
});

test.each(firstOfEach.map((one) => [one.name, one] as const))(
  '%s in demo: a symbol that is on no list is refused, one that is on it is not',
  async (_, one) => {
    box = await startVenueOrderBox(one, onPaper(one));
    const reasonOf = readReasons(box);
    for (const symbol of unlistedSymbols[one.venue.id] ?? [])
      expect(await reasonOf(patched(one, (order) => ({ ...order, ...symbol })))).toBe('SYMBOL_UNKNOWN');
    const answer = await box.agent(orderOf(one));
    expect(box.events().at(-1), answer).toMatchObject({ type: 'request.completed', status: 200 });
  },
);

test('in demo no order leaves while the venue does not tell its list', async () => {
  const alpaca = cases.find(({ name }) => name === 'alpaca') as VenueCase;
  box = await startVenueOrderBox({ ...alpaca, closed: /^\/v2\/assets/ }, { mode: 'demo' });
  expect(await readReasons(box)(orderOf(alpaca))).toBe('INSTRUMENT_LIST_MISSING');
  expect(box.placed).toEqual([]);
});

test('Coinbase’s sandbox lists nothing: orders reach its fixed examples', async () => {
  const coinbase = cases.find(({ name }) => name === 'coinbase') as VenueCase;
  box = await startVenueOrderBox({ ...coinbase, hosts: ['api-sandbox.coinbase.com'] }, { mode: 'demo' });
  await box.agent(orderOf({ ...coinbase, hosts: ['api-sandbox.coinbase.com'] }));
  expect(box.placed).toHaveLength(1);
});
