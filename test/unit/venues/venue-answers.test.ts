import { expect, test } from 'vitest';
import {
  idIn,
  keyFlags,
  objectOf,
  ownRequest,
  priceIn,
  readAll,
  rowsOf,
  textIn,
  textsIn,
} from '../../../src/venues/venue-answers.js';

const row = (json: string) => objectOf({ body: Buffer.from(json) });

test('numbers stay as they were written, and an empty id is none', () => {
  expect(textIn(row('{"a":12345678901234567890}'), 'a')).toBe('12345678901234567890');
  expect(idIn(row('{"a":""}'), 'a')).toBeUndefined();
  expect(priceIn(row('{"a":"0"}'), 'a')).toBeUndefined();
});

test('what has another shape is not read', () => {
  for (const json of ['', '[]', 'null', '{"a":1,"a":2}']) expect(row(json), json).toBeUndefined();
  expect(rowsOf(row('{"a":[1]}')?.get('a'))).toBeUndefined();
  expect(textsIn(row('{"a":[1]}'), 'a')).toBeUndefined();
  expect(readAll([1, 2], (value) => (value === 1 ? value : undefined))).toBeUndefined();
  expect(keyFlags({ canTrade: 'yes' })).toBeUndefined();
});

test('a request has its query apart and no headers but those its body needs', () => {
  expect(ownRequest('GET', 'a.example', '/b?c=d')).toMatchObject({ path: '/b', query: 'c=d', port: 443 });
});
