import { expect, test } from 'vitest';
import { assertSignable } from '../../../src/venues/signable.js';
import { operationClasses } from '../../../src/venues/venue.js';

const refused = (stamp: { isOwn?: true }) =>
  operationClasses.filter((kind) => {
    try {
      assertSignable('Venue', { class: kind }, stamp);
      return false;
    } catch (thrown) {
      expect(String(thrown)).toContain(`Venue signing was asked for a ${kind} operation`);
      return true;
    }
  });

test('funds and what no table names are not signed, and everything else is', () => {
  expect(refused({})).toEqual(['funds', 'unknown']);
});

test('the sidecar’s own questions need no row, and move no funds either', () => {
  expect(refused({ isOwn: true })).toEqual(['funds']);
});
