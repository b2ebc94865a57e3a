// tradebox logs: what the agent printed; with --sidecar what the sidecar said.
import { TradeboxError } from '../../core/errors.js';
import { defineCommand, flag, required, text } from '../command.js';

export const command = defineCommand({
  arguments: { name: required('name', 'name of the box') },
  options: {
    follow: flag('-f, --follow', 'go on as it prints'),
    tail: text('--tail <lines>', 'only the last lines'),
    sidecar: flag('--sidecar', 'the sidecar’s instead of the agent’s'),
  },
  examples: [
    { command: 'tradebox logs lab', does: 'all the agent printed' },
    { command: 'tradebox logs lab --follow --tail 20', does: 'watch it' },
  ],
  run: async (context, { arguments: { name }, options }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { writeLogs } = await import('../../sandbox/upkeep.js');
    if (options.tail !== undefined && !/^\d{1,9}$/.test(options.tail)) {
      throw new TradeboxError('USAGE', '--tail needs a whole number', { remedy: 'For example: --tail 20' });
    }
    await writeLogs(
      await openEngine(context.env),
      name,
      {
        role: options.sidecar ? 'sidecar' : 'agent',
        follow: options.follow,
        ...(options.tail === undefined ? {} : { tail: Number(options.tail) }),
      },
      context.stdout,
      context.stderr,
    );
    return {};
  },
});
