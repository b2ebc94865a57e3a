import { afterEach, expect, test } from 'vitest';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';

let box: OrderBox | undefined;
afterEach(() => box?.stop());

const proposed = () => box?.events().filter(({ type }) => type === 'order.proposed');
const bot = (path: string) => `tradingBot/${path}`;
const stop = { algoId: '5', instId: 'BTC-USDT', algoOrdType: 'grid' };

/** As the okx CLI's `bot grid create`, `bot dca create` and `bot grid stop` write them. */
const bots: [string, object][] = [
  [
    'grid/order-algo',
    {
      instId: 'BTC-USDT',
      algoOrdType: 'grid',
      maxPx: '90000',
      minPx: '10',
      gridNum: '5',
      quoteSz: '9',
      tag: 'CLI',
    },
  ],
  [
    'dca/create',
    {
      instId: 'BTC-USDT',
      algoOrdType: 'spot_dca',
      direction: 'long',
      initOrdAmt: '9',
      maxSafetyOrds: '0',
      tpPct: '0.03',
      triggerParams: [{ triggerAction: 'start', triggerStrategy: 'instant' }],
      tag: 'CLI',
    },
  ],
  ['grid/stop-order-algo', [{ ...stop, stopType: '1' }]],
  // A leveraged position would stay without the bot's stops.
  [
    'grid/stop-order-algo',
    [{ ...stop, instId: 'BTC-USDT-SWAP', algoOrdType: 'contract_grid', stopType: '2' }],
  ],
  ['dca/stop', { algoId: '5', algoOrdType: 'contract_dca', stopType: '2' }],
];

test.each(bots)('%s, which nobody could follow, is refused for good and never sent', async (path, body) => {
  box = await startOrderBox();
  const { status, body: answer } = await box.agent('POST', bot(path), body);
  // With this code none of OKX's clients tries again.
  expect([status, answer.code]).toEqual([403, '50120']);
  expect(answer.msg).toContain('ORDER_UNSTOPPABLE');
  expect(box.taken).not.toContain(`POST tradingBot/${path}`);
  // It is in the journal as it was meant, with what was decided.
  expect(proposed()).toMatchObject([{ operation: `tradingBot/${path}`, intents: [{ venue: 'okx' }] }]);
  const judged = box.events().filter((event) => event.type === 'order.judged');
  expect(judged).toMatchObject([{ decision: 'deny', reasons: [{ code: 'ORDER_UNSTOPPABLE' }] }]);
});

test('of an order that nobody could follow every rule is asked, and every reason kept', async () => {
  const guardrails = { version: 1, symbols: { allow: ['ETH-USDT'] } };
  box = await startOrderBox({ mode: 'propose', guardrails: guardrails as never });
  const [[path, body] = ['', {}]] = bots;
  const { body: answer } = await box.agent('POST', bot(path), body);
  expect(answer.msg).toContain('ORDER_UNSTOPPABLE');
  const [judged] = box.events().filter((event) => event.type === 'order.judged');
  const codes = judged?.type === 'order.judged' ? judged.reasons.map(({ code }) => code) : [];
  expect(codes).toEqual(expect.arrayContaining(['ORDER_UNSTOPPABLE', 'SYMBOL_NOT_ALLOWED']));
  expect(box.taken).not.toContain(`POST tradingBot/${path}`);
});

test('a spot bot may be ended where nothing is sold by it, and not together with one where something is', async () => {
  box = await startOrderBox();
  const kept = { ...stop, stopType: '2' };
  await box.agent('POST', bot('grid/stop-order-algo'), [kept]);
  expect(box.taken).toContain('POST tradingBot/grid/stop-order-algo');
  expect(proposed()).toMatchObject([{ intents: [{ action: 'cancel', cancels: ['algoId 5'] }] }]);
  const before = box.taken.length;
  const { body } = await box.agent('POST', bot('grid/stop-order-algo'), [kept, { ...stop, stopType: '1' }]);
  expect(body.msg).toContain('ORDER_UNSTOPPABLE');
  expect(box.taken.slice(before)).not.toContain('POST tradingBot/grid/stop-order-algo');
});
