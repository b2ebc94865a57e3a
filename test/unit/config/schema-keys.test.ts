import { expect, test } from 'vitest';
import { z } from 'zod';
import { keysAt } from '../../../src/config/schema-keys.js';

const leaf = z.strictObject({ host: z.string(), port: z.int().optional() }).superRefine(() => {});
const schema = z.strictObject({
  list: z.array(leaf).default([]),
  record: z.record(z.string(), leaf).optional(),
  piped: leaf.transform(({ host }) => host),
  prefaulted: leaf.prefault({ host: 'x' }),
});

test('sees through lists, records, defaults, refinements and transforms', () => {
  expect(keysAt(schema, [])).toEqual(['list', 'record', 'piped', 'prefaulted']);
  for (const path of [['list', 3], ['record', 'any'], ['piped'], ['prefaulted']]) {
    expect(keysAt(schema, path)).toEqual(['host', 'port']);
  }
});

test('knows no keys where there is no object', () => {
  expect(keysAt(schema, ['list', 0, 'host'])).toEqual([]);
  expect(keysAt(schema, ['none', 'at', 'all'])).toEqual([]);
});
