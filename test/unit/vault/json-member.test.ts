import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import { jsonMember } from '../../../src/vault/json-member.js';
import { thrownBy } from '../../support/host-files.js';

test('a member is given exactly', () => {
  expect(jsonMember(new Secret('{"a":" p$\\n"}'), 'a', 'x').reveal()).toBe(' p$\n');
});

test.each([
  'leaked',
  '"leaked"',
  '[]',
  'null',
  '{"a":1}',
  '{"a":""}',
  '{"b":"leaked"}',
  '{"a":{"b":"leaked"}}',
])('S2: %s has no such member, and is not quoted', (text) => {
  const thrown = thrownBy(() => jsonMember(new Secret(text), 'a', 'x'));
  expect(thrown).toMatchObject({ code: 'SECRET_INVALID' });
  expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain('leaked');
});
