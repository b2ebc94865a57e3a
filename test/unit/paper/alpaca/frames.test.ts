// Alpaca's binary messages: times travel as MessagePack's own, what cannot be read is said so.
import { decode, encode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import { jsonFrames, messagePackFrames } from '../../../../src/paper/alpaca/frames.js';

test('market data in MessagePack, times as timestamps', () => {
  const t = '2026-01-05T12:00:00.000Z';
  const sent = messagePackFrames.write(JSON.stringify([{ T: 'q', S: 'BTC/USD', ap: 60_000.5, t }]));
  expect(decode(sent)).toEqual([{ T: 'q', S: 'BTC/USD', ap: 60_000.5, t: new Date(t) }]);
  expect(messagePackFrames.read?.(Buffer.from(encode({ action: 'auth' })))).toBe('{"action":"auth"}');
  expect(messagePackFrames.read?.(Buffer.from('81', 'hex'))).toBeUndefined();
});

test('the trading stream sends its text in binary frames', () => {
  expect(Buffer.from(jsonFrames.write('{"stream":"listening"}')).toString()).toBe('{"stream":"listening"}');
});
