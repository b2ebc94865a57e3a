import { expect, test } from 'vitest';
import { isolationIds } from '../../../../src/core/isolation.js';
import { isolationOf, isolations } from '../../../../src/sandbox/isolation/isolations.js';
import { labelNames } from '../../../../src/sandbox/names.js';

test('the list has every level once, weakest first', () => {
  expect(isolations.map(({ id }) => id)).toEqual(isolationIds);
});

test('a box’s level is what its label names; an unknown or missing one claims nothing', () => {
  expect(isolationOf({ [labelNames.isolation]: 'gvisor' })).toBe('gvisor');
  expect(isolationOf({ [labelNames.isolation]: 'fortress' })).toBe('container');
  expect(isolationOf({})).toBe('container');
});
