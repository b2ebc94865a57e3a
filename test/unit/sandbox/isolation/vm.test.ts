import { expect, test } from 'vitest';
import { vmLevel } from '../../../../src/sandbox/isolation/vm.js';
import { factsWith } from './fake-engine.js';

test('it is never claimed, whatever runtimes there are, and what to take instead is said', () => {
  expect(vmLevel.find(factsWith(['kata', 'vm', 'qemu']))).toMatchObject({
    isThere: false,
    remedy: expect.stringContaining('--isolation gvisor'),
  });
});
