// What becomes of a box whose agent has ended while orders rest.
import { expect, test } from 'vitest';
import type { CliContext } from '../../../../src/cli/context.js';
import { describeResting, leaveBox, restingOrders } from '../../../../src/cli/launch/leave.js';
import { engineWith, type Fate } from '../../../support/fake-boxes.js';

const warnings: string[] = [];
let ended = 0;
const end = async () => {
  ended += 1;
};
const context = {
  clock: { nowMs: () => Date.now() },
  output: { warn: (line: string) => void warnings.push(line) },
} as unknown as CliContext;

/** The box `desk`, whose sidecar counts so many orders at its first, second … look. */
function deskWith(
  counts: number[],
  { environment = 'live', isPaper = false, fate = 'answers' as Fate } = {},
) {
  const account = {
    account: 'okx-main',
    venue: 'okx',
    environment,
    tradingState: 'ACTIVE',
    cause: '',
    by: '',
  };
  return engineWith({ desk: fate }, isPaper, () => ({
    accounts: [{ ...account, resting: counts.length > 1 ? counts.shift() : counts[0] }],
    orders: [],
  }));
}

test('while orders rest in a live account its sidecar stays, and how they are cancelled is said', async () => {
  warnings.length = 0;
  ended = 0;
  await leaveBox(context, deskWith([2]), 'desk', end);
  expect(ended).toBe(0);
  expect(warnings).toEqual([
    expect.stringMatching(/^2 orders of okx-main may still rest .*`tradebox kill desk`/),
  ]);
}, 10_000);

test('demo money and paper keep nothing', async () => {
  expect(await restingOrders(context, deskWith([2]), 'desk')).toEqual([{ account: 'okx-main', orders: 2 }]);
  expect(await restingOrders(context, deskWith([2], { environment: 'demo' }), 'desk')).toEqual([]);
  expect(await restingOrders(context, deskWith([2], { isPaper: true }), 'desk')).toEqual([]);
  expect(await restingOrders(context, deskWith([0]), 'desk')).toEqual([]);
});

test('an order that was filled a moment before is waited for', async () => {
  ended = 0;
  await leaveBox(context, deskWith([1, 1, 0]), 'desk', end);
  expect(ended).toBe(1);
});

test('where nobody can tell, orders may rest: the sidecar stays', async () => {
  const deaf = deskWith([1], { fate: 'deaf' });
  expect(await restingOrders(context, deaf, 'desk')).toBeUndefined();
  warnings.length = 0;
  ended = 0;
  await leaveBox(context, deaf, 'desk', end);
  expect([ended, warnings]).toEqual([
    0,
    [expect.stringMatching(/^orders may still rest .*`tradebox kill desk`/)],
  ]);
}, 10_000);

test('what rests is counted by account', () => {
  expect(
    describeResting([
      { account: 'a', orders: 1 },
      { account: 'b', orders: 3 },
    ]),
  ).toBe('1 order of a, 3 orders of b');
});
