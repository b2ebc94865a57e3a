import { expect, test } from 'vitest';
import { codesOf, nowMs } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['nothing closed', { closeCooldownSeconds: 60 }, {}, []],
  [
    'just closed',
    { closeCooldownSeconds: 60 },
    { results: { lastCloseOf: (symbol) => (symbol === 'BTC-USDT' ? nowMs - 59_999 : undefined) } },
    ['CLOSE_COOLDOWN'],
  ],
  [
    'another symbol',
    { closeCooldownSeconds: 60 },
    { results: { lastCloseOf: (symbol) => (symbol === 'BTC-USDT' ? undefined : nowMs) } },
    [],
  ],
  ['long ago', { closeCooldownSeconds: 60 }, { results: { lastCloseOf: () => nowMs - 60_000 } }, []],
  ['what nobody told', { closeCooldownSeconds: 60 }, { results: { unknownMs: nowMs } }, ['DATA_MISSING']],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
