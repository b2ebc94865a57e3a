import { expect, test } from 'vitest';
import { parsePolicyCases } from '../../../src/config/policy-cases.js';

test('cases keep their lines; the method is GET when absent', () => {
  const text =
    '# table\n- { url: "https://a.test/", expect: allow }\n- { url: "https://b.test/", method: POST, expect: deny }\n';
  expect(parsePolicyCases('t.yaml', text)).toEqual([
    { url: 'https://a.test/', method: 'GET', expect: 'allow', line: 2 },
    { url: 'https://b.test/', method: 'POST', expect: 'deny', line: 3 },
  ]);
});

test.each([
  ['- { url: "https://a.test/", expect: maybe }', /^t\.yaml:1:\d+: /],
  ['- { url: "https://a.test/", method: get, expect: deny }', /upper-case/],
  ['- { url: "https://a.test/", expct: deny }', /did you mean "expect"/],
  ['[]', /^t\.yaml:1/],
])('%s is refused with its place', (text, message) => {
  expect(() => parsePolicyCases('t.yaml', text)).toThrow(message);
});
