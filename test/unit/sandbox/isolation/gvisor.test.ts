import { expect, test } from 'vitest';
import { gvisorLevel } from '../../../../src/sandbox/isolation/gvisor.js';
import { factsWith } from './fake-engine.js';

test('our own registration goes before the usual name', () => {
  const found = gvisorLevel.find(factsWith(['runc', 'runsc', 'tradebox-runsc']));
  expect(found).toMatchObject({ isThere: true, runtime: 'tradebox-runsc' });
  expect(gvisorLevel.find(factsWith(['runc', 'runsc']))).toMatchObject({
    isThere: true,
    runtime: 'runsc',
  });
});

test('without a runtime the user is told how to get one', () => {
  expect(gvisorLevel.find(factsWith(['runc', 'runsc-of-another-kind']))).toMatchObject({
    isThere: false,
    remedy: expect.stringContaining('install-gvisor'),
  });
});
