// tradebox exec: a second command in a running box, behind the same walls. Its exit code is the command's.
import { TradeboxError } from '../../core/errors.js';
import { defineCommand, required } from '../command.js';

export const command = defineCommand({
  arguments: { name: required('name', 'name of the box') },
  rest: 'the command and its arguments',
  examples: [
    { command: 'tradebox exec lab -- okx account balance', does: 'ask the venue from inside' },
    { command: 'tradebox exec lab -- bash', does: 'look around' },
  ],
  run: async (context, { arguments: { name }, rest }) => {
    if (rest === undefined || rest.length === 0) {
      throw new TradeboxError('USAGE', 'there is no command to run', {
        remedy: `Give it after two hyphens: tradebox exec ${name} -- <command>`,
      });
    }
    const { openEngine } = await import('../../sandbox/engine.js');
    const { execInBox } = await import('../../sandbox/exec.js');
    const { callerStreams } = await import('../launch/streams.js');
    const { reportWorkdir } = await import('../launch/workdir-evidence.js');
    const engine = await openEngine(context.env);
    await reportWorkdir(context, engine, name);
    const hasTerminal = context.stdin.isTTY === true && context.stdout.isTTY === true;
    const { followTaint, taintPrompt } = await import('../launch/taint-line.js');
    const { boxTaint } = await import('../launch/taint.js');
    const environment = hasTerminal && boxTaint(context, name).isTainted ? taintPrompt(name) : {};
    const unfollow = followTaint(context, name);
    const exitCode = await execInBox(engine, name, rest, {
      hasTerminal,
      environment,
      streams: callerStreams(context),
    }).finally(unfollow);
    return { exitCode };
  },
});
