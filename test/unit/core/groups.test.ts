import { expect, test } from 'vitest';
import { Groups } from '../../../src/core/groups.js';

test('a group holds what was added and not taken out, oldest first', () => {
  const groups = new Groups<number>();
  for (const value of [3, 1, 2]) groups.add('a', value);
  groups.add('b', 1);
  groups.delete('a', 1);
  groups.delete('b', 1);
  groups.delete('c', 1);
  expect(['a', 'b', 'c'].map((name) => [...groups.of(name)])).toEqual([[3, 2], [], []]);
});
