// Which engines make boxes otherwise than asked; who runs what is in spec.test.ts.
import { expect, test } from 'vitest';
import { warningOf } from '../../../src/sandbox/users.js';

const rootful = { remapsUsers: false, isRootless: false, cgroupVersion: '1' };

test('an engine that maps the users of its containers to others is refused; a rootless one maps the caller to itself', () => {
  expect(() => warningOf({ ...rootful, remapsUsers: true })).toThrow(
    expect.objectContaining({ code: 'ENGINE_UNSUITABLE', remedy: expect.stringContaining('rootless') }),
  );
  expect(() => warningOf({ ...rootful, remapsUsers: true, isRootless: true })).not.toThrow();
});

test('E8: an engine that sets no limits is told of, others are not', () => {
  expect(warningOf({ ...rootful, isRootless: true })).toContain('sets no limits');
  expect(warningOf({ ...rootful, isRootless: true, cgroupVersion: '2' })).toBeUndefined();
  expect(warningOf(rootful)).toBeUndefined();
});
