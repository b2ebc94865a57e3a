// The host's list of venues on paper is that of the dialects, which it does not load.
import { expect, test } from 'vitest';
import { dialects } from '../../../src/paper/dialects.js';
import { shadowVenues, spokenVenues } from '../../../src/paper/spoken-venues.js';

test('every dialect is in the list, and those with a real market in the other', () => {
  expect(spokenVenues).toEqual(dialects.map(({ venue }) => venue));
  const rehearsed = dialects.filter(({ market }) => market !== undefined).map(({ venue }) => venue);
  expect(shadowVenues).toEqual(rehearsed);
});
