// `propose` at every venue whose orders the sidecar can stop and find again: held, approved, sent once, reconciled, killed.
import { afterEach, expect, test } from 'vitest';
import { venues } from '../../../../src/venues/venues.js';
import { eventually } from '../../../support/sidecar-box.js';
import { casesOf, orderOf, startVenueOrderBox } from '../../../support/venue-order-box.js';

const cases = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue])));
let box: Awaited<ReturnType<typeof startVenueOrderBox>> | undefined;
afterEach(() => box?.stop());

test.each(cases.map((one) => [one.name, one] as const))(
  '%s: an order is held, approved, sent once, reconciled when its answer is lost, and killed',
  async (_, one) => {
    box = await startVenueOrderBox(one);
    const { control, placed, faults, agent } = box;
    const statesOf = () => control.list(10).orders.map(({ state }) => state);
    const approve = async () => {
      for (const { order, fingerprint, state } of control.list(10).orders)
        if (state === 'held') await control.approve(order, fingerprint.slice(0, 8), 'ann');
    };
    expect(await agent(orderOf(one))).toContain('pending approval');
    expect(placed).toHaveLength(0);
    expect(Number(control.list(10).orders[0]?.notional)).toBeGreaterThan(1);
    await approve();
    expect(await agent(orderOf(one))).not.toContain('pending approval');
    expect(placed).toHaveLength(1);
    await eventually(() => statesOf()[0] === 'acknowledged');

    faults.push('error-after');
    await agent(orderOf(one));
    await approve();
    await agent(orderOf(one));
    await eventually(() => placed.length === 2);
    await eventually(() => statesOf().every((state) => state === 'acknowledged'));
    expect(placed).toHaveLength(2);

    const [report] = await control.kill({ flatten: false, by: 'ann' });
    expect(report).toMatchObject({ isVerified: true, canceled: 2, left: 0, problem: '' });
  },
);

test('an order that could be neither found again nor cancelled is refused', async () => {
  const [binance] = cases;
  if (binance === undefined) throw new Error('no case');
  box = await startVenueOrderBox(binance);
  const margin = { ...orderOf(binance), path: '/sapi/v1/margin/order' };
  expect(await box.agent(margin)).toContain('-20');
  expect(box.control.list(10).orders).toEqual([]);
  expect(binance.venue.admin?.covers?.('sapi/v1/margin/order')).toBe(false);
});

/** `live` on a step whose cap is so many dollars. */
const live = (maxNotional: string) => ({
  mode: 'live' as const,
  guardrails: { version: 1 },
  liveSteps: [{ account: 'paper', step: 1, maxNotional, maxDayNotional: '100000', isOverridden: false }],
});

test.each(cases.map((one) => [one.name, one] as const))(
  '%s in `live`: an order within the step leaves at once, one above never',
  async (_, one) => {
    box = await startVenueOrderBox(one, live('1000'));
    await box.agent(orderOf(one));
    const states = () => box?.control.list(10).orders.map(({ state, reasons }) => [state, reasons]);
    await eventually(() => box?.control.list(1).orders[0]?.state === 'acknowledged');
    expect([box.placed.length, states()?.length]).toEqual([1, 1]);
    await box.stop();
    box = await startVenueOrderBox(one, live('10'));
    await box.agent(orderOf(one));
    expect(states()).toEqual([
      ['rejected', [expect.objectContaining({ code: 'LIVE_STEP_EXCEEDED', rule: 'built-in: live step 1' })]],
    ]);
    expect(box.placed).toEqual([]);
  },
);
