import { expect, test } from 'vitest';
import { makeCanary } from '../../../../src/cli/launch/canary.js';

test('every box has a token of its own, which stands in the file; a new sidecar keeps it', () => {
  const [one, two] = [makeCanary('.wallet/key'), makeCanary('.wallet/key')];
  expect(one.token).not.toBe(two.token);
  expect(one.token).toMatch(/^[0-9a-f]{64}$/);
  expect(one.file).toMatchObject({ path: '.wallet/key', isExecutable: false });
  expect(one.file.content).toContain(one.token);
  expect(makeCanary('.wallet/key', one.token)).toEqual(one);
});
