// A start is no way around the yes that a looser limit takes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agreedRules, firstRules } from '../../../../src/cli/launch/guard-start.js';
import { resolvePaths } from '../../../../src/config/paths.js';
import { hostProcess, temporaryDir } from '../../../support/host-files.js';

/** A home whose guardrails allow so much an order; without one, there is no file. */
function home(max: string | undefined, answer?: boolean) {
  const { env } = hostProcess(temporaryDir());
  const paths = resolvePaths(env);
  mkdirSync(paths.configDir, { recursive: true, mode: 0o700 });
  if (max !== undefined)
    writeFileSync(join(paths.configDir, 'guardrails.yaml'), `version: 1\nnotional: { max: ${max} }\n`, {
      mode: 0o600,
    });
  const said: string[] = [];
  const asked: string[] = [];
  const context = {
    env,
    paths,
    output: { warn: (line: string) => void said.push(line) },
    prompt: {
      isInteractive: answer !== undefined,
      confirm: async (question: string) => {
        asked.push(question);
        return answer === true;
      },
    },
  } as unknown as Parameters<typeof agreedRules>[0];
  return { context, said, asked };
}
const last = { version: 1, notional: { max: '100' } };

test.each([
  ['tighter', '50'],
  ['the same', '100'],
])('rules that are %s need nobody', async (_, max) => {
  const { context, asked } = home(max);
  expect(await agreedRules(context, 'lab', 'live', last)).toMatchObject({ loosened: [] });
  expect(asked).toEqual([]);
});

test.each([
  ['looser', '200', 'notional.max', 'looser'],
  ['gone', undefined, 'notional', 'removed'],
])('rules that are %s are refused without a terminal, and with a no', async (_, max, limit, change) => {
  for (const answer of [undefined, false]) {
    const { context, said } = home(max, answer);
    await expect(agreedRules(context, 'lab', 'propose', last)).rejects.toMatchObject({
      code: 'GUARDRAILS_LOOSER',
      message: expect.stringContaining(limit),
      remedy: expect.stringContaining('at a terminal'),
    });
    expect(said).toEqual([`${limit}: ${change}`]);
  }
});

test('a yes at a terminal is kept, with whose it was', async () => {
  const { context, asked } = home('200', true);
  const rules = await agreedRules(context, 'lab', 'demo', last);
  expect(rules).toMatchObject({ loosened: ['notional.max'], by: expect.stringMatching(/./) });
  expect(rules.guardrails?.notional?.max?.toString()).toBe('200');
  expect(asked).toEqual(['Let lab do more than before?']);
});

test.each([[{ version: 99 }], [null]])('what cannot be compared (%j) counts as looser', async (unread) => {
  await expect(agreedRules(home('1').context, 'lab', 'demo', unread)).rejects.toMatchObject({
    code: 'GUARDRAILS_LOOSER',
  });
});

test('a box without a past, and one that only reads, ask nobody', async () => {
  const { context } = home('200');
  expect(await agreedRules(context, 'lab', 'demo', undefined)).toEqual(firstRules(context, 'demo'));
  expect(await agreedRules(context, 'lab', 'readonly', last)).toMatchObject({ guardrails: undefined });
});
