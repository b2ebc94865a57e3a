// The session that a tickle tells on paper: one for each account.
import { expect, test } from 'vitest';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { sessionOf } from '../../../../src/paper/ibkr/sessions.js';
import { holderOf } from '../../../../src/paper/session-tokens.js';

test('an account has one session, and the engine knows whose it is', () => {
  const engine = new Engine({ seed: 's', accounts: ['a', 'b'] });
  const of = (id: string) => sessionOf({ engine, account: engine.account(id) });
  expect(of('a')).toMatch(/^[0-9a-f]{32}$/);
  expect(of('a')).toBe(of('a'));
  expect(of('b')).not.toBe(of('a'));
  expect(holderOf(engine, of('b'))).toBe('b');
});
