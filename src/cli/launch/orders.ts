// The host's side of the order boundary: asks the sidecars of running boxes, and carries a human's decision to the one that holds the order.
import { userInfo } from 'node:os';
import { TradeboxError } from '../../core/errors.js';
import { type BoxState, listBoxes } from '../../sandbox/boxes.js';
import { control } from '../../sandbox/control.js';
import type { Engine } from '../../sandbox/engine.js';
import { unknownBox } from '../../sandbox/names.js';
import type { ControlRequest, SeenHalt } from '../../sidecar/control.js';
import {
  type KillReply,
  killReplySchema,
  type OrdersReply,
  type OrderView,
  ordersReplySchema,
  orderViewSchema,
} from '../../sidecar/orders/order-view.js';
import type { CliContext } from '../context.js';

export interface BoxOrders extends OrdersReply {
  box: string;
}

/** A kill has to page, cancel and verify; venues limit how fast. */
const killDeadlineMs = 30_000;

/** Names of boxes whose sidecar answers and which can send orders; only `name` when it is given. Throws BOX_UNKNOWN. */
export async function tradingBoxes(context: CliContext, engine: Engine, name?: string): Promise<string[]> {
  const boxes = await listBoxes(engine, context.clock.nowMs());
  if (name !== undefined && !boxes.some((box) => box.name === name)) {
    throw unknownBox(name);
  }
  return boxes
    .filter((box) => (name === undefined || box.name === name) && isTrading(box))
    .map((box) => box.name);
}

/** Whether its sidecar can be asked and can send orders. */
export function isTrading({ parts, mode, status }: BoxState): boolean {
  return (
    parts.sidecar !== undefined && mode !== 'readonly' && status !== 'stopped' && status !== 'sidecar-dead'
  );
}

/** What waits and what was, of every box that can trade, but for those that end meanwhile; newest first within a box. */
export async function readOrders(
  context: CliContext,
  engine: Engine,
  name: string | undefined,
  limit: number,
): Promise<BoxOrders[]> {
  const names = await tradingBoxes(context, engine, name);
  const replies = await Promise.all(
    names.map(async (box) => {
      try {
        return [{ box, ...ordersReplySchema.parse(await ask(engine, box, { op: 'orders', limit })) }];
      } catch (thrown) {
        // A deaf box may still hold orders: that is told. One that ended meanwhile holds none.
        if (name === undefined && !(await tradingBoxes(context, engine)).includes(box)) return [];
        throw thrown;
      }
    }),
  );
  return replies.flat();
}

/** The one order of this id. Throws USAGE when no box holds it, or two do: nobody guesses which is meant. */
export async function findOrder(
  context: CliContext,
  engine: Engine,
  order: string,
): Promise<{ box: string; view: OrderView }> {
  // A box that is just ending, or deaf, keeps nobody from deciding on an order of another.
  const asked = await Promise.allSettled(
    (await tradingBoxes(context, engine)).map((box) => readOrders(context, engine, box, 1000)),
  );
  const found = asked
    .flatMap((reply) => (reply.status === 'fulfilled' ? reply.value : []))
    .flatMap(({ box, orders }) => orders.flatMap((view) => (view.order === order ? [{ box, view }] : [])));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const boxes = found.map(({ box }) => box).join(', ');
    throw new TradeboxError('USAGE', `several orders are named "${order.slice(0, 40)}": in ${boxes}`, {
      remedy: 'Reject and propose one of them anew: `tradebox orders watch --box <name>` tells them apart.',
    });
  }
  throw new TradeboxError('USAGE', `no running box holds an order "${order.slice(0, 40)}"`, {
    remedy: 'List them with `tradebox orders list`.',
  });
}

/** A human's yes or no. Throws USAGE when the sidecar refuses it. */
export async function decideOrder(
  engine: Engine,
  box: string,
  request: Extract<ControlRequest, { op: 'approve' | 'reject' }>,
): Promise<OrderView> {
  return orderViewSchema.parse(await ask(engine, box, request));
}

export async function killBox(
  engine: Engine,
  box: string,
  { flatten, force }: { flatten: boolean; force: boolean },
): Promise<KillReply> {
  // A sidecar of an older version knows no `force`, and is not to fail a kill without it.
  const request = { op: 'kill', flatten, ...(force ? { force } : {}), by: personName() } as const;
  return killReplySchema.parse(await ask(engine, box, request, killDeadlineMs));
}

/** `seen`: the accounts as the human was shown them. Throws USAGE when one is halted for something else by now. */
export async function resumeBox(
  engine: Engine,
  box: string,
  seen: readonly SeenHalt[],
): Promise<OrdersReply> {
  const shown = seen.map(({ account, tradingState, cause }) => ({ account, tradingState, cause }));
  return ordersReplySchema.parse(await ask(engine, box, { op: 'resume', by: personName(), seen: shown }));
}

/** Who decides: the account of the operating system. */
export function personName(): string {
  try {
    return userInfo().username.slice(0, 64);
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // an id without an account, as in a container
  }
}

async function ask(
  engine: Engine,
  box: string,
  request: ControlRequest,
  deadlineMs?: number,
): Promise<unknown> {
  const reply = await control(engine, box, request, deadlineMs);
  if (reply.ok) return reply.result;
  throw new TradeboxError('USAGE', `${box}: ${reply.message}`, { remedy: 'Look at `tradebox orders list`.' });
}
