// What clients may say on each venue's sockets, with the class of each message, as golden files that a reviewer can read: the leaf's own
// table beside every operation that the vendors' SDKs and documents know. What moves funds, or hands out a session, is denied (S7).
import { createRequire } from 'node:module';
import { WS_API_Operations as binanceOperations } from 'binance';
import { WS_API_Operations as okxOperations } from 'okx-api';
import { expect, test } from 'vitest';
import { classifyLines, describeVenue } from '../../../src/venues/describe.js';
import { actionClasses } from '../../../src/venues/hyperliquid/actions.js';
import { operationClasses } from '../../../src/venues/venue.js';
import { venues } from '../../../src/venues/venues.js';
import { fundsWords } from '../../support/ccxt-wire.js';

const { WS_API_Operations: bybitOperations } = createRequire(import.meta.url)(
  'bybit-api/lib/types/websockets/ws-api.js',
) as { WS_API_Operations: readonly string[] };

/** Operations of the venue's sockets beyond subscriptions, by who lists them. */
const vendors: Readonly<Record<string, readonly string[]>> = {
  // binance 3.6.5, okx-api 3.2.3, bybit-api 4.7.7: what each can send.
  binance: binanceOperations,
  okx: okxOperations,
  bybit: bybitOperations,
  // docs.kraken.com Spot WebSocket v2, "User Trading".
  kraken: [
    'add_order',
    'amend_order',
    'edit_order',
    'cancel_order',
    'cancel_all',
    'cancel_all_orders_after',
    'batch_add',
    'batch_cancel',
  ],
  // hyperliquid.gitbook.io "Post requests": every action that REST takes.
  hyperliquid: [...actionClasses.keys()].map((type) => `post ${type}`),
};

test.each(venues.map((venue) => [venue.id, venue] as const))(
  '%s: each operation of its sockets has the committed class, and none of funds passes',
  async (id, venue) => {
    const { sockets } = describeVenue(venue);
    expect(sockets.length, 'every venue has a socket').toBeGreaterThan(0);
    const own = sockets.map(({ path, operation, class: kind }) => ({ kind, text: `${path} ${operation}` }));
    const known = new Set(sockets.map(({ operation }) => operation));
    const others = (vendors[id] ?? []).filter((operation) => !known.has(operation));
    const lines = classifyLines(venue, others.map((operation) => `WS ${operation}`).join('\n'));
    const rows = [...own, ...lines.map(({ class: kind, path }) => ({ kind, text: path }))];
    const outcome = Object.fromEntries(
      operationClasses.map((kind) => [
        kind,
        [...new Set(rows.filter((row) => row.kind === kind).map(({ text }) => text))].sort(),
      ]),
    );
    await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
      `../../golden/sockets/${id}.json`,
    );
    for (const { kind, text } of rows) {
      if (kind === 'funds' || kind === 'unknown') continue;
      // A calendar lends nothing.
      expect(text.replace('economic-calendar', ''), kind).not.toMatch(fundsWords);
      expect(text, kind).not.toMatch(/session\.log|userDataStream\.(?:start|ping|stop)|listenToken/);
    }
    // Whatever does more than ask stands for a row of the REST table: the gate asks about it as it asks there.
    const operations = venue.socket?.operations ?? [];
    for (const [index, { operation, class: kind }] of sockets.entries())
      expect(kind === 'read', operation).toBe(operations[index]?.rest === undefined);
  },
);
