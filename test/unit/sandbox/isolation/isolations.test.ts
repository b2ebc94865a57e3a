import { expect, test } from 'vitest';
import { isolationIds } from '../../../../src/core/isolation.js';
import { isolations } from '../../../../src/sandbox/isolation/isolations.js';

test('the list has every level once, weakest first', () => {
  expect(isolations.map(({ id }) => id)).toEqual(isolationIds);
});
