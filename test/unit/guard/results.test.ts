import { expect, test } from 'vitest';
import { unfollowed } from '../../../src/guard/results.js';
import { factsOf } from '../../support/guard-facts.js';

test('results are known but for triggers and legs, gone or to come', () => {
  expect(unfollowed(factsOf({}))).toBeUndefined();
  expect(unfollowed(factsOf({ orders: [{ type: 'market' }] }))).toBeUndefined();
  expect(unfollowed(factsOf({ orders: [{ type: 'take-profit' }] }))).toMatch(/will win or lose/);
  expect(unfollowed(factsOf({ orders: [{}, { isLeg: true }] }))).toMatch(/will win or lose/);
  expect(unfollowed(factsOf({ results: { unknownMs: 1 } }))).toMatch(/earlier/);
});
