// What `orders list` makes of boxes that end, or are deaf, while it asks them.
import { expect, test } from 'vitest';
import type { CliContext } from '../../../../src/cli/context.js';
import { readOrders } from '../../../../src/cli/launch/orders.js';
import { engineWith, type Fate } from '../../../support/fake-boxes.js';

const context = { clock: { nowMs: () => Date.parse('2026-11-20T01:00:00Z') } } as CliContext;
const boxesOf = async (fates: Readonly<Record<string, Fate>>, name?: string) =>
  (await readOrders(context, engineWith(fates), name, 10)).map(({ box }) => box);

test('a box that ends while it is asked is left out', async () => {
  expect(await boxesOf({ one: 'answers', two: 'ends' })).toEqual(['one']);
});

test('a deaf box may hold orders: it is told', async () => {
  await expect(boxesOf({ one: 'answers', two: 'deaf' })).rejects.toThrow('"two" gave no answer');
});

test('one that is asked for by name is never left out', async () => {
  await expect(boxesOf({ one: 'answers', two: 'ends' }, 'two')).rejects.toThrow('"two" gave no answer');
});
