// tradebox attach: connects to the agent of a running box. Its exit code is the command's, when it ends while attached.
import { defineCommand, required } from '../command.js';

export const command = defineCommand({
  description: 'On a terminal, ctrl-p ctrl-q detaches again and leaves the agent running.',
  arguments: { name: required('name', 'name of the box') },
  examples: [{ command: 'tradebox attach lab', does: 'go back to a detached agent' }],
  run: async (context, { arguments: { name } }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { runningContainer } = await import('../../sandbox/exec.js');
    const { attachTo } = await import('../../sandbox/attach.js');
    const { callerStreams } = await import('../launch/streams.js');
    const engine = await openEngine(context.env);
    const { followTaint } = await import('../launch/taint-line.js');
    const agent = await runningContainer(engine, name, 'agent');
    const { findBox } = await import('../../sandbox/boxes.js');
    const id = (await findBox(engine, name, context.clock.nowMs()))?.id ?? '';
    const unfollow = followTaint(context, name);
    const outcome = await attachTo(engine, agent, callerStreams(context)).finally(unfollow);
    if (outcome.kind === 'detached') {
      context.output.note(`${name} goes on`);
      return {};
    }
    const { endAttached } = await import('../launch/lifecycle.js');
    return { exitCode: await endAttached(context, engine, { name, id }, outcome) };
  },
});
