// Messages between wire and leaf: text as it is, MessagePack as the JSON of the same values, and neither where the other is due.
import { encode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import { readMessage, writeMessage } from '../../../../src/sidecar/websocket/message-encoding.js';

const login = { action: 'auth', key: 'k', secret: 's' };

test('text where nothing else was asked for', () => {
  expect(readMessage(Buffer.from('{"a":1}'), false, undefined)).toBe('{"a":1}');
  expect(readMessage(Buffer.from('{"a":1}'), true, undefined)).toMatchObject({ code: 'BINARY_MESSAGE' });
  expect(writeMessage('not even JSON', undefined).toString()).toBe('not even JSON');
});

test('MessagePack both ways, and nothing else', () => {
  const packed = Buffer.from(encode(login));
  expect(readMessage(packed, true, 'msgpack')).toBe(JSON.stringify(login));
  expect(writeMessage(JSON.stringify(login), 'msgpack')).toEqual(packed);
  expect(readMessage(Buffer.from(JSON.stringify(login)), false, 'msgpack')).toMatchObject({
    code: 'TEXT_MESSAGE',
  });
  expect(readMessage(Buffer.from('82a16101a16102', 'hex'), true, 'msgpack')).toMatchObject({
    code: 'MESSAGE_AMBIGUOUS',
  });
  for (const text of ['{', '[1.5]']) expect(() => writeMessage(text, 'msgpack'), text).toThrow();
});
