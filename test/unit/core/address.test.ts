import { isIP } from 'node:net';
import { expect, test } from 'vitest';
import { familyOf } from '../../../src/core/address.js';

test.each([
  '1.2.3.4',
  '1.2.3',
  '01.2.3.4',
  '::',
  '::1',
  '::ffff:1.2.3.4',
  'fe80::1%eth0',
  '[::1]',
  'a:b',
  ':',
  '',
  'example.com',
  '1.2.3.4:80',
])('%j is of the family that Node tells', (host) => {
  expect(familyOf(host)).toBe(isIP(host));
});
