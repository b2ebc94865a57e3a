// Session tokens of paper venues: one for each account and purpose, known to the engine that handed them out alone.
import { expect, test } from 'vitest';
import { Engine } from '../../../src/paper/engine/engine.js';
import { handOut, holderOf } from '../../../src/paper/session-tokens.js';

const form = (digest: Buffer) => digest.toString('hex');

test('a token stands for its account, at its own engine', () => {
  const make = () => new Engine({ seed: 's', accounts: ['a', 'b'] });
  const [one, other] = [make(), make()];
  const call = { engine: one, account: one.account('a') };
  const token = handOut(call, form, 'markets');
  expect(handOut(call, form, 'markets')).toBe(token);
  expect(handOut(call, form, 'accounts')).not.toBe(token);
  expect(handOut({ ...call, account: one.account('b') }, form, 'markets')).not.toBe(token);
  expect(holderOf(one, token)).toBe('a');
  expect(holderOf(one, `${token}x`)).toBeUndefined();
  expect(holderOf(other, token)).toBeUndefined();
});
