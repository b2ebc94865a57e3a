// tradebox orders: what agents propose, and a human's yes or no to it. Decisions travel on the control channel only (S9).
import { z } from 'zod';
import { TradeboxError } from '../../core/errors.js';
import { ageText, describeIntent } from '../../orders/describe-order.js';
import { isFingerprintOf } from '../../orders/fingerprint.js';
import { accountViewSchema, orderViewSchema } from '../../sidecar/orders/order-view.js';
import { type CommandGroup, defineCommand, required, text } from '../command.js';
import { orderLines } from '../order-lines.js';
import { printable, type Style, table } from '../style.js';

const boxOption = { box: text('--box <name>', 'orders of this box only') };
const boxOrdersSchema = z.object({
  box: z.string(),
  accounts: z.array(accountViewSchema),
  orders: z.array(orderViewSchema),
  /** Why new guardrails are not in force; absent when none wait. */
  guardrailsProblem: z.string().optional(),
});
const listSchema = z.object({ boxes: z.array(boxOrdersSchema) });
/** Finished orders that a list shows. */
const listed = 50;

const list = defineCommand({
  options: boxOption,
  examples: [{ command: 'tradebox orders list', does: 'what waits, and the last decisions' }],
  result: listSchema,
  render: ({ boxes }, style) => renderList(boxes, style),
  run: async (context, { options }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { readOrders } = await import('../launch/orders.js');
    return {
      result: { boxes: await readOrders(context, await openEngine(context.env), options.box, listed) },
    };
  },
});

const showSchema = z.object({ box: z.string(), order: orderViewSchema });

const show = defineCommand({
  arguments: { order: required('order', 'id of the order') },
  examples: [{ command: 'tradebox orders show k3m7p2q', does: 'everything known of one order' }],
  result: showSchema,
  render: ({ box, order }, style) => orderLines(box, order, style).join('\n'),
  run: async (context, { arguments: { order } }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { findOrder } = await import('../launch/orders.js');
    const { box, view } = await findOrder(context, await openEngine(context.env), order);
    return { result: { box, order: view } };
  },
});

const approve = defineCommand({
  description:
    'The beginning of the fingerprint binds the approval to exactly this order: its first 8 characters or more, as `orders show` prints them.\nThe request that waits is sent at once; otherwise the next identical one passes, once.',
  arguments: {
    order: required('order', 'id of the order'),
    fingerprint: required('fingerprint', 'first characters of its fingerprint, 8 or more'),
  },
  options: { as: text('--as <name>', 'sign with this approver’s key: where an order takes two people') },
  examples: [{ command: 'tradebox orders approve k3m7p2q 9f04c1d2', does: 'let this order out, once' }],
  result: showSchema,
  render: ({ order }, style) => `${style.green('✔')} ${order.order} is ${order.state}`,
  run: async (context, { arguments: { order, fingerprint }, options }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { decideOrder, findOrder, personName } = await import('../launch/orders.js');
    const engine = await openEngine(context.env);
    const { box, view } = await findOrder(context, engine, order);
    if (!isFingerprintOf(fingerprint, view.fingerprint)) {
      // Before a passphrase is typed: what is signed is what was looked at.
      throw new TradeboxError('USAGE', `the order ${view.order} has another fingerprint`, {
        remedy: `Look at it again with \`tradebox orders show ${view.order}\`.`,
      });
    }
    const signing =
      options.as === undefined
        ? { approver: personName() }
        : {
            approver: options.as,
            signed: await (await import('../launch/approvers.js')).signAs(context, options.as, box, view),
          };
    await (await import('../launch/workdir-evidence.js')).reportWorkdir(context, engine, box);
    const request = { op: 'approve', order, fingerprint, ...signing } as const;
    return { result: { box, order: await decideOrder(engine, box, request) } };
  },
});

const reject = defineCommand({
  arguments: { order: required('order', 'id of the order') },
  options: { reason: text('--reason <text>', 'why, for the journal') },
  examples: [{ command: 'tradebox orders reject k3m7p2q --reason "too large"', does: 'refuse it for good' }],
  result: showSchema,
  render: ({ order }, style) => `${style.red('✖')} ${order.order} is ${order.state}`,
  run: async (context, { arguments: { order }, options }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { decideOrder, findOrder, personName } = await import('../launch/orders.js');
    const engine = await openEngine(context.env);
    const { box } = await findOrder(context, engine, order);
    const message = (options.reason ?? 'rejected by the operator').slice(0, 200);
    const request = { op: 'reject', order, approver: personName(), message } as const;
    return { result: { box, order: await decideOrder(engine, box, request) } };
  },
});

const watch = defineCommand({
  description: 'Keys: up and down choose, `a` then `y` approves, `r` then `y` rejects, `q` ends.',
  options: boxOption,
  examples: [{ command: 'tradebox orders watch', does: 'decide with keys as orders come in' }],
  run: async (context, { options }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { watchOrders } = await import('../launch/order-watch.js');
    const { tradingBoxes } = await import('../launch/orders.js');
    const { keepCheckpoints } = await import('../launch/checkpoints.js');
    const engine = await openEngine(context.env);
    const unkeep = keepCheckpoints(context, () => tradingBoxes(context, engine, options.box));
    await watchOrders(context, engine, options.box).finally(unkeep);
    return {};
  },
});

export const command: CommandGroup = {
  description: 'Orders that wait for a human, and what became of the others.',
  examples: [
    { command: 'tradebox orders', does: 'what waits, and the last decisions' },
    { command: 'tradebox orders approve k3m7p2q 9f04c1d2', does: 'let this order out, once' },
  ],
  subcommands: [
    { name: 'list', summary: 'what waits, and the last decisions', ...list },
    { name: 'show', summary: 'everything known of one order', ...show },
    { name: 'watch', summary: 'decide with keys as orders come in', ...watch },
    { name: 'approve', summary: 'let an order out, once', ...approve },
    { name: 'reject', summary: 'refuse an order', ...reject },
  ],
  alone: list,
};

function renderList(boxes: z.output<typeof listSchema>['boxes'], style: Style): string {
  const halted = boxes.flatMap(({ box, accounts }) =>
    accounts
      .filter(({ tradingState }) => tradingState !== 'ACTIVE')
      .map(({ account, tradingState, cause, by }) =>
        style.red(printable(`${box}: ${account} is ${tradingState} (${cause}, by ${by})`)),
      ),
  );
  const waiting = boxes.flatMap(({ box, guardrailsProblem: why }) =>
    why === undefined ? [] : [style.yellow(printable(`${box}: new guardrails are not in force: ${why}`))],
  );
  const rows = boxes.flatMap(({ box, orders }) =>
    orders.map((order) => [
      order.order,
      order.state,
      order.fingerprint.slice(0, 8),
      box,
      ageText(order.nowMs - order.proposedMs),
      order.intents.map(describeIntent).join(' | '),
    ]),
  );
  if (rows.length === 0) return [...halted, ...waiting, 'no orders'].join('\n');
  const painted = table(rows, (cell, column) => {
    if (column === 0) return style.bold(cell);
    return column === 1 && cell.trim() === 'held' ? style.yellow(cell) : cell;
  });
  return [...halted, ...waiting, painted].join('\n');
}
