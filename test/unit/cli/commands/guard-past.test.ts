// tradebox guard compare and replay on the command line, over files and a journal as they lie on a host.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from '../../../../src/audit/journal.js';
import { runProgram } from '../../../../src/cli/program.js';
import { systemClock } from '../../../../src/core/clock.js';
import { hostProcess, temporaryDir } from '../../../support/host-files.js';
import { judgedOrder } from '../../../support/order-journal.js';

function home() {
  const dir = temporaryDir();
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  return {
    dir,
    tight: file('tight.yaml', 'version: 1\nnotional: { max: 50 }\ndaily: { orders: 5 }\n'),
    wide: file('wide.yaml', 'version: 1\nnotional: { max: "50.1" }\n'),
    priced: file('priced.yaml', 'version: 1\npriceCollarBps: 100\n'),
    run: async (...words: string[]) => {
      const host = hostProcess(dir);
      const code = await runProgram(['guard', ...words], host, '1.2.3');
      return { code, stdout: host.stdoutText(), stderr: host.stderrText() };
    },
  };
}

test('compare names what a file loosens', async () => {
  const { run, tight, wide } = home();
  const { code, stdout } = await run('compare', wide, tight, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    loosened: [
      { limit: 'notional.max', change: 'looser' },
      { limit: 'daily', change: 'removed' },
    ],
  });
  expect((await run('compare', tight, wide)).stdout).toContain('nothing is looser');
});

test('replay judges the orders of a journal by the rules of a file', async () => {
  const { dir, run, tight, priced } = home();
  const journalDir = join(dir, 'journal');
  mkdirSync(journalDir, { mode: 0o700 });
  const journal = openJournal(journalDir, { sandbox: 'b', sandboxId: 'i', clock: systemClock });
  const intent = { quantity: { value: '0.5', unit: 'base' }, price: '200.1' };
  for (const event of judgedOrder('o1', { intent })) journal.append(event);
  await journal.close();
  const { code, stdout } = await run('replay', journalDir, tight, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).orders).toMatchObject([
    {
      order: 'o1',
      orders: ['place buy 0.5 BTC-USDT at 200.1'],
      was: 'allow',
      now: 'deny',
      codes: ['NOTIONAL_TOO_LARGE'],
    },
  ]);
  expect((await run('replay', journalDir, tight)).stdout).toContain('allow → deny');
  const collar = await run('replay', journalDir, priced);
  expect(collar.stdout).toMatch(/allow → unknown +DATA_MISSING; .*price of BTC-USDT/);
});

test('a file, a journal or rules that are not there are user errors', async () => {
  const { run, tight } = home();
  for (const words of [
    ['compare', 'nowhere.yaml'],
    ['compare', tight],
    ['replay', 'nobody', tight],
    ['replay', '../../etc', tight],
  ]) {
    const { code, stderr } = await run(...words);
    expect([code, stderr], words.join(' ')).toEqual([2, expect.stringMatching(/^error: there is no /)]);
  }
});
