import http2 from 'node:http2';
import { expect, test } from 'vitest';
import { Malformed, scanFields } from '../../../../src/sidecar/http1/fields.js';
import { fieldsOf, secretFieldsOf } from '../../../../src/sidecar/http2/header-fields.js';

const fields = (text: string) => {
  const raw = Buffer.from(`${text}\r\n`, 'latin1');
  const scanned = scanFields(raw, 0, raw.length);
  if (scanned instanceof Malformed) throw new Error(scanned.code);
  return scanned;
};

test('names are lower-case, fields of one hop are gone, and what came twice is one line but for cookies', () => {
  const scanned = fields('X-A: 1\r\nConnection: close\r\nSet-Cookie: a\r\nx-a: 2\r\nset-cookie: b\r\n');
  expect({ ...fieldsOf(scanned) }).toEqual({ 'x-a': '1, 2', 'set-cookie': ['a', 'b'] });
});

test('no field that Node throws at is handed to it, whatever its name', () => {
  const names = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te'];
  for (const name of [...names, 'HTTP2-Settings']) {
    expect({ ...fieldsOf(fields(`${name}: x\r\nx-a: 1\r\n`)) }, name).toEqual({ 'x-a': '1' });
  }
});

test('fields of a request upstream never enter a compression table', () => {
  const sent = secretFieldsOf(fields('authorization: b\r\nx: y\r\n'));
  expect(Object.getOwnPropertySymbols(sent)).toEqual([http2.sensitiveHeaders]);
  expect(sent).toMatchObject({ [http2.sensitiveHeaders]: ['authorization', 'x'] });
});
