import { expect, test } from 'vitest';
import type { TradeboxError } from '../../../src/core/errors.js';
import { assertBoxName, labelsOf, objectNames } from '../../../src/sandbox/names.js';

test.each(['a', 'demo', 'my-box-2', '0x', 'a'.repeat(40)])('%s is a name', (name) => {
  expect(() => assertBoxName(name)).not.toThrow();
});

test.each(['', '-a', 'a-', 'A', 'a_b', 'a b', 'ä', '../x', 'a/b', 'a\n', 'a'.repeat(41)])(
  '%j is no name',
  (name) => {
    expect(() => assertBoxName(name)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
    try {
      assertBoxName(name);
    } catch (thrown) {
      expect((thrown as TradeboxError).remedy).not.toBe('');
    }
  },
);

test('names of a box fit a host name label', () => {
  for (const name of Object.values(objectNames('a'.repeat(40)))) expect(name.length).toBeLessThanOrEqual(63);
});

test('every object says whose it is and what it is', () => {
  const labels = labelsOf(
    {
      name: 'demo',
      id: 'f00',
      profile: 'shell',
      mode: 'readonly',
      isPaper: true,
      createdAt: '2026-11-20T00:00:00Z',
    },
    'egress',
  );
  expect(labels).toEqual({
    'tradebox.box': 'demo',
    'tradebox.id': 'f00',
    'tradebox.role': 'egress',
    'tradebox.profile': 'shell',
    'tradebox.mode': 'readonly',
    'tradebox.paper': 'true',
    'tradebox.created': '2026-11-20T00:00:00Z',
  });
});
