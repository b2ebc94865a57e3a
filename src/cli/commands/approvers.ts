// tradebox approvers: keys for orders that take two people, one for each person, under a passphrase of their own.
import { z } from 'zod';
import { type CommandGroup, defineCommand, required } from '../command.js';
import { printable } from '../style.js';

const approverSchema = z.object({
  name: z.string(),
  /** First 16 hex digits of the SHA-256 of the public key; the journal names it. */
  key: z.string(),
  addedAt: z.string(),
});
const nameArgument = { name: required('name', 'whose key: lower-case letters, digits, hyphens') };

const list = defineCommand({
  examples: [{ command: 'tradebox approvers list', does: 'who can agree to what takes two' }],
  result: z.object({ approvers: z.array(approverSchema) }),
  render: ({ approvers }) =>
    approvers.length === 0
      ? 'no approvers; `tradebox approvers add <name>` makes a key'
      : approvers.map(({ name, key, addedAt }) => printable(`${name}  ${key}  since ${addedAt}`)).join('\n'),
  run: async (context) => {
    const { readApprovers } = await import('../../config/approvers-file.js');
    const { keyIdOf } = await import('../../orders/approval-signature.js');
    const approvers = readApprovers(context.paths).map((one) => ({
      name: one.name,
      key: keyIdOf(one),
      addedAt: one.addedAt,
    }));
    return { result: { approvers } };
  },
});

const add = defineCommand({
  description:
    'Makes an Ed25519 key. The private one is sealed under a passphrase that this person types, and alone should know; the public one is pinned beside your configuration.\nBoxes learn of it at their next start, or with `tradebox restart`.',
  arguments: nameArgument,
  examples: [{ command: 'tradebox approvers add ann', does: 'a key for ann, who types its passphrase' }],
  result: approverSchema,
  render: ({ name, key }, style) => `${style.green('✔')} ${printable(name)} has the key ${key}`,
  run: async (context, { arguments: { name } }) => {
    const { addApprover } = await import('../launch/approvers.js');
    const { keyIdOf } = await import('../../orders/approval-signature.js');
    const approver = await addApprover(context, name);
    return { result: { name: approver.name, key: keyIdOf(approver), addedAt: approver.addedAt } };
  },
});

const rm = defineCommand({
  arguments: nameArgument,
  examples: [{ command: 'tradebox approvers rm ann', does: 'take the pin back and delete the key' }],
  result: z.object({ name: z.string() }),
  render: ({ name }) => `${printable(name)} approves no more, in boxes that start from now on`,
  run: async (context, { arguments: { name } }) => {
    const { removeApprover } = await import('../launch/approvers.js');
    removeApprover(context, name);
    return { result: { name } };
  },
});

export const command: CommandGroup = {
  description:
    'Above `approval.twoAbove` of the guardrails an order takes two people, each with a key of their own.',
  examples: [
    { command: 'tradebox approvers add ann', does: 'a key for ann' },
    { command: 'tradebox approvers list', does: 'whose keys count' },
  ],
  subcommands: [
    { name: 'list', summary: 'who can agree to what takes two', ...list },
    { name: 'add', summary: 'make and pin a key', ...add },
    { name: 'rm', summary: 'take a pin back', ...rm },
  ],
  alone: list,
};
