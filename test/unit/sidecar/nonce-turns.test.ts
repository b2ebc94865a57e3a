// ATTACKS C4: nonces that must rise rise at the venue, however many requests come at once; another credential waits for nobody.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { NonceTurns } from '../../../src/sidecar/nonce-turns.js';
import { venues } from '../../../src/venues/venues.js';
import { casesOf, startVenueOrderBox } from '../../support/venue-order-box.js';

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

test('1,000 requests at once reach Kraken in the order of their nonces, the sidecar’s own among them', async () => {
  const kraken = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue]))).find(
    ({ name }) => name === 'kraken',
  );
  if (kraken === undefined) throw new Error('no case of Kraken');
  const started = await startVenueOrderBox(kraken);
  box = started;
  const ask = () =>
    started.agent({
      method: 'POST',
      host: 'api.kraken.com',
      port: 443,
      path: '/0/private/Balance',
      query: '',
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: Buffer.from('nonce=1'),
    });
  const [answers] = await Promise.all([
    Promise.all(Array.from({ length: 1_000 }, ask)),
    started.control.kill({ flatten: false, by: 'ann' }),
  ]);
  expect(answers.filter((answer) => !answer.includes('"error":[]'))).toEqual([]);
}, 60_000);
