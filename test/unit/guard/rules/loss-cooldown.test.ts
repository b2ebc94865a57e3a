import { expect, test } from 'vitest';
import { codesOf, nowMs } from '../../../support/guard-facts.js';

test.each<[string, Parameters<typeof codesOf>[0], Parameters<typeof codesOf>[1], string[]]>([
  ['too soon', { lossCooldownSeconds: 60 }, { results: { lastLossMs: nowMs - 59_999 } }, ['LOSS_COOLDOWN']],
  ['late enough', { lossCooldownSeconds: 60 }, { results: { lastLossMs: nowMs - 60_000 } }, []],
  ['no loss', { lossCooldownSeconds: 60 }, {}, []],
  ['a fill nobody tells', { lossCooldownSeconds: 60 }, { results: { unknownMs: 1 } }, ['DATA_MISSING']],
  ['an attached order', { lossCooldownSeconds: 60 }, { orders: [{}, { isLeg: true }] }, ['DATA_MISSING']],
  ['a triggered order', { lossCooldownSeconds: 60 }, { orders: [{ type: 'stop' }] }, ['DATA_MISSING']],
  [
    'an exit passes',
    { lossCooldownSeconds: 60 },
    {
      results: { lastLossMs: nowMs },
      orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '1' }],
    },
    [],
  ],
])('%s', (_title, limits, given, codes) => {
  expect(codesOf(limits, given)).toEqual(codes);
});
