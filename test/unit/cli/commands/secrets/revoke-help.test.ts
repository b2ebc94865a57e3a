import { expect, test } from 'vitest';
import { revokeHelp } from '../../../../../src/cli/commands/secrets/revoke-help.js';
import { runbooks } from '../../../../../src/vault/runbooks.js';

type Context = Parameters<typeof revokeHelp.run>[0];

const stepsFor = async (venue: string) => {
  const { result } = await revokeHelp.run({} as Context, {
    arguments: { venue },
    options: {},
    rest: undefined,
  });
  return result?.steps ?? [];
};

test.each(runbooks.map(({ id, kind = 'venue' }) => [id, kind]))(
  'the steps for %s speak of a %s’s key alone',
  async (id, kind) => {
    const text = (await stepsFor(id)).join('\n');
    expect(kind).toBe(['anthropic', 'openai'].includes(id) ? 'model' : 'venue');
    expect(/right to withdraw|sub-account, /.test(text)).toBe(kind === 'venue');
    expect(text.includes('a limit on what it may spend')).toBe(kind === 'model');
    expect(text).toContain('secrets rotate <name>');
  },
);

test('a name without a runbook is told the nearest', async () => {
  await expect(stepsFor('antropic')).rejects.toMatchObject({
    code: 'USAGE',
    remedy: expect.stringContaining('anthropic'),
  });
});
