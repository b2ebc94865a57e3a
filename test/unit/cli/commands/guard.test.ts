// tradebox guard lint, explain, test and presets on the command line: every preset can be written to a file and judged by.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../../../src/cli/program.js';
import { presets } from '../../../../src/guard/presets.js';
import { rules } from '../../../../src/guard/rules.js';
import { hostProcess, temporaryDir } from '../../../support/host-files.js';

function home() {
  const dir = temporaryDir();
  return {
    file(name: string, text: string): string {
      writeFileSync(join(dir, name), text, { mode: 0o600 });
      return join(dir, name);
    },
    run: async (...words: string[]) => {
      const host = hostProcess(dir);
      const code = await runProgram(['guard', ...words], host, '1.2.3');
      return { code, stdout: host.stdoutText(), stderr: host.stderrText() };
    },
  };
}

test.each(Object.keys(presets))(
  'the preset %s is printed as a file that lint and test take',
  async (name) => {
    const { file, run } = home();
    const printed = await run('presets', name);
    expect(printed.code).toBe(0);
    const yaml = file('guardrails.yaml', printed.stdout);
    expect(await run('lint', yaml)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('well-formed'),
    });
    const exit =
      'order: { instrument: S, side: sell, type: market, unit: contracts, quantity: 1 }, last: 100, position: 1';
    const cases = file('cases.yaml', `- { name: an exit passes, ${exit}, expect: allow }\n`);
    expect(await run('test', cases, yaml)).toMatchObject({ code: 0, stdout: expect.stringContaining('✔') });
  },
);

test('a case that is decided otherwise than expected ends with 2 and says which rule it was', async () => {
  const { file, run } = home();
  const yaml = file('g.yaml', 'version: 1\nmarketOrders: { maxSlippageBps: 10 }\n');
  const order = 'order: { instrument: B, side: buy, type: market, quantity: 2 }, last: 100';
  const book = 'book: { bids: [[99.9, 1]], asks: [[100.1, 1], [102, 9]] }'.replaceAll(/(\d+\.\d)/g, '"$1"');
  const cases = file(
    'cases.yaml',
    `- { name: one, ${order}, ${book}, expect: allow }\n- { name: two, ${order}, ${book}, expect: deny, code: SLIPPAGE_TOO_LARGE }\n`,
  );
  const { code, stdout } = await run('test', cases, yaml);
  expect(code).toBe(2);
  expect(stdout).toContain('✖ one, line 1: deny (SLIPPAGE_TOO_LARGE), expected allow');
  expect(stdout).toContain('✔ two, line 2: deny (SLIPPAGE_TOO_LARGE)');
});

test('explain speaks of every rule there is, with its limit', async () => {
  const { file, run } = home();
  const yaml = file('g.yaml', 'version: 1\nvolatilityHalt: { moveBps: 300, minutes: 15 }\n');
  const { code, stdout } = await run('explain', yaml, '--json');
  expect(code).toBe(0);
  const told = JSON.parse(stdout).rules as { rule: string; limit: unknown }[];
  expect(told.map(({ rule }) => rule)).toEqual(rules.map(({ key }) => key));
  expect(told.find(({ rule }) => rule === 'volatilityHalt')?.limit).toBe('{"moveBps":300,"minutes":15}');
});
