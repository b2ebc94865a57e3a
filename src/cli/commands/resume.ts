// tradebox resume: lets a halted box trade again. Only a person at a terminal can.
import { TradeboxError } from '../../core/errors.js';
import { defineCommand, required } from '../command.js';

export const command = defineCommand({
  description: 'Says why trading was halted, asks, and needs a terminal: no script can resume.',
  arguments: { name: required('name', 'name of the box') },
  examples: [{ command: 'tradebox resume desk', does: 'let it trade again after a kill' }],
  run: async (context, { arguments: { name } }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { readOrders, resumeBox } = await import('../launch/orders.js');
    const engine = await openEngine(context.env);
    const [found] = await readOrders(context, engine, name, 0);
    if (found === undefined) {
      throw new TradeboxError('BOX_NOT_RUNNING', `the box "${name}" runs no sidecar that could trade`, {
        remedy: 'Look at `tradebox ps`.',
      });
    }
    const halted = found.accounts.filter(({ tradingState }) => tradingState !== 'ACTIVE');
    if (halted.length === 0) {
      context.output.note(`${name} is not halted`);
      return {};
    }
    for (const { account, tradingState, cause, by } of halted) {
      context.output.warn(`${account} is ${tradingState}: ${cause}, by ${by}`);
    }
    if (!(await context.prompt.confirm(`Let ${name} send orders again?`, false))) {
      context.output.note(`${name} stays halted`);
      return {};
    }
    await resumeBox(engine, name, halted);
    context.output.note(`${name} may trade again`);
    return {};
  },
});
