// ATTACKS C4: nonces that must rise rise at the venue, however many requests come at once; another credential waits for nobody.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { type HttpRequest, headerOf } from '../../../src/core/http.js';
import { NonceTurns } from '../../../src/sidecar/nonce-turns.js';
import { loadLibrary } from '../../../src/venues/hyperliquid/libsecp256k1.js';
import { venues } from '../../../src/venues/venues.js';
import { casesOf } from '../../support/venue-cases.js';
import { startVenueOrderBox } from '../../support/venue-order-box.js';

let box: Awaited<ReturnType<typeof startVenueOrderBox>> | undefined;
afterEach(() => box?.stop());

test('turns go round in the order of coming, once each, by credential', async () => {
  const turns = new NonceTurns(60_000);
  const begun: string[] = [];
  const leaves: (() => void)[] = [];
  const come = (name: string, id = 'a') =>
    turns.take(id, (leave) => {
      begun.push(name);
      leaves.push(leave);
    });
  for (const name of ['1', '2', '3']) come(name);
  come('other', 'b');
  expect(begun).toEqual(['1', 'other']);
  leaves[0]?.();
  leaves[0]?.();
  await nextTurn();
  expect(begun).toEqual(['1', 'other', '2']);
  leaves[2]?.();
  await nextTurn();
  leaves[3]?.();
  come('4');
  expect(begun).toEqual(['1', 'other', '2', '3', '4']);
});

test('who does not leave is waited for only so long', async () => {
  const turns = new NonceTurns(1);
  turns.take('a', () => {});
  await new Promise<void>((resolve) => turns.take('a', () => resolve()));
});

interface Numbered {
  /** What any moment may be asked of the venue with a number in it. */
  request: Pick<HttpRequest, 'method' | 'path'> & { header?: readonly [string, string]; body?: string };
  nonceOf(request: HttpRequest): string | undefined;
  /** Of the 1,000 requests, so many come together. */
  atOnce: number;
}

const form = ['content-type', 'application/x-www-form-urlencoded'] as const;
const numbered: Readonly<Record<string, Numbered>> = {
  kraken: {
    atOnce: 1_000,
    request: { method: 'POST', path: '/0/private/Balance', header: form, body: 'nonce=1' },
    nonceOf: ({ body }) => new URLSearchParams(String(body)).get('nonce') ?? undefined,
  },
  // More than 256 connections to a venue the sidecar does not open.
  'kraken-futures': {
    atOnce: 200,
    request: { method: 'GET', path: '/derivatives/api/v3/openorders', header: ['Nonce', '1'] },
    nonceOf: ({ headers }) => headerOf(headers, 'nonce'),
  },
  // Hyperliquid remembers an address's 100 highest nonces: what comes later than 100 others is refused there.
  hyperliquid: {
    atOnce: 50,
    request: {
      method: 'POST',
      path: '/exchange',
      header: ['content-type', 'application/json'],
      body: '{"action":{"type":"cancel","cancels":[{"a":0,"o":1}]},"nonce":1,"signature":{}}',
    },
    nonceOf: ({ path, body }) => (path === '/exchange' ? String(JSON.parse(String(body)).nonce) : undefined),
  },
};
const cases = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue])));
const backMs = 50_000;
const requests = 1_000;
// Signs three times as fast once it is compiled.
beforeAll(loadLibrary);

test.each(Object.entries(numbered))(
  '%s: nonces rise through 1,000 requests, many at once, the sidecar’s own among them, and through a restart by a clock set back',
  async (name, { request: { method, path, header, body = '' }, nonceOf, atOnce }) => {
    const one = cases.find((known) => known.name === name);
    if (one === undefined) throw new Error(`no case of ${name}`);
    const started = await startVenueOrderBox(one);
    box = started;
    const request: HttpRequest = {
      method,
      host: one.hosts[0] ?? '',
      port: 443,
      path,
      query: '',
      headers: header === undefined ? [] : [header],
      body: Buffer.from(body),
    };
    const nonces = (): bigint[] => started.taken.flatMap((taken) => BigInt(nonceOf(taken) ?? 0) || []);
    const [answers] = await Promise.all([
      started.agents(request, requests, atOnce),
      started.control.kill({ flatten: false, by: 'ann' }),
    ]);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.filter(({ body }) => /nonce|"error":\["/i.test(String(body)))).toEqual([]);
    const before = nonces();
    expect(before.length).toBeGreaterThanOrEqual(requests);
    expect(new Set(before).size).toBe(before.length);
    // Where the venue takes nothing below the last, they come in order, too.
    const inOrder = before.every((nonce, index) => index === 0 || nonce > (before[index - 1] ?? 0n));
    if (one.venue.hasRisingNonces === true) expect(inOrder).toBe(true);

    const [highest = 0n] = before.toSorted((one, other) => (one < other ? 1 : -1));
    await started.restart({ nowMs: () => Date.now() - backMs });
    await started.agent(request, { nowMs: Date.now() - backMs });
    const after = nonces().slice(before.length);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((nonce) => nonce <= highest)).toEqual([]);
  },
  60_000,
);
