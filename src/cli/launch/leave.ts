// The end of a box whose agent has ended: nothing of it stays, unless orders may still rest at a venue with real money. Then its sidecar
// goes on: it watches them, and `kill` can cancel them.
import { setTimeout as pause } from 'node:timers/promises';
import { findBox } from '../../sandbox/boxes.js';
import type { Engine } from '../../sandbox/engine.js';
import type { CliContext } from '../context.js';
import { isTrading, readOrders } from './orders.js';

export interface Resting {
  account: string;
  /** How many. */
  orders: number;
}

/** Milliseconds in which an order that was filled just now is known to be. */
const settleMs = 3_000;
const lookMs = 300;

/** Ends a box after its agent by `end`, or says why it stays: what nobody can tell may rest. */
export async function leaveBox(
  context: CliContext,
  engine: Engine,
  name: string,
  end: () => Promise<void>,
): Promise<void> {
  const resting = await settled(context, engine, name);
  if (resting?.length === 0) return end();
  context.output.warn(
    `${describeResting(resting)} may still rest at the venue, so the sidecar of ${name} stays and watches: \`tradebox kill ${name}\` cancels them, \`tradebox stop ${name}\` leaves them to the venue`,
  );
}

/** What may rest of the box's live accounts; nothing of one that cannot trade or trades on paper. Undefined when nobody could tell. */
export async function restingOrders(
  context: CliContext,
  engine: Engine,
  name: string,
): Promise<readonly Resting[] | undefined> {
  try {
    const box = await findBox(engine, name, context.clock.nowMs());
    if (box === undefined || box.isPaper || !isTrading(box)) return [];
    const [reply] = await readOrders(context, engine, name, 1);
    return (reply?.accounts ?? []).flatMap(({ account, environment, resting }) =>
      environment === 'live' && resting > 0 ? [{ account, orders: resting }] : [],
    );
  } catch {
    return undefined;
  }
}

/** Such as `2 orders of okx-main, 1 order of kraken`; of what nobody could tell `orders`. */
export function describeResting(resting: readonly Resting[] | undefined): string {
  if (resting === undefined) return 'orders';
  return resting
    .map(({ account, orders }) => `${orders} ${orders === 1 ? 'order' : 'orders'} of ${account}`)
    .join(', ');
}

async function settled(
  context: CliContext,
  engine: Engine,
  name: string,
): Promise<readonly Resting[] | undefined> {
  const untilMs = context.clock.nowMs() + settleMs;
  for (;;) {
    const resting = await restingOrders(context, engine, name);
    if (resting?.length === 0 || context.clock.nowMs() >= untilMs) return resting;
    await pause(lookMs);
  }
}
