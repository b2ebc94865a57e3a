// tradebox venues: the tables on the command line, and request lines from stdin answered in order.
import { expect, test } from 'vitest';
import { runProgram } from '../../../../src/cli/program.js';
import { venues } from '../../../../src/venues/venues.js';
import { hostProcess, temporaryDir } from '../../../support/host-files.js';

async function run(words: readonly string[], stdin = '') {
  const host = hostProcess(temporaryDir(), { input: stdin });
  const code = await runProgram(['venues', ...words], host, '1.2.3');
  return { code, stdout: host.stdoutText(), stderr: host.stderrText() };
}

test('classify answers each line in order, as lines or as JSON', async () => {
  const lines = 'POST /api/v3/order\nPOST /sapi/v1/capital/withdraw/apply\nGET /nothing\u001b[2J\n';
  const json = await run(['classify', 'binance', '--json'], lines);
  expect(json.code).toBe(0);
  expect(JSON.parse(json.stdout)).toEqual([
    { method: 'POST', path: '/api/v3/order', class: 'order' },
    { method: 'POST', path: '/sapi/v1/capital/withdraw/apply', class: 'funds' },
    { method: 'GET', path: '/nothing\u001b[2J', class: 'unknown' },
  ]);
  const { stdout } = await run(['classify', 'binance'], lines);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).at(-1)),
  ).toEqual(['order', 'funds', 'unknown']);
  expect(stdout).not.toContain('\u001b[2J');
  expect(JSON.parse((await run(['classify', 'okx', '--json'])).stdout)).toEqual([]);
});

test('list and show print what the leaves hold', async () => {
  for (const words of [['--json'], ['list', '--json']]) {
    const { venues: listed } = JSON.parse((await run(words)).stdout) as { venues: { id: string }[] };
    expect(listed.map(({ id }) => id)).toEqual(venues.map(({ id }) => id));
  }
  const { stdout } = await run(['show', 'alpaca']);
  expect(stdout).toMatch(/cancel\n {2}DELETE {2}\/v2\/orders\n {2}DELETE {2}\/v2\/orders\/\{id\}/);
  expect(stdout).toMatch(/accessToken\s+APCA_API_OAUTH_TOKEN\s+optional/);
  for (const { id, operations } of venues) {
    const { table } = JSON.parse((await run(['show', id, '--json'])).stdout) as { table: unknown[] };
    expect(table, id).toHaveLength(operations.length);
  }
});

test('an unknown venue is a user error with a hint', async () => {
  for (const words of [
    ['show', 'binanse'],
    ['classify', 'binanse'],
  ]) {
    const { code, stderr, stdout } = await run(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Did you mean "binance"?');
  }
});
