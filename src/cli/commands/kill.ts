// tradebox kill: halts, cancels everything that rests, verified at the venue; with --flatten closes positions, too.
import { z } from 'zod';
import { exitCodes, TradeboxError } from '../../core/errors.js';
import { killReplySchema } from '../../sidecar/orders/order-view.js';
import { defineCommand, flag, optional } from '../command.js';
import { printable } from '../style.js';

const resultSchema = z.object({
  boxes: z.array(
    z.object({
      box: z.string(),
      /** True when the venues confirmed that nothing is left. */
      isVerified: z.boolean(),
      problem: z.string(),
      accounts: killReplySchema.shape.reports,
    }),
  ),
});

export const command = defineCommand({
  description:
    'Works with the agent dead, hostile or flooding: the sidecar cancels with its own calls. No order passes afterwards until `tradebox resume`.\nExit code 3 when a venue did not confirm that nothing is left, or a box that could trade has no sidecar to do it.',
  arguments: { name: optional('name', 'name of the box; may be left out when there is only one') },
  options: {
    all: flag('--all', 'every box that can trade'),
    flatten: flag('--flatten', 'close positions at market, too'),
    force: flag('--force', 'with --flatten: also where an order that may still rest could open the reverse'),
  },
  examples: [
    { command: 'tradebox kill --all', does: 'stop everything, cancel everything' },
    { command: 'tradebox kill desk --flatten', does: 'and close the positions of this box' },
  ],
  result: resultSchema,
  render: ({ boxes }, style) =>
    boxes
      .flatMap(({ box, problem, accounts }) => [
        ...(problem === '' ? [] : [style.red(printable(`${box}: ${problem}`))]),
        ...accounts.map((one) => {
          const what = `${box}: ${one.account} halted, ${one.canceled} orders cancelled, ${one.closedPositions} positions closed, first cancel after ${one.firstCancelMs} ms`;
          return one.isVerified
            ? style.green(printable(`${what}; nothing is left`))
            : style.red(printable(`${what}; ${one.problem}`));
        }),
      ])
      .join('\n'),
  run: async (context, { arguments: { name }, options }) => {
    if (options.force && !options.flatten) {
      throw new TradeboxError('USAGE', '--force says how positions are closed: it goes with --flatten', {
        remedy: 'Add --flatten, or leave --force out.',
      });
    }
    const { openEngine } = await import('../../sandbox/engine.js');
    const { killBox } = await import('../launch/orders.js');
    const { killAll, killTargets } = await import('../launch/kill.js');
    const engine = await openEngine(context.env);
    const targets = await killTargets(context, engine, { name, all: options.all });
    const boxes = await killAll(targets, (box) => killBox(engine, box, options));
    const isVerified = boxes.every((one) => one.isVerified);
    return { result: { boxes }, exitCode: isVerified ? exitCodes.ok : exitCodes.boundary };
  },
});
