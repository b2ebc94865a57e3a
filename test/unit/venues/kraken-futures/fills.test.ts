import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { VenueOrderState } from '../../../../src/venues/admin.js';
import { filledAt } from '../../../../src/venues/kraken-futures/fills.js';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';

const order: VenueOrderState = { state: 'filled', venueOrderId: 'o-1', filled: decimal('3') };
const fill = (size: number, price: number, order_id = 'o-1') => ({ order_id, size, price, side: 'buy' });
const read = (body: object, instrument = 'PF_XBTUSD') => {
  const call = filledAt({ environment: 'live' }, order, instrument);
  if (call === undefined) throw new Error('nothing is asked');
  expect(krakenFutures.classify(call.request)).toMatchObject({ class: 'read' });
  const told = call.read({ status: 200, body: Buffer.from(JSON.stringify(body)) });
  return told === undefined || told === 'absent'
    ? told
    : told.averagePrice && formatDecimal(told.averagePrice);
};

test('the price is that of the order’s own fills, of inverse contracts by what they cost in coins', () => {
  const fills = [fill(1, 40_000), fill(9, 1, 'o-2'), fill(2, 60_000)];
  expect(read({ result: 'success', fills })).toBe('53333.333333333333');
  expect(read({ result: 'success', fills }, 'PI_XBTUSD')).toBe('51428.571428571429');
});

test('what is not there yet is asked for again; what is beyond the last hundred is not', () => {
  expect(read({ result: 'success', fills: [fill(1, 2)] })).toBeUndefined();
  expect(read({ result: 'error', error: 'apiLimitExceeded' })).toBeUndefined();
  const others = Array.from({ length: 100 }, () => fill(1, 2, 'o-2'));
  const whole = filledAt({ environment: 'live' }, order, 'PF_XBTUSD');
  expect(
    whole?.read({ status: 200, body: Buffer.from(JSON.stringify({ result: 'success', fills: others })) }),
  ).toBe(order);
});

test('a full page that goes back to before the order leaves nothing out: what lags is asked for again', () => {
  const placedMs = Date.parse('2026-11-21T12:00:00.000Z');
  const page = (oldest: string) => [
    ...Array.from({ length: 99 }, () => ({ ...fill(1, 2, 'o-2'), fillTime: '2026-11-21T12:00:01.000Z' })),
    { ...fill(1, 2, 'o-2'), fillTime: oldest },
  ];
  const told = (oldest: string, at: number | undefined) =>
    filledAt({ environment: 'live' }, order, 'PF_XBTUSD', at)?.read({
      status: 200,
      body: Buffer.from(JSON.stringify({ result: 'success', fills: page(oldest) })),
    });
  expect(told('2026-11-21T11:59:59.000Z', placedMs)).toBeUndefined();
  // Its own fills may lie beyond these.
  expect(told('2026-11-21T12:00:00.500Z', placedMs)).toBe(order);
  expect(told('2026-11-21T11:59:59.000Z', undefined)).toBe(order);
  expect(told('soon', placedMs)).toBe(order);
});

test('of an order of which nothing is filled nothing is asked', () => {
  expect(filledAt({ environment: 'live' }, { ...order, filled: decimal('0') }, 'PF_XBTUSD')).toBeUndefined();
});

describe('what it cost', () => {
  const fills = [
    { ...fill(1, 40_000), fill_id: 'f-1', fillTime: '2026-11-21T12:00:01.000Z' },
    { ...fill(2, 60_000), fill_id: 'f-2', fillTime: '2026-11-21T12:00:02.000Z' },
  ];
  const entry = (execution: string, asset: string, more: object = {}) => ({
    execution,
    asset,
    contract: 'pf_xbtusd',
    fee: null,
    trade_price: 50_000,
    ...more,
  });
  const own = [
    entry('f-1', 'pf_xbtusd'),
    entry('f-1', 'usd', { fee: 20 }),
    entry('f-2', 'pf_xbtusd'),
    entry('f-2', 'usd', { fee: 60.5 }),
    entry('f-9', 'usd', { fee: 1000 }),
  ];

  /** The fee as the log tells it; `again` where it is to be asked once more. */
  function feeBy(log: unknown, instrument = 'PF_XBTUSD', date?: string) {
    const said = (body: unknown) => ({ status: 200, body: Buffer.from(JSON.stringify(body)), date });
    const call = filledAt({ environment: 'live' }, order, instrument);
    const priced = call?.read(said({ result: 'success', fills }));
    const next = priced === undefined ? undefined : call?.follow?.(priced);
    if (next === undefined) throw new Error('the log is not asked for');
    expect(krakenFutures.classify(next.request)).toMatchObject({ class: 'read' });
    const told = next.read(said(log));
    if (told === undefined || told === 'absent') return 'again';
    expect(told).toMatchObject({ state: 'filled', venueOrderId: 'o-1', averagePrice: expect.anything() });
    return told.fee === undefined ? 'not told' : formatDecimal(told.fee);
  }

  test('is what the money’s entries of its fills say', () => {
    expect(feeBy({ logs: own })).toBe('80.5');
    const coins = own.map((one) => ({
      ...one,
      contract: 'pi_xbtusd',
      asset: one.asset === 'usd' ? 'xbt' : 'pi_xbtusd',
      fee: one.fee === null ? null : 0.001,
    }));
    expect(feeBy({ logs: coins }, 'PI_XBTUSD')).toBe('100');
  });

  test('is not told where a fee was paid in credits, in another currency, or the log cannot be read', () => {
    expect(
      feeBy({ logs: own.filter(({ execution, asset }) => execution !== 'f-2' || asset !== 'usd') }),
    ).toBe('not told');
    expect(feeBy({ logs: own.map((one) => (one.asset === 'usd' ? { ...one, asset: 'eur' } : one)) })).toBe(
      'not told',
    );
    expect(feeBy({ result: 'error', error: 'authenticationError' })).toBe('not told');
    expect(feeBy({ logs: own.map((one) => ({ ...one, fee: null })) })).toBe('not told');
  });

  test('is asked for again while the log lags behind, but not beyond its end', () => {
    const early = own.filter(({ execution }) => execution !== 'f-2');
    const soon = 'Sat, 21 Nov 2026 12:01:01 GMT';
    expect(feeBy({ logs: early }, 'PF_XBTUSD', soon)).toBe('again');
    const others = Array.from({ length: 500 }, () => entry('f-9', 'usd', { fee: 1 }));
    expect(feeBy({ logs: others }, 'PF_XBTUSD', soon)).toBe('not told');
  });

  test('is not waited for for good: the order is told without it after a minute, or where no clock is told', () => {
    const strange = own.map((one) => ({ ...one, execution: `${one.execution}-else` }));
    const late = 'Sat, 21 Nov 2026 12:01:02 GMT';
    expect(feeBy({ logs: strange }, 'PF_XBTUSD', late)).toBe('not told');
    expect(feeBy({ logs: strange })).toBe('not told');
    expect(feeBy({ logs: strange }, 'PF_XBTUSD', 'soon')).toBe('not told');
    expect(feeBy({ logs: own }, 'PF_XBTUSD', late)).toBe('80.5');
  });
});
