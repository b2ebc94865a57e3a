// No row of a table that places, amends or cancels orders silently lacks a reader: it reads a valid body, or stands in the golden file
// of the rows that are refused by name.
import { describe, expect, test } from 'vitest';
import type { Proposal } from '../../../src/orders/admission.js';
import { createOrderGate } from '../../../src/sidecar/orders/gate.js';
import type { Operation, Venue } from '../../../src/venues/venue.js';
import { venues } from '../../../src/venues/venues.js';
import {
  environmentOf,
  nameOf,
  parseRequest,
  parseRow,
  requestFor,
  rowsOf,
} from '../../support/order-requests.js';
import { orderSamples, sampleNowMs } from '../../support/order-samples.js';
import { asReal, makeDecoys, stampAt } from '../../support/venue-requests.js';

/** What a row without a reader is refused with: the agent and the journal see it. */
const byName = 'PRODUCT_UNSUPPORTED';

/** Whatever the body, the row is refused by name. */
function isRefusedByName(venue: Venue, row: Operation): boolean {
  return ['', {}].every((given) => {
    const parsed = parseRow(venue, row, given);
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
      const parsed = parseRow(venue, row, samples[name] ?? '');
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
      expect(parseRequest(venue, row, sent)).toEqual(parseRow(venue, row, samples[name] ?? ''));
    },
  );
});
