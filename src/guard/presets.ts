// Ready-made guardrails to begin with, as the text of a guardrails.yaml.

export interface Preset {
  summary: string;
  yaml: string;
}

export const presets: Readonly<Record<'paper' | 'cautious' | 'swing' | 'hft-deny-all', Preset>> = {
  paper: {
    summary: 'wide limits that still stop a strategy gone wild',
    yaml: `version: 1
notional: { max: 100000 }
priceCollarBps: 2000
marketOrders: { maxSlippageBps: 500 }
noReversal: true
rate: { perSecond: 20, perMinute: 300 }
repeat: { orders: 600, minutes: 10 }
`,
  },
  cautious: {
    summary: 'small limit orders near the market, a human above 100 and for the first ten',
    yaml: `version: 1
types: [limit]
marketOrders: deny
notional: { min: 1, max: 500 }
priceCollarBps: 100
volatilityHalt: { moveBps: 300, minutes: 15 }
maxLeverage: 1
noReversal: true
noSelfTrade: true
maxOpenOrders: 5
maxOpenNotional: 1000
maxPositionNotional: 1000
maxGrossExposure: 2000
daily: { orders: 20, notional: 2000 }
rate: { perSecond: 1, perMinute: 5, perHour: 30 }
amendsPerMinute: 5
cancelsPerMinute: 20
cancelToFill: { ratio: 10, minutes: 60 }
duplicateSeconds: 60
repeat: { orders: 15, minutes: 15 }
cooldownSeconds: 10
singleFlight: true
firstOrders: 10
approval: { above: 100, twoAbove: 400, splitSeconds: 600 }
`,
  },
  swing: {
    summary: 'a few larger orders a day, held for hours or days',
    yaml: `version: 1
notional: { min: 5, max: 5000 }
priceCollarBps: 300
marketOrders: { maxSlippageBps: 50 }
volatilityHalt: { moveBps: 800, minutes: 30 }
maxLeverage: 3
noReversal: true
noSelfTrade: true
maxOpenOrders: 20
maxOpenNotional: 10000
maxPositionNotional: 10000
maxGrossExposure: 25000
daily: { orders: 50, notional: 25000 }
rate: { perSecond: 2, perMinute: 10, perHour: 60 }
amendsPerMinute: 20
cancelsPerMinute: 60
cancelToFill: { ratio: 20, minutes: 60 }
duplicateSeconds: 30
repeat: { orders: 30, minutes: 10 }
firstOrders: 3
approval: { above: 2000, twoAbove: 4000, splitSeconds: 900 }
`,
  },
  'hft-deny-all': {
    summary: 'nothing but exits: for an agent that must not open anything',
    yaml: `version: 1
reduceOnly: true
priceCollarBps: 500
noReversal: true
`,
  },
};
