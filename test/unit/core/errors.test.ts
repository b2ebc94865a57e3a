import { expect, test } from 'vitest';
import { errorCatalogue, exitCodes, messageOf, TradeboxError } from '../../../src/core/errors.js';

test('every code has a kind with an exit code', () => {
  for (const kind of Object.values(errorCatalogue)) expect([2, 3, 70]).toContain(exitCodes[kind]);
  expect(new TradeboxError('NAME_TAKEN', 'm').exitCode).toBe(2);
  expect(new TradeboxError('BOUNDARY_BROKEN', 'm').exitCode).toBe(3);
  expect(new TradeboxError('FAULT', 'm').exitCode).toBe(70);
});

test('cause and remedy are kept; anything thrown has a text', () => {
  const cause = new Error('inner');
  expect(new TradeboxError('FAULT', 'm', { cause, remedy: 'r' })).toMatchObject({ cause, remedy: 'r' });
  expect([messageOf(cause), messageOf('text')]).toEqual(['inner', 'text']);
});
