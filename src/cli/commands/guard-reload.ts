// tradebox guard reload: the guardrails of a running box anew; only a person at a terminal can loosen them.
import { guardrailsReplySchema } from '../../sidecar/control.js';
import { defineCommand, required } from '../command.js';
import { printable } from '../style.js';

export const reload = defineCommand({
  description:
    'All rules or none, at once. Limits that give an agent more room are shown and need a yes at a terminal: no script can loosen.\nAn attached `tradebox run` takes a tightening by itself when the file changes.',
  arguments: { name: required('name', 'name of a running box') },
  examples: [{ command: 'tradebox guard reload lab', does: 'after a change of guardrails.yaml' }],
  result: guardrailsReplySchema,
  render: ({ loosened }, style) =>
    style.green(
      loosened.length === 0 ? 'in force; nothing is looser' : `in force; ${loosened.length} looser`,
    ),
  run: async (context, { arguments: { name } }) => {
    const { openEngine } = await import('../../sandbox/engine.js');
    const { reloadGuardrails } = await import('../launch/guard-reload.js');
    const engine = await openEngine(context.env);
    const result = await reloadGuardrails(context, engine, name, async (loosened) => {
      for (const { limit, change } of loosened) context.output.warn(`${printable(limit)}: ${change}`);
      return context.prompt.confirm(`Let ${name} do more than before?`, false);
    });
    return { result };
  },
});
