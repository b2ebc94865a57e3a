import { expect, test } from 'vitest';
import { runbooks } from '../../../src/vault/runbooks.js';
import { venues } from '../../../src/venues/venues.js';

test('every venue has a runbook, each once, with a page over https and steps in whole sentences', () => {
  const ids = runbooks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(venues.map(({ id }) => id).filter((id) => !ids.includes(id))).toEqual([]);
  for (const { id, page, steps } of runbooks) {
    expect(new URL(page).protocol, id).toBe('https:');
    expect(steps.length, id).toBeGreaterThanOrEqual(3);
    for (const step of steps) expect(step, id).toMatch(/^[A-Z].*\.$/);
  }
});
