// A JSON body has one reading, and that reading is what is sent.
import { expect, test } from 'vitest';
import { readJsonObject, rewriteJson } from '../../../src/venues/json-body.js';
import { requestOf } from '../../support/venue-requests.js';

const request = (body: string, type = 'application/json') =>
  requestOf('POST', 'https://example.com/', [['Content-Type', type]], body);

test('members, order and numbers survive; layout does not', () => {
  expect(rewriteJson(request('{ "b": 1.10, "a": [ "x" ] }')).toString()).toBe('{"b":1.10,"a":["x"]}');
  expect(rewriteJson(request('', 'text/plain'))).toHaveLength(0);
});

test('what has two readings, or is no JSON object, is never sent', () => {
  for (const bad of [
    request('{"a":1,"a":2}'),
    request('[1]'),
    request('{"a":1}', 'text/plain'),
    request('{"a":1} '.repeat(2)),
    { ...request('{"a":1}'), headers: [] },
    {
      ...request('{"a":1}'),
      headers: [
        ['content-type', 'application/json'],
        ['content-encoding', 'br'],
      ] as const,
    },
  ]) {
    expect(readJsonObject(bad)).toMatchObject({ ok: false });
    expect(() => rewriteJson(bad)).toThrow('nobody could read');
  }
  expect(readJsonObject(request('{"a":1}', 'application/json; charset=utf-8'))).toMatchObject({ ok: true });
});
