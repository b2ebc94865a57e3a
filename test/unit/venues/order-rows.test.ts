// No row of a table that places, amends or cancels orders silently lacks a reader: it reads a valid body, or stands in the golden file
// of the rows that are refused by name.
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/core/http.js';
import type { Proposal } from '../../../src/orders/admission.js';
import { createOrderGate } from '../../../src/sidecar/orders/gate.js';
import type { Environment, Operation, ParsedOrders, Venue } from '../../../src/venues/venue.js';
import { venues } from '../../../src/venues/venues.js';
import { orderSamples, sampleNowMs } from '../../support/order-samples.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../support/venue-requests.js';

const orderClasses: ReadonlySet<string> = new Set(['order', 'amend', 'cancel']);
/** What a row without a reader is refused with: the agent and the journal see it. */
const byName = 'PRODUCT_UNSUPPORTED';
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';

const nameOf = ({ method, path }: Operation): string => `${method} ${path}`;
const rowsOf = (venue: Venue) => venue.operations.filter(({ class: kind }) => orderClasses.has(kind));

function environmentOf(venue: Venue, row: Operation): { host: string; environment: Environment } {
  const place = venue.hosts.find(
    ({ transport, apis }) => transport === 'rest' && (row.api === undefined || apis?.includes(row.api)),
  );
  if (place === undefined) throw new Error(`no host serves ${row.path}`);
  // A paper account's number tells it at Interactive Brokers.
  const isPaperNumber = venue.id === 'ibkr';
  return { host: place.host, environment: isPaperNumber ? 'demo' : (place.environments[0] ?? 'live') };
}

/** The row with the given parameters, as a client writes them. */
function requestFor(venue: Venue, row: Operation, given: string | object): HttpRequest {
  const { text, segments = {} } = orderSamples[venue.id] ?? { text: 'query' };
  const [path = ''] = row.path.replace(/\{(\w+)\}/g, (_, name) => segments[name] ?? 'A1').split('#');
  const url = `https://${environmentOf(venue, row).host}${path}`;
  // With spaces, which are not sent on: who signs what came has not signed what goes out.
  if (typeof given !== 'string')
    return requestOf(row.method, url, [['content-type', json]], JSON.stringify(given, null, ' '));
  if (given === '' || text === 'query') return requestOf(row.method, `${url}?${given}`);
  return requestOf(row.method, url, [['content-type', form]], given);
}

const parse = (venue: Venue, row: Operation, given: string | object): ParsedOrders =>
  parseRequest(venue, row, requestFor(venue, row, given));

function parseRequest(venue: Venue, row: Operation, request: HttpRequest): ParsedOrders {
  const { environment } = environmentOf(venue, row);
  const { instruments, quoted } = orderSamples[venue.id] ?? {};
  const asked = { venue: venue.id, account: 'a', environment, action: 'place', instrument: 'AAPL:265598' };
  return venue.parseOrders(request, {
    account: 'a',
    environment,
    nowMs: sampleNowMs,
    ...(instruments === undefined ? {} : { instruments }),
    questioned: () => [asked as never],
    quoted: (id) => quoted?.[id]?.map((terms) => ({ ...asked, moneyMode: 'LIVE', ...terms }) as never),
  });
}

/** Whatever the body, the row is refused by name. */
function isRefusedByName(venue: Venue, row: Operation): boolean {
  return ['', {}].every((given) => {
    const parsed = parse(venue, row, given);
    return !parsed.ok && parsed.code === byName;
  });
}

/** What the gate says to the order that the row's sample is: a code, or `admitted` where the account's desk is asked. */
async function gated(venue: Venue, row: Operation): Promise<string> {
  const request = requestFor(venue, row, orderSamples[venue.id]?.samples[nameOf(row)] ?? '');
  const parsed = parseRequest(venue, row, request);
  if (!parsed.ok) return parsed.code;
  const admit = async ({ refusal }: Pick<Proposal, 'refusal'>) => ({
    ...{ kind: 'deny', order: undefined, message: '', rule: '' },
    code: refusal?.code ?? 'admitted',
  });
  const gate = createOrderGate({
    deskOf: () => ({ admit }) as never,
    onEnded: () => {},
  });
  const head = { fields: { get: () => undefined } };
  const exchange = { id: 'r', venue, request, head, credential: { id: 'a' }, intents: parsed.intents };
  const classification = venue.classify(request);
  const { denied } = await gate.admit({ ...exchange, classification } as never, () => false);
  return denied?.code ?? 'released';
}

const refused = Object.fromEntries(
  venues.map((venue) => [
    venue.id,
    rowsOf(venue)
      .filter((row) => isRefusedByName(venue, row))
      .map(nameOf),
  ]),
);

test('the rows that are refused by name are those of the golden file, and no others', async () => {
  const told = `${JSON.stringify(refused, null, 2)}\n`;
  await expect(told).toMatchFileSnapshot('../../golden/refused-order-rows.json');
});

test('each order that is read is either found again and cancelled from here, or refused as ORDER_UNSTOPPABLE', async () => {
  const unstoppable: Record<string, string[]> = {};
  for (const venue of venues) {
    const names: string[] = [];
    for (const row of rowsOf(venue)) {
      if (refused[venue.id]?.includes(nameOf(row))) continue;
      const { operation } = venue.classify(
        requestFor(venue, row, orderSamples[venue.id]?.samples[nameOf(row)] ?? ''),
      );
      const isCovered = row.class === 'cancel' || venue.admin?.covers?.(operation) !== false;
      expect([nameOf(row), await gated(venue, row)]).toEqual([
        nameOf(row),
        isCovered ? 'admitted' : 'ORDER_UNSTOPPABLE',
      ]);
      if (!isCovered) names.push(nameOf(row));
    }
    unstoppable[venue.id] = names;
  }
  const told = `${JSON.stringify(unstoppable, null, 2)}\n`;
  await expect(told).toMatchFileSnapshot('../../golden/unstoppable-order-rows.json');
});

describe.each(venues.map((venue) => [venue.id, venue] as const))('%s', (id, venue) => {
  const keys = makeDecoys(venue);
  const samples = orderSamples[id]?.samples ?? {};
  const readable = rowsOf(venue).filter((row) => !refused[id]?.includes(nameOf(row)));

  test('every row that is not refused by name has a sample, and every sample a row', () => {
    expect(Object.keys(samples).sort()).toEqual(readable.map(nameOf).sort());
  });

  test.each(readable.map((row) => [nameOf(row), row] as const))(
    '%s is read from a valid body',
    (name, row) => {
      const parsed = parse(venue, row, samples[name] ?? '');
      if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
      expect(parsed.intents.length).toBeGreaterThan(0);
      const actions = new Set(parsed.intents.map(({ action }) => action));
      if (row.class === 'cancel') expect([...actions]).toEqual(['cancel']);
      else expect(actions.has(row.class === 'amend' ? 'amend' : 'place')).toBe(true);
    },
  );

  test.each(readable.map((row) => [nameOf(row), row] as const))(
    '%s goes out signed over the bytes that are sent, and means the same order (C3)',
    (name, row) => {
      const { environment } = environmentOf(venue, row);
      const request = requestFor(venue, row, samples[name] ?? '');
      const sent = { ...request, ...venue.sign(request, asReal(keys), stampAt(sampleNowMs, environment)) };
      // The venue's own check, by the key that signed.
      expect(venue.authenticate(sent, keys)).toEqual({ kind: 'valid' });
      expect(venue.authenticate(sent, makeDecoys(venue)).kind).toBe('invalid');
      expect(parseRequest(venue, row, sent)).toEqual(parse(venue, row, samples[name] ?? ''));
    },
  );
});
