// tradebox stop: ends a box and removes its containers and networks. The journal stays.
import { defineCommand, required } from '../command.js';

export const command = defineCommand({
  description:
    'Its journal and its command line are kept: `tradebox audit` reads the one, `tradebox reset` starts the other again.',
  arguments: { name: required('name', 'name of the box') },
  examples: [{ command: 'tradebox stop lab', does: 'end it; nothing of it stays on the engine' }],
  run: async (context, { arguments: { name } }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { findBox } = await import('../../sandbox/boxes.js');
    const { unknownBox } = await import('../../sandbox/names.js');
    const { endBox } = await import('../launch/lifecycle.js');
    const { describeResting, restingOrders } = await import('../launch/leave.js');
    const engine = await openEngine(context.env);
    if ((await findBox(engine, name, context.clock.nowMs())) === undefined) throw unknownBox(name);
    const progress = await context.output.progress(`stopping ${name}`);
    const resting = await restingOrders(context, engine, name);
    await endBox(context, engine, name);
    progress.succeed(`${name} stopped`);
    if (resting?.length !== 0) {
      context.output.warn(
        `${describeResting(resting)} may still rest at the venue, and nothing here watches them: cancel them there, or \`tradebox reset ${name}\` and \`tradebox kill ${name}\``,
      );
    }
    return {};
  },
});
