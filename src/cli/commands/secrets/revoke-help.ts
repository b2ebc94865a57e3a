// tradebox secrets revoke-help: what to do at a venue when a key is, or may be, in other hands.
import { z } from 'zod';
import { TradeboxError } from '../../../core/errors.js';
import { nearest } from '../../../core/nearest.js';
import { runbooks } from '../../../vault/runbooks.js';
import { defineCommand, required } from '../../command.js';

export const revokeHelp = defineCommand({
  description: 'Opens nothing and sends nothing: the steps are for you, in the order that loses the least.',
  arguments: { venue: required('venue', 'venue or model provider, e.g. okx, anthropic') },
  examples: [{ command: 'tradebox secrets revoke-help okx', does: 'make a key of OKX worthless' }],
  result: z.object({ id: z.string(), title: z.string(), page: z.string(), steps: z.array(z.string()) }),
  render: ({ title, page, steps }, style) =>
    [
      style.bold(`When a key of ${title} may be in other hands`),
      ...steps.map((step, index) => `${index + 1}. ${step}`),
      `Keys are deleted at ${page}: type the address, do not follow a link in a message.`,
    ].join('\n'),
  run: async (_context, { arguments: { venue } }) => {
    const found = runbooks.find(({ id }) => id === venue);
    if (found === undefined) {
      const ids = runbooks.map(({ id }) => id);
      const near = nearest(venue, ids);
      throw new TradeboxError('USAGE', `there is no runbook for "${venue.slice(0, 60)}"`, {
        remedy: near === undefined ? `Choose one of: ${ids.join(', ')}` : `Did you mean ${near}?`,
      });
    }
    const { id, title, page, steps, kind = 'venue' } = found;
    return {
      result: {
        id,
        title,
        page,
        steps: [atOnce[kind], ...steps, newKey[kind], ...atTheEnd[kind]],
      },
    };
  },
});

const atOnce = {
  venue:
    'Stop what may use it: `tradebox ps`, then `tradebox stop <box>` for each box that holds the account.',
  model:
    'Stop what may use it: `tradebox ps`, then `tradebox stop <box>` for each box that talks to the model.',
};
const newKey = {
  venue: 'Make a new key: without the right to withdraw, locked to your address, of a sub-account.',
  model: 'Make a new key: of a project or workspace of its own, with a limit on what it may spend.',
};
const leaks =
  'Find out how it leaked: `tradebox audit show <box>` tells every request of a box; a key that was only ever in the vault did not leave through a box.';
const atTheEnd = {
  venue: [
    'Give it to tradebox: `tradebox secrets rotate <name>`, with `--with` for the other parts of the key.',
    leaks,
  ],
  model: ['Give it to tradebox: `tradebox secrets rotate <name>`.', leaks],
};
