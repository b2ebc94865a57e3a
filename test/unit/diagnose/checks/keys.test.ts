import { expect, test } from 'vitest';
import { keysCheck } from '../../../../src/diagnose/checks/keys.js';
import type { KeyReport } from '../../../../src/sidecar/control.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const key: KeyReport = { account: 'main', environment: 'demo', warnings: [] };
const check = (...keys: KeyReport[]) =>
  keysCheck.run(fakeContext({ box: fakeBox({ keys: async () => keys }) }));

test('keys that are as they should be pass, and are named', async () => {
  expect(await check(key)).toMatchObject({ status: 'pass', observed: '1 asked: main' });
});

test('what the venue says against one of them fails, with the remedy', async () => {
  const problem = { code: 'KEY_CAN_WITHDRAW', message: 'It can withdraw.', remedy: 'Make another.' };
  expect(await check(key, { ...key, problem })).toEqual({
    status: 'fail',
    observed: 'It can withdraw.',
    remedy: 'Make another.',
  });
});

test('what must be known and is not refused is a warning', async () => {
  expect(await check({ ...key, warnings: ['main: no address lock'] })).toMatchObject({
    status: 'warn',
    observed: 'main: no address lock',
  });
});

test('a paper key puts nothing at stake; without an account that may trade nobody is asked', async () => {
  expect((await check({ ...key, environment: 'paper', warnings: ['main: no lock'] })).status).toBe('pass');
  expect((await check()).status).toBe('skip');
});
