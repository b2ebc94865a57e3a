// B12: what the sidecar remembers of session tokens.
import { expect, test } from 'vitest';
import { SessionTokens } from '../../../src/sidecar/session-tokens.js';

test('a token is known by its decoy, at its venue alone, and hidden in messages', () => {
  const tokens = new SessionTokens();
  const held = { venue: 'kraken', credential: 'main', token: 'real/one' };
  tokens.hold('decoy', held);
  expect([tokens.find('kraken', 'decoy'), tokens.decoyOf('real/one')]).toEqual([held, 'decoy']);
  expect([tokens.find('binance', 'decoy'), tokens.find('kraken', 'real/one')]).toEqual([
    undefined,
    undefined,
  ]);
  expect(String(tokens.hide(Buffer.from('{"a":"real/one","b":"real\\/one"}')))).toBe(
    '{"a":"decoy","b":"decoy"}',
  );
  tokens.clear();
  expect(tokens.find('kraken', 'decoy')).toBeUndefined();
});

test('the oldest tokens go first', () => {
  const sessionTokens = new SessionTokens();
  for (let at = 0; at < 300; at += 1)
    sessionTokens.hold(`d${at}`, { venue: 'kraken', credential: 'main', token: `t${at}` });
  expect(sessionTokens.find('kraken', 'd0')).toBeUndefined();
  expect(sessionTokens.find('kraken', 'd299')?.token).toBe('t299');
});
