// `propose` at every venue whose orders the sidecar can stop and find again: held, approved, sent once, reconciled, killed.
import { afterEach, expect, test } from 'vitest';
import { orderLines } from '../../../../src/cli/order-lines.js';
import { createStyle } from '../../../../src/cli/style.js';
import { venues } from '../../../../src/venues/venues.js';
import { eventually, type SettingsPatch } from '../../../support/sidecar-box.js';
import { casesOf, orderOf } from '../../../support/venue-cases.js';
import { startVenueOrderBox } from '../../../support/venue-order-box.js';

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

test('an order that a venue asks back about is placed by its confirmation, which a human decides too', async () => {
  const one = cases.find(({ name }) => name === 'ibkr');
  if (one === undefined) throw new Error('no case');
  box = await startVenueOrderBox(one);
  const { control, agent } = box;
  const approve = async () => {
    for (const { order, fingerprint, state } of control.list(10).orders)
      if (state === 'held') await control.approve(order, fingerprint.slice(0, 8), 'ann');
  };
  const statesOf = () => control.list(10).orders.map(({ state }) => state);
  const small = orderOf(one);
  const large = {
    ...small,
    body: Buffer.from(String(small.body).replace('"quantity":1,', '"quantity":400,')),
  };
  const reply = (id: string) => ({
    ...small,
    path: `/v1/api/iserver/reply/${id}`,
    body: Buffer.from('{"confirmed":true}'),
  });
  expect(await agent(reply('11111111-2222-4333-a444-555555555555'))).toContain('403');
  await agent(large);
  await approve();
  const asked = await agent(large);
  const [, id = ''] = /"id":"([0-9a-f-]+)"/.exec(asked) ?? [];
  expect(asked).toContain('exceeds');
  await eventually(() => statesOf()[0] === 'rejected-by-venue');
  expect(await agent(reply(id))).toContain('pending approval');
  // Who decides sees what is asked, and approves that alone.
  const [held] = control.list(1).orders;
  expect(held?.intents[0]?.question).toMatch(/^o383 The following value exceeds .* sure that you want/);
  expect(held && orderLines('test', held, createStyle(false)).join('\n')).toMatch(
    /venue asks +\| o383 The following value exceeds/,
  );
  await approve();
  expect(await agent(reply(id))).toContain('Submitted');
  await eventually(() => statesOf()[0] === 'acknowledged');
  const [report] = await control.kill({ flatten: false, by: 'ann' });
  expect(report).toMatchObject({ isVerified: true, canceled: 1, left: 0 });
});

test('in `live` the order leaves by itself, and what the venue asks back waits for a human; in `demo` it does not', async () => {
  const one = cases.find(({ name }) => name === 'ibkr');
  if (one === undefined) throw new Error('no case');
  const small = orderOf(one);
  const body = Buffer.from(String(small.body).replace('"quantity":1,', '"quantity":400,'));
  const confirmed = Buffer.from('{"confirmed":true}');
  const start = async (patch: SettingsPatch) => {
    const started = await startVenueOrderBox(one, patch);
    const asked = await started.agent({ ...small, body });
    const path = `/v1/api/iserver/reply/${/"id":"([0-9a-f-]+)"/.exec(asked)?.[1]}`;
    return { ...started, confirm: () => started.agent({ ...small, path, body: confirmed }) };
  };
  const demo = await start({ mode: 'demo' });
  box = demo;
  expect(await demo.confirm()).toContain('Submitted');
  await demo.stop();
  const real = await start(live('1000000', '10000000'));
  box = real;
  const { control, placed, confirm } = real;
  expect(await confirm()).toContain('pending approval');
  const [held] = control.list(1).orders;
  expect(held).toMatchObject({ state: 'held', reasons: [{ code: 'VENUE_QUESTION' }] });
  expect(placed).toHaveLength(1);
  await control.approve(held?.order ?? '', held?.fingerprint.slice(0, 8) ?? '', 'ann');
  expect(await confirm()).toContain('Submitted');
});

test('an order that could be neither found again nor cancelled is refused', async () => {
  const [binance] = cases;
  if (binance === undefined) throw new Error('no case');
  box = await startVenueOrderBox(binance);
  const [host = ''] = binance.hosts.filter((name) => name.startsWith('papi'));
  const margin = { ...orderOf(binance), host, path: '/papi/v1/margin/order' };
  expect(await box.agent(margin)).toContain('-20');
  // Recorded with what was judged of it, and let out by nobody.
  const [refused, ...others] = box.control.list(10).orders;
  expect([refused?.state, refused?.reasons[0]?.code]).toEqual(['rejected', 'ORDER_UNSTOPPABLE']);
  expect([others, box.placed]).toEqual([[], []]);
  expect(binance.venue.admin?.covers?.('papi/v1/margin/order')).toBe(false);
});

/** `live` on a step whose caps of an order and a day are so many dollars. */
const live = (maxNotional: string, maxDayNotional = '100000') => ({
  mode: 'live' as const,
  guardrails: { version: 1 },
  liveSteps: [{ account: 'paper', step: 1, maxNotional, maxDayNotional, isOverridden: false }],
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
