// What an account's journal says of an order when it is proposed and judged, for tests that fold such journals.
import type { IntentRecord, OrderEvent } from '../../src/audit/order-events.js';

/** A limit order to buy one at 100. */
export const buyRecord: IntentRecord = {
  venue: 'okx',
  account: 'a',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  quantity: { value: '1', unit: 'base' },
  price: '100',
};

export interface JudgedOrder {
  /** What differs from `buyRecord`. */
  intent?: Partial<IntentRecord>;
  notional?: string | undefined;
  decision?: 'allow' | 'hold' | 'deny';
}

/** Its proposal and its judgement; the fingerprint is `f-` and its id. */
export function judgedOrder(
  order: string,
  { intent, notional, decision = 'allow' }: JudgedOrder = {},
): readonly [OrderEvent, OrderEvent] {
  return [
    {
      type: 'order.proposed',
      order,
      request: 'r',
      operation: 'trade/order',
      fingerprint: `f-${order}`,
      intents: [{ ...buyRecord, ...intent }],
      ...(notional === undefined ? {} : { notional }),
    },
    {
      type: 'order.judged',
      order,
      stage: 'proposal',
      decision,
      approvals: decision === 'hold' ? 1 : 0,
      reasons: [],
    },
  ];
}
