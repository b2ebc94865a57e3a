// Run by the image's Node, for the orders' bench: rebuilds a ledger from a journal, then asks every rule for verdicts over it.
// `ledger-program <journal directory> <guardrails as JSON> <verdicts>` prints one line of JSON.
import { foldJournal } from '../../src/audit/fold.js';
import { decimal, formatDecimal } from '../../src/core/decimal.js';
import type { OrderIntent } from '../../src/core/order.js';
import { guardrailsSchema } from '../../src/guard/guardrails.js';
import { Activity } from '../../src/orders/activity.js';
import { identityOf } from '../../src/orders/fingerprint.js';
import { Ledger } from '../../src/orders/ledger.js';
import { ExchangeRates } from '../../src/sidecar/orders/exchange-rates.js';
import { MarketMemory } from '../../src/sidecar/orders/market-memory.js';
import { createRulesJudge } from '../../src/sidecar/orders/rules-judge.js';
import type { AskVenue, CallAccount } from '../../src/sidecar/venue-calls.js';
import { okx } from '../../src/venues/okx/okx.js';
import { handle } from './order-stand-in.js';

export interface LedgerFigures {
  events: number;
  rebuildMs: number;
  heapMb: number;
  /** Microseconds. */
  verdict: { p50: number; p99: number };
}

const [directory = '', document = '{}', verdicts = '0'] = process.argv.slice(2);
const activity = new Activity();
const ledger = new Ledger((event, entry, atMs) => activity.apply(event, entry, atMs));
const fromMs = performance.now();
let events = 0;
foldJournal(directory, (event, atMs) => {
  ledger.apply(event, atMs);
  events += 1;
});
const rebuildMs = performance.now() - fromMs;

const ask: AskVenue = (_account, call) => {
  const value = call.read(handle(call.request));
  return Promise.resolve(
    value === undefined ? { isUnderstood: false, problem: '', status: 200 } : { isUnderstood: true, value },
  );
};
const account = { id: 'okx-main', venue: okx, environment: 'demo' } as CallAccount;
const market = new MarketMemory({ account, ask, nowMs: () => Date.now() });
const guardrails = guardrailsSchema.parse(JSON.parse(document));
const judge = createRulesJudge({
  guardrails: () => guardrails,
  ledger,
  activity,
  market,
  rates: new ExchangeRates({ market, pairName: undefined, nowMs: () => Date.now() }),
  tellsBalances: true,
  noteEquity: (usd) =>
    ledger.apply({ type: 'account.equity', account: account.id, usd: formatDecimal(usd) }, Date.now()),
  nowMs: () => Date.now(),
});

const micros: number[] = [];
for (let n = 0; n < Number(verdicts); n += 1) {
  const intents: OrderIntent[] = [
    {
      venue: 'okx',
      account: account.id,
      moneyMode: 'DEMO',
      action: 'place',
      instrument: 'BTC-USDT-SWAP',
      side: 'buy',
      type: 'limit',
      timeInForce: 'gtc',
      quantity: { value: decimal('1'), unit: 'contracts' },
      price: decimal(String(49_900 + (n % 90))),
      clientOrderId: `bench${n}`,
    },
  ];
  const { likeness } = identityOf('trade/order', intents);
  await judge.prepare(intents);
  const from = process.hrtime.bigint();
  const { decision, reasons } = judge.judge({
    operation: 'trade/order',
    intents,
    likeness,
    stage: 'proposal',
  });
  micros.push(Number(process.hrtime.bigint() - from) / 1_000);
  if (decision !== 'allow') throw new Error(`an order was not allowed: ${JSON.stringify(reasons)}`);
}
micros.sort((one, other) => one - other);
const at = (share: number): number => micros[Math.floor(micros.length * share)] ?? 0;
const figures: LedgerFigures = {
  events,
  rebuildMs,
  heapMb: process.memoryUsage().heapUsed / 1_048_576,
  verdict: { p50: at(0.5), p99: at(0.99) },
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
