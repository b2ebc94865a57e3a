// Every rule, tripped, held against an exit that the venue itself holds to reducing: it passes, or the table says why it must not.
import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import type { GuardrailsDocument } from '../../../src/guard/guardrails.js';
import { rules } from '../../../src/guard/rules.js';
import { codesOf, type Given, type GivenOrder, nowMs } from '../../support/guard-facts.js';

interface Tripped {
  limits: Omit<GuardrailsDocument, 'version'>;
  given?: Given;
  order?: GivenOrder;
  /** What makes another order trip it. */
  opening?: GivenOrder;
  /** Why the rule binds exits, too. */
  binds?: string;
}

const zero = decimal('0');
const hundred = decimal('100');
const earlier: Given['earlier'] = [[1, '100']];

const table: Record<string, Tripped> = {
  symbols: { limits: { symbols: { deny: ['BTC-USDT'] } } },
  sides: { limits: { sides: ['buy'] } },
  types: { limits: { types: ['stop'] } },
  timeInForce: { limits: { timeInForce: ['fok'] } },
  marketOrders: { limits: { marketOrders: 'deny' }, order: { type: 'market' } },
  maxQuantity: { limits: { maxQuantity: { '*': '0.5' } } },
  notional: { limits: { notional: { max: 1 } } },
  priceCollarBps: {
    limits: { priceCollarBps: 1 },
    order: { price: '120' },
    binds:
      'a price far off the market gives the position away, or rests for ever; another price passes at once',
  },
  volatilityHalt: { limits: { volatilityHalt: { moveBps: 1, minutes: 5 } } },
  maxLeverage: { limits: { maxLeverage: 2 }, order: { leverage: '3' } },
  reduceOnly: { limits: { reduceOnly: true } },
  postOnly: { limits: { postOnly: true } },
  clientOrderId: { limits: { clientOrderId: true } },
  noReversal: {
    limits: { noReversal: true },
    order: { unbound: '5' },
    opening: { position: '5', quantity: '9' },
    binds:
      'an order that is left once the position is closed would open the reverse; cancelling that one frees the exit',
  },
  noSelfTrade: { limits: { noSelfTrade: true }, given: { resting: [{ side: 'buy' }, { side: 'sell' }] } },
  spotBalance: {
    limits: { spotBalance: true },
    order: { unit: 'base', spot: ['0', '0', '0'] },
    binds: 'on spot nothing is held to reducing: what is not there cannot be sold',
  },
  maxOpenOrders: { limits: { maxOpenOrders: 1 }, given: { open: { count: 1 } } },
  maxOpenNotional: { limits: { maxOpenNotional: 1 } },
  maxPositionNotional: { limits: { maxPositionNotional: 1 } },
  maxGrossExposure: { limits: { maxGrossExposure: 1 }, given: { grossExposure: hundred } },
  maxNetExposure: { limits: { maxNetExposure: 1 } },
  maxEquityShare: { limits: { maxEquityShare: 0.1 } },
  maxConcentration: { limits: { maxConcentration: 0.1 } },
  maxDrawdown: { limits: { maxDrawdown: 1 }, given: { equity: decimal('500') } },
  daily: {
    limits: { daily: { orders: 1, notional: 1, realisedLoss: 1, loss: 1, fees: 1 } },
    given: {
      earlier,
      equity: decimal('500'),
      fees: { paidSince: () => [{ instrument: 'BTC-USDT', amount: hundred }] },
      results: {
        realisedSince: () => [{ instrument: 'A', isContracts: false, amount: zero.minus(hundred) }],
      },
    },
  },
  maxLossesInRow: { limits: { maxLossesInRow: 1 }, given: { results: { lossesInRow: () => 9 } } },
  rate: { limits: { rate: { perSecond: 1, perMinute: 1, perHour: 1 } }, given: { earlier } },
  amendsPerMinute: {
    limits: { amendsPerMinute: 1 },
    given: { amends: 9 },
    order: { action: 'amend' },
    binds: 'an amendment is no exit: it may make an order larger',
  },
  cancelsPerMinute: { limits: { cancelsPerMinute: 1 }, given: { cancels: 9 } },
  cancelToFill: { limits: { cancelToFill: { ratio: 1, fromCancels: 1 } }, given: { cancels: 9 } },
  duplicateSeconds: {
    limits: { duplicateSeconds: 60 },
    given: { sameSecondsAgo: 1 },
    binds:
      'two processes with one idea would close twice as much; another quantity passes at once, the same one after the pause',
  },
  repeat: { limits: { repeat: { orders: 1, minutes: 5 } }, given: { earlier } },
  cooldownSeconds: { limits: { cooldownSeconds: 60 }, given: { earlier } },
  lossCooldownSeconds: { limits: { lossCooldownSeconds: 60 }, given: { results: { lastLossMs: nowMs } } },
  closeCooldownSeconds: {
    limits: { closeCooldownSeconds: 60 },
    given: { results: { lastCloseOf: () => nowMs } },
  },
  pingPongSeconds: { limits: { pingPongSeconds: 60 }, given: { earlier } },
  singleFlight: { limits: { singleFlight: true }, given: { open: { symbols: { has: () => true } } } },
  hours: { limits: { hours: [{ days: ['sun'], from: '01:00', to: '02:00' }] } },
  firstOrders: { limits: { firstOrders: 9 } },
  approval: { limits: { approval: { above: 0 } } },
  trustedNewsSources: {
    limits: { trustedNewsSources: ['a.example'] },
    given: { evidence: [{ url: 'https://b.example/', host: 'b.example', fetchedMs: nowMs }] },
  },
  requireEvidence: { limits: { requireEvidence: { sources: 1 } } },
};

test('the table holds every rule', () => {
  expect(Object.keys(table).sort()).toEqual(rules.map(({ key }) => key).sort());
});

test.each(Object.entries(table))('%s, tripped: an exit passes it, or is told why not', (_key, tripped) => {
  const { limits, given = {}, order = {}, opening = {}, binds } = tripped;
  const codes = (more: GivenOrder) =>
    codesOf(limits, { ...given, orders: [{ side: 'sell', ...more, ...order }] });
  // Tripped it is: the same order without the venue's word is refused, or waits.
  expect(codes({ unit: 'contracts', position: '0', ...opening })).not.toEqual([]);
  const exit = codes({ unit: 'contracts', position: '5', reduceOnly: true });
  expect(exit.length > 0).toBe(binds !== undefined);
});

test('a sale of what is held passes the rules that left the account only exits, and keeps to all others', () => {
  const sale = (key: string, more: Given = {}) => {
    const { limits, given } = table[key] ?? { limits: {} };
    return codesOf(limits, { ...given, ...more, orders: [{ side: 'sell', type: 'market' }] });
  };
  for (const key of ['repeat', 'maxDrawdown', 'maxLossesInRow']) {
    expect(sale(key)).not.toEqual([]);
    expect(sale(key, { isDisposal: true })).toEqual([]);
  }
  for (const key of ['approval', 'symbols', 'maxQuantity', 'rate'])
    expect(sale(key, { isDisposal: true })).not.toEqual([]);
});
