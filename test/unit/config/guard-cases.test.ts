import { expect, test } from 'vitest';
import { factsOf, parseGuardCases } from '../../../src/config/guard-cases.js';
import { evaluate } from '../../../src/guard/evaluate.js';
import { guardrailsSchema } from '../../../src/guard/guardrails.js';
import { thrownBy } from '../../support/host-files.js';

const rules = guardrailsSchema.parse({
  version: 1,
  notional: { max: 600 },
  daily: { orders: 2 },
  noReversal: true,
  noSelfTrade: true,
  pingPongSeconds: 60,
});
const noonMs = 43_200_000;
const decide = (text: string, limits = rules) =>
  parseGuardCases('cases.yaml', text).map((each) =>
    evaluate(limits, factsOf(each, noonMs)).findings.map(({ code }) => code),
  );

test('cases become facts', () => {
  expect(
    decide(`
- { name: fits, order: { instrument: B, side: buy, quantity: "0.01", price: 50000 }, last: 50000, expect: allow }
- { name: large, order: { instrument: B, side: buy, quantity: "0.1", price: 50000 }, last: 50000, expect: deny }
- { name: blind, order: { instrument: B, side: sell, quantity: "0.01", price: 50000 }, expect: deny }
- { name: flip, order: { instrument: S, side: sell, type: market, unit: contracts, quantity: 2 }, last: 100, position: 1, expect: deny }
- name: third today
  at: 2026-11-20T12:00:00Z
  order: { instrument: B, side: buy, quantity: "0.01", price: 50000 }
  last: 50000
  earlier: [{ secondsAgo: 60, notional: 5 }, { secondsAgo: 30, notional: 5 }]
  expect: deny
`),
  ).toEqual([[], ['NOTIONAL_TOO_LARGE'], ['DATA_MISSING'], ['POSITION_REVERSAL'], ['DAILY_ORDERS']]);
});

test('cases know what a spot account holds', () => {
  const spot = guardrailsSchema.parse({ version: 1, spotBalance: true });
  expect(
    decide(
      `
- { name: covered, order: { instrument: B, side: buy, quantity: 1, price: 50 }, last: 50, spot: { held: 0, cash: 50 }, expect: allow }
- { name: short, order: { instrument: B, side: sell, quantity: 2, price: 50 }, last: 50, spot: { held: 1, cash: 0 }, expect: deny }
- { name: blind, order: { instrument: B, side: sell, quantity: 2, price: 50 }, last: 50, expect: deny }
`,
      spot,
    ),
  ).toEqual([[], ['BALANCE_TOO_SMALL'], ['DATA_MISSING']]);
});

test('cases know what rests, which side went before, and what was won and lost', () => {
  const losses = guardrailsSchema.parse({
    version: 1,
    daily: { realisedLoss: 10 },
    maxLossesInRow: 2,
    lossCooldownSeconds: 60,
  });
  const order =
    'order: { instrument: B, side: buy, quantity: "0.01", price: 50000 }, last: 50000, expect: deny';
  expect(
    decide(`
- { name: own sale, ${order}, resting: [{ side: sell, price: 50000 }] }
- { name: to and fro, ${order}, earlier: [{ secondsAgo: 30, notional: 5, side: sell }] }
- { name: fro, ${order}, earlier: [{ secondsAgo: 30, notional: 5 }] }
`),
  ).toEqual([['SELF_TRADE'], ['PING_PONG'], []]);
  expect(
    decide(
      `
- { name: lost, ${order}, results: [{ secondsAgo: 90, amount: -6 }, { secondsAgo: 80, amount: -4 }] }
- { name: won, ${order}, results: [{ secondsAgo: 90, amount: -6 }, { secondsAgo: 80, amount: 4 }] }
- { name: just lost, ${order}, results: [{ secondsAgo: 59, amount: -6 }] }
`,
      losses,
    ),
  ).toEqual([['DAILY_REALISED_LOSS', 'LOSSES_IN_ROW'], [], ['LOSS_COOLDOWN']]);
});

test('a case may know what the account is worth', () => {
  const share = guardrailsSchema.parse({ version: 1, maxEquityShare: 10 });
  const order =
    'order: { instrument: B, side: buy, quantity: "0.01", price: 50000 }, last: 50000, expect: deny';
  const text = `
- { name: poor, ${order}, equity: 4999 }
- { name: rich, ${order}, equity: 5000 }
- { name: nobody knows, ${order} }
`;
  expect(decide(text, share)).toEqual([['EQUITY_SHARE'], [], ['DATA_MISSING']]);
  const falls = guardrailsSchema.parse({ version: 1, maxDrawdown: 10, daily: { loss: 50 } });
  const fallen = `
- { name: from the peak, ${order}, equity: 900, equityPeak: 1000 }
- { name: today, ${order}, equity: 950, equityAtStart: 1000 }
- { name: neither, ${order}, equity: 951, equityPeak: 1000, equityAtStart: 1000 }
`;
  expect(decide(fallen, falls)).toEqual([['DRAWDOWN'], ['DAILY_LOSS'], []]);
});

test('a case may know the book and how far the price moved', () => {
  const order = 'order: { instrument: B, side: buy, type: market, quantity: 2 }, last: 100, expect: deny';
  const book = (size: number) => `book: { bids: [[99, 1]], asks: [[101, ${size}], [110, 9]] }`;
  const limits = guardrailsSchema.parse({
    version: 1,
    marketOrders: { maxSlippageBps: 100 },
    volatilityHalt: { moveBps: 200, minutes: 5 },
  });
  const text = `
- { name: deep and calm, ${order}, ${book(2)}, range: { low: 99, high: 100 } }
- { name: thin, ${order}, ${book(1)}, range: { low: 99, high: 100 } }
- { name: wild, ${order}, ${book(2)}, range: { low: 90, high: 100 } }
- { name: nobody knows, ${order} }
`;
  expect(decide(text, limits)).toEqual([
    [],
    ['SLIPPAGE_TOO_LARGE'],
    ['VOLATILITY_HALT'],
    ['DATA_MISSING', 'DATA_MISSING'],
  ]);
});

test('a case may know cancels and fills, fees, exposure, closes, what rests and what the order cites', () => {
  const limits = guardrailsSchema.parse({
    version: 1,
    cancelsPerMinute: 2,
    cancelToFill: { ratio: 1, fromCancels: 3 },
    daily: { fees: 5 },
    maxNetExposure: 1_000,
    closeCooldownSeconds: 60,
    singleFlight: true,
    maxOpenOrders: 2,
    maxOpenNotional: 900,
    requireEvidence: { withinMinutes: 10 },
    trustedNewsSources: ['news.test'],
  });
  const cited = 'evidence: [{ url: "https://news.test/a", minutesAgo: 5 }]';
  const order =
    'order: { instrument: B, side: buy, quantity: "0.01", price: 50000 }, last: 50000, expect: deny';
  const text = `
- { name: fine, ${order}, ${cited} }
- { name: cancels, ${order}, ${cited}, cancels: [1, 2, 3] , fills: [9, 8, 7] }
- { name: many cancels for few fills, ${order}, ${cited}, cancels: [61, 62, 63], fills: [9, 8] }
- { name: fees, ${order}, ${cited}, fees: [{ secondsAgo: 5, amount: 2 }, { secondsAgo: 6, amount: 3 }] }
- { name: exposure, ${order}, ${cited}, netExposure: 501 }
- { name: closed, ${order}, ${cited}, results: [{ secondsAgo: 59, amount: 1 }] }
- { name: rests, ${order}, ${cited}, resting: [{ side: buy, price: 100, quantity: 5 }, { side: sell, price: 60000 }] }
- { name: unread, ${order}, evidence: [{ url: "https://news.test/a" }] }
- { name: elsewhere, ${order}, evidence: [{ url: "https://other.test/a", minutesAgo: 1 }] }
- { name: nothing, ${order} }
`;
  expect(decide(text, limits)).toEqual([
    [],
    ['CANCEL_RATE_EXCEEDED'],
    ['CANCEL_TO_FILL'],
    ['DAILY_FEES'],
    ['NET_EXPOSURE_TOO_LARGE'],
    ['CLOSE_COOLDOWN'],
    ['TOO_MANY_OPEN_ORDERS', 'OPEN_NOTIONAL_TOO_LARGE', 'IN_FLIGHT'],
    ['HALLUCINATION'],
    ['SOURCE_UNTRUSTED'],
    ['EVIDENCE_MISSING'],
  ]);
});

test('a bad case is told with its line; an amount is no float', () => {
  const text = '- { name: a, order: { instrument: B, side: buy, quantity: 0.01 }, expect: allow }';
  expect(thrownBy(() => parseGuardCases('cases.yaml', text))).toMatchObject({
    message: expect.stringContaining('cases.yaml:1:'),
  });
});

test('cases know exits, legs, amendments and what asked for the same before', () => {
  const limits = guardrailsSchema.parse({
    version: 1,
    reduceOnly: true,
    duplicateSeconds: 60,
    maxOpenOrders: 1,
  });
  const order = 'instrument: P, unit: contracts, price: 100';
  expect(
    decide(
      `
- { name: opens, order: { ${order}, side: buy, quantity: 1 }, last: 100, position: 0, expect: deny }
- { name: exit, order: { ${order}, side: sell, quantity: 1, reduceOnly: true }, last: 100, position: 1, expect: allow }
- { name: all of it, order: { instrument: P, side: sell, unit: close-all, type: market }, last: 100, position: 1, expect: allow }
`,
      limits,
    ),
  ).toEqual([['NOT_REDUCING'], [], []]);
  const same = guardrailsSchema.parse({ version: 1, duplicateSeconds: 60, maxOpenOrders: 1 });
  const earlier = (more: string) =>
    `{ name: e, order: { ${order}, side: buy, quantity: 1 }, last: 100, earlier: [{ secondsAgo: 9, notional: 100${more} }], expect: deny }`;
  expect(
    decide(
      `
- ${earlier('')}
- ${earlier(', same: true')}
- { name: exits hang on it, order: { ${order}, side: buy, quantity: 1, legs: [{ side: sell, type: stop, unit: contracts, quantity: 1, trigger: 90 }] }, last: 100, expect: allow }
- { name: more hangs on it, order: { ${order}, side: buy, quantity: 1, legs: [{ side: sell, type: stop, unit: contracts, quantity: 2, trigger: 90 }] }, last: 100, expect: deny }
- { name: amended, order: { ${order}, side: buy, quantity: 1, action: amend }, last: 100, resting: [{ side: buy, price: 99 }], expect: allow }
`,
      same,
    ),
  ).toEqual([[], ['DUPLICATE'], [], ['TOO_MANY_OPEN_ORDERS'], []]);
  expect(() => decide('- { name: n, order: { instrument: P, side: buy }, expect: deny }')).toThrow(
    'needs a quantity',
  );
});
