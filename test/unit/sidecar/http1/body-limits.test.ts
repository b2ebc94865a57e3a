import { expect, test } from 'vitest';
import { capProblem } from '../../../../src/sidecar/http1/body-limits.js';
import { rule } from '../../../support/pipeline-world.js';

test('the cap itself passes, one byte more does not; without a cap all does', () => {
  const capped = rule('a.test', { maxBodyBytes: 10 });
  expect(capProblem(capped, 10)).toBeUndefined();
  expect(capProblem(capped, 11)).toMatchObject({ status: 413, code: 'BODY_OVER_CAP', rule: capped.origin });
  expect(capProblem(rule('a.test', { maxBodyBytes: 0 }), 1)).toBeDefined();
  expect(capProblem(rule('a.test'), 1e12)).toBeUndefined();
  expect(capProblem(undefined, 1e12)).toBeUndefined();
});
