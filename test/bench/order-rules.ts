// Every rule that the bench's orders can pass, set so that they do: what a verdict costs with all of them.
import { guardrailsSchema } from '../../src/guard/guardrails.js';

const day = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const many = 1_000_000;
const much = '1000000000';

/** As guardrails.yaml would say it. */
export const everyRule: Readonly<Record<string, unknown>> = {
  version: 1,
  symbols: { allow: ['BTC-USDT-SWAP'], deny: ['DOGE-USDT'] },
  sides: ['buy', 'sell'],
  types: ['limit'],
  timeInForce: ['gtc'],
  marketOrders: { maxSlippageBps: 50 },
  maxQuantity: { '*': '10' },
  notional: { min: '1', max: '5000' },
  priceCollarBps: 500,
  volatilityHalt: { moveBps: 5_000, minutes: 15 },
  maxLeverage: '3',
  clientOrderId: true,
  noReversal: true,
  noSelfTrade: true,
  maxOpenOrders: many,
  maxOpenNotional: much,
  maxPositionNotional: much,
  maxGrossExposure: much,
  maxNetExposure: much,
  maxEquityShare: 100,
  maxConcentration: 10_000,
  maxDrawdown: 50,
  daily: { orders: many, notional: much, realisedLoss: much, loss: much, fees: much },
  maxLossesInRow: many,
  rate: { perSecond: many, perMinute: many, perHour: many },
  amendsPerMinute: many,
  cancelsPerMinute: many,
  cancelToFill: { ratio: 10_000, minutes: 60, fromCancels: many },
  duplicateSeconds: 1,
  repeat: { orders: many, minutes: 10 },
  cooldownSeconds: 0.000_001,
  lossCooldownSeconds: 0.000_001,
  closeCooldownSeconds: 0.000_001,
  pingPongSeconds: 0.000_001,
  hours: [{ days: day, from: '00:00', to: '23:59' }],
  firstOrders: 1,
  approval: { above: much, twoAbove: much, splitSeconds: 600 },
};

/** Limits of it, each asked by a rule. */
export function countLimits(document: Readonly<Record<string, unknown>>): number {
  guardrailsSchema.parse(document);
  const { version: _version, ...limits } = document;
  return Object.values(limits).reduce<number>((sum, limit) => {
    const isGroup = typeof limit === 'object' && limit !== null && !Array.isArray(limit);
    return sum + (isGroup ? Object.keys(limit).length : 1);
  }, 0);
}
