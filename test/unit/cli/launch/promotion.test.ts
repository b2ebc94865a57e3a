import { expect, test } from 'vitest';
import { command } from '../../../../src/cli/commands/promote.js';
import type { CliContext } from '../../../../src/cli/context.js';
import { evidenceFor, promote } from '../../../../src/cli/launch/promotion.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { TradeboxError } from '../../../../src/core/errors.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { dayMs, demoBoxAt, livePast } from '../../../support/account-past.js';
import { temporaryDir } from '../../../support/host-files.js';

const start = Date.UTC(2026, 9, 1, 12);

/** A host whose configuration names three accounts; `typed` are the answers of the person at its terminal. */
function host(typed: string[] = []) {
  const stateDir = temporaryDir();
  const said: string[] = [];
  const clock = fixedClock(start + 2 * dayMs);
  const answer = async (question: string): Promise<string> => {
    said.push(question);
    const given = typed.shift();
    if (given === undefined) throw new TradeboxError('USAGE', 'nobody to ask');
    return given;
  };
  const context = {
    paths: { stateDir },
    clock,
    cwd: stateDir,
    loadConfig: async () => ({
      accounts: [
        { id: 'okx-main', venue: okx, environment: 'live' },
        { id: 'okx-demo', venue: okx, environment: 'demo' },
      ],
    }),
    output: { note: (line: string) => void said.push(line), warn: (line: string) => void said.push(line) },
    prompt: { line: answer, confirm: async (question: string) => (await answer(question)) === 'y' },
  } as unknown as CliContext;
  const run = (options: { show?: boolean; override?: boolean } = {}, account = 'okx-main') =>
    command.run(context, {
      arguments: { account, workdir: undefined },
      options: { show: false, override: false, ...options },
      rest: undefined,
    });
  return { stateDir, said, clock, context, run, typed };
}
const demoBox = demoBoxAt(start);

test('without evidence nothing goes up; with it a person says yes, and the count begins anew', async () => {
  const { stateDir, run, typed, clock } = host();
  await livePast(stateDir, { ...demoBox, filled: 19 });
  await expect(run()).rejects.toThrow('19 of 20 orders filled with play money');
  await livePast(stateDir, { ...demoBox, id: 'a2', filled: 1 });
  await expect(run()).rejects.toThrow('nobody to ask'); // no script promotes
  typed.push('n');
  expect((await run()).result).toMatchObject({ isPromoted: false, standing: 'demo' });
  typed.push('y');
  expect((await run()).result).toMatchObject({ isPromoted: true, standing: 'readonly', next: 'propose' });
  await expect(run()).rejects.toThrow('0 of 7 days');

  const main = { ...demoBox, name: 'desk', id: 'b', account: 'okx-main', environment: 'live' } as const;
  await livePast(stateDir, { ...main, mode: 'readonly', readDays: 7, atMs: clock.nowMs() + 1 });
  clock.set(start + 20 * dayMs);
  typed.push('y');
  expect((await run()).result).toMatchObject({ isPromoted: true, standing: 'propose' });
  await livePast(stateDir, { ...main, mode: 'propose', id: 'c', filled: 10, atMs: clock.nowMs() + 1 });
  clock.set(start + 30 * dayMs);
  typed.push('y');
  expect((await run()).result).toMatchObject({
    isPromoted: true,
    standing: expect.stringContaining('step 1'),
  });
  const { result } = await evidenceFor(
    { ...host().context, paths: { stateDir } as never, clock },
    'okx-main',
  );
  expect(result.missing).toEqual(['0 of 20 orders filled on this step']);
});

test('an override takes the account’s name typed, and a reason; it is recorded', async () => {
  const { stateDir, run, typed, said, context } = host(['okx-mian']);
  expect((await run({ override: true })).result).toMatchObject({ isPromoted: false });
  typed.push('okx-main', '');
  expect((await run({ override: true })).result).toMatchObject({ isPromoted: false });
  typed.push('okx-main', 'a bot of mine');
  expect((await run({ override: true })).result).toMatchObject({ isPromoted: true, standing: 'readonly' });
  expect(said).toContainEqual(expect.stringContaining('has NOT shown what readonly takes'));
  const { readPromotions } = await import('../../../../src/sandbox/promotions.js');
  expect(readPromotions(stateDir, 'okx-main').at(-1)?.override).toEqual({
    reason: 'a bot of mine',
    missing: ['0 of 20 orders filled with play money at this venue'],
  });
  await expect(evidenceFor(context, 'okx-demo')).rejects.toThrow('moves no money');
  await expect(evidenceFor(context, 'okx-man')).rejects.toThrow('no account "okx-man"');
  expect(promote.length).toBe(4);
});

test('to look changes nothing and needs nobody', async () => {
  const { run } = host();
  expect((await run({ show: true })).result).toMatchObject({
    standing: 'demo',
    next: 'readonly',
    isPromoted: false,
    missing: ['0 of 20 orders filled with play money at this venue'],
  });
  await expect(run({ show: true, override: true })).rejects.toThrow('exclude each other');
});
