import { expect, test } from 'vitest';
import { describeKey, keysCheck } from '../../../../src/diagnose/checks/keys.js';
import type { KeyReport } from '../../../../src/sidecar/control.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const key: KeyReport = { account: 'main', environment: 'demo', warnings: [] };
const facts = {
  isOfEnvironment: true,
  canTrade: true,
  canWithdraw: false,
  hasAddressLock: true,
  isSubAccount: true,
  venueAccounts: ['123'],
  mainAccount: '456',
  rights: ['read_only', 'trade'],
  clockSkewMs: -12,
};
const check = (...keys: KeyReport[]) =>
  keysCheck.run(fakeContext({ box: fakeBox({ mode: 'propose', keys: async () => keys }) }));

test('keys that are as they should be pass, and are named', async () => {
  expect(await check({ ...key, facts })).toEqual({
    status: 'pass',
    observed:
      'main (demo): account 123 of 456, is demo, can trade, cannot withdraw, bound to addresses, of a sub-account, rights read_only, trade, clock 12 ms behind',
    remedy: '',
  });
});

test('what a venue does not tell is named, not passed over', () => {
  expect(describeKey({ ...key, facts: { canTrade: false, clockSkewMs: 3 } })).toBe(
    'main (demo): cannot trade, clock 3 ms ahead; the venue does not tell: an account number, that it is demo, whether it can withdraw, an address lock, whether it is a sub-account, rights by name',
  );
  expect(describeKey({ ...key, facts: {} })).toMatch(/its clock$/);
  expect(describeKey(key)).toBe('main (demo): nothing');
});

test('what the venue says against one of them fails, with the remedy', async () => {
  const problem = { code: 'KEY_CAN_WITHDRAW', message: 'It can withdraw.', remedy: 'Make another.' };
  expect(await check(key, { ...key, problem })).toEqual({
    status: 'fail',
    observed: 'It can withdraw. Told: main (demo): nothing; main (demo): nothing',
    remedy: 'Make another.',
  });
});

test('where nothing trades, the same is a loud warning', async () => {
  const problem = { code: 'KEY_CAN_WITHDRAW', message: 'It can withdraw.', remedy: 'Make another.' };
  const keys = async () => [{ ...key, problem }];
  expect(await keysCheck.run(fakeContext({ box: fakeBox({ mode: 'readonly', keys }) }))).toEqual({
    status: 'warn',
    observed: 'It can withdraw. Told: main (demo): nothing',
    remedy: 'Make another.',
  });
});

test('what must be known and is not refused is a warning', async () => {
  expect(await check({ ...key, warnings: ['main: no address lock'] })).toMatchObject({
    status: 'warn',
    observed: 'main: no address lock. Told: main (demo): nothing',
  });
});

test('a paper key puts nothing at stake; without an account that may trade nobody is asked', async () => {
  expect((await check({ ...key, environment: 'paper', warnings: ['main: no lock'] })).status).toBe('pass');
  expect((await check()).status).toBe('skip');
});
