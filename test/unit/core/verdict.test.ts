import { expect, test } from 'vitest';
import { allow, deny } from '../../../src/core/verdict.js';

test('a verdict carries its reason and the rule that decided', () => {
  expect(deny('HOST_NOT_LISTED', 'no rule names it', 'default')).toEqual({
    decision: 'deny',
    reasons: [{ code: 'HOST_NOT_LISTED', message: 'no rule names it', rule: 'default' }],
  });
  expect(allow('tradebox.yaml:3', 'news').decision).toBe('allow');
});
