// S8: what is sent is what was decided, once: over the wire of a sidecar, asserted at the exchange (ATTACKS D11 to D13, D17).
import { afterEach, describe, expect, test } from 'vitest';
import { limitOrder, type OrderBox, startOrderBox } from '../support/order-box.js';
import { eventually } from '../support/sidecar-box.js';

let desk: OrderBox;
afterEach(() => desk.stop());

const propose = { mode: 'propose', approval: { holdMs: 40 }, reflexes: { duplicateMs: 0 } } as const;
const control = () => desk.box.sidecar.state.orders;
const rested = () => desk.atVenue('trade/orders-pending');

async function approveHeld(): Promise<void> {
  for (const { order, fingerprint, state } of control().list(100).orders) {
    if (state === 'held') await control().approve(order, fingerprint.slice(0, 8), 'ann');
  }
}

describe('S8', () => {
  test('control: an approved order arrives, as it was approved', async () => {
    desk = await startOrderBox(propose);
    await desk.place();
    expect(rested()).toHaveLength(0);
    await approveHeld();
    await desk.place();
    expect(rested()).toMatchObject([{ sz: limitOrder.sz, px: limitOrder.px, side: limitOrder.side }]);
  });

  test('D11: another body does not pass under the approval, and the approval does not pass twice', async () => {
    desk = await startOrderBox(propose);
    await desk.place({ clOrdId: 'mine1' });
    await approveHeld();
    const changes: [string, string][] = [
      ['sz', '0.002'],
      ['px', '50001'],
      ['side', 'sell'],
      ['instId', 'ETH-USDT'],
      // They trade the same, by other means.
      ['tdMode', 'cross'],
      ['stpMode', 'cancel_both'],
      ['slippagePct', '0.5'],
      ['ordType', 'mmp'],
    ];
    for (const [name, value] of changes) await desk.place({ [name]: value });
    expect(rested()).toHaveLength(0);
    await desk.place();
    await desk.place();
    await desk.place({ clOrdId: 'mine1' });
    expect(rested()).toHaveLength(1);
  });

  test('control: where no human is asked the changed orders leave', async () => {
    desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
    await desk.place({ sz: '0.002' });
    await desk.place({ px: '50001' });
    expect(rested()).toHaveLength(2);
  });

  test('D11: a trailing stop does not leave at another distance than was approved, and a human is shown the distance', async () => {
    desk = await startOrderBox(propose);
    const trail = {
      instId: 'BTC-USDT',
      tdMode: 'cash',
      side: 'sell',
      ordType: 'move_order_stop',
      sz: '0.001',
    };
    const place = (callbackRatio: string) =>
      desk.agent('POST', 'trade/order-algo', { ...trail, callbackRatio });
    const waiting = () => desk.atVenue('trade/orders-algo-pending?ordType=move_order_stop');
    await place('0.01');
    const [held] = control().list(1).orders;
    expect(held?.intents[0]?.terms).toMatchObject({ callbackRatio: '0.01', tdMode: 'cash' });
    await approveHeld();
    await place('0.5');
    expect(waiting()).toHaveLength(0);
    await place('0.01');
    expect(waiting()).toMatchObject([{ callbackRatio: '0.01' }]);
  });

  test('D12, D13: neither a lost answer nor a crash sends it again', async () => {
    desk = await startOrderBox({ reflexes: { duplicateMs: 0 } });
    desk.fail('trade/order', 'cut-after');
    await desk.place();
    await desk.restart();
    await eventually(() => control().list(10).orders[0]?.state === 'acknowledged');
    expect(desk.taken.filter((one) => one === 'POST trade/order')).toHaveLength(1);
    expect(rested()).toHaveLength(1);
  });

  test.each([
    ['confirm', 'true'],
    ['execute', 'true'],
    ['tag', 'already approved'],
  ])('D17: a word of the agent changes nothing: %s', async (name, value) => {
    desk = await startOrderBox(propose);
    expect((await desk.place({ [name]: value })).status).toBe(403);
    expect(rested()).toHaveLength(0);
  });

  test('a mode that needs guardrails does not start without them', async () => {
    desk = await startOrderBox();
    await expect(startOrderBox({ mode: 'live' })).rejects.toThrow(/guardrails/);
  });
});
