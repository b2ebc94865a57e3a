// The account's parts: ledger, positions, history, and what an order must hold.
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { Account } from '../../../../src/paper/engine/account.js';
import { findInstrument, type SwapInstrument } from '../../../../src/paper/engine/instruments.js';
import { Ledger } from '../../../../src/paper/engine/ledger.js';
import { takeFrom, totalCost, totalSize } from '../../../../src/paper/engine/matching.js';
import type { PaperOrder } from '../../../../src/paper/engine/orders.js';
import {
  applyToPosition,
  averagePrice,
  marginOf,
  type Position,
  unrealized,
} from '../../../../src/paper/engine/positions.js';

const d = decimal;
const swap = findInstrument('BTC-USDT-SWAP') as SwapInstrument;
const spot = findInstrument('BTC-USDT')!;

describe('ledger', () => {
  test('holds, releases, credits and debits exactly', () => {
    const ledger = new Ledger(new Map([['USDT', d('0.3')]]));
    ledger.hold('USDT', d('0.1'));
    ledger.debit('USDT', d('0.2'));
    expect([formatDecimal(ledger.total('USDT')), formatDecimal(ledger.available('USDT'))]).toEqual([
      '0.1',
      '0',
    ]);
    ledger.release('USDT', d('0.1'));
    ledger.credit('BTC', d('1'));
    expect(ledger.currencies()).toEqual(['USDT', 'BTC']);
    expect(formatDecimal(ledger.total('DOGE'))).toBe('0');
  });

  test('a step below zero is a bug, not a balance', () => {
    const ledger = new Ledger(new Map([['USDT', d('1')]]));
    expect(() => ledger.debit('USDT', d('1.01'))).toThrow(/below zero/);
    expect(() => ledger.hold('USDT', d('1.01'))).toThrow(/below zero/);
    expect(() => ledger.release('USDT', d('0.01'))).toThrow(/below zero/);
    ledger.hold('USDT', d('1'));
    expect(() => ledger.debit('USDT', d('0.01'))).toThrow(/below zero/);
  });
});

describe('positions', () => {
  const fill = (side: 'buy' | 'sell', price: string, size: string) => ({
    side,
    price: d(price),
    size: d(size),
    atMs: 1,
  });
  const made = (...fills: ReturnType<typeof fill>[]) => {
    let position: Position | undefined;
    let realized = d('0');
    for (const one of fills) {
      const change = applyToPosition(position, swap, one);
      position = change.position;
      realized = realized.plus(change.realized);
    }
    return { position, realized: formatDecimal(realized) };
  };

  test('grow, shrink, close and turn', () => {
    const grown = made(fill('buy', '100', '1'), fill('buy', '200', '1'));
    expect(formatDecimal(averagePrice(grown.position!, swap))).toBe('150');
    expect(made(fill('buy', '100', '2'), fill('sell', '130', '1'))).toMatchObject({ realized: '0.3' });
    expect(made(fill('sell', '100', '2'), fill('buy', '130', '2'))).toEqual({
      position: undefined,
      realized: '-0.6',
    });
    const turned = made(fill('buy', '100', '1'), fill('sell', '110', '3'));
    expect([
      formatDecimal(turned.position!.contracts),
      formatDecimal(averagePrice(turned.position!, swap)),
      turned.realized,
    ]).toEqual(['-2', '110', '0.1']);
  });

  test('a cost that does not divide is kept, not rounded away', () => {
    const thirds = made(
      fill('buy', '100', '1'),
      fill('buy', '100.1', '2'),
      fill('sell', '100', '1'),
      fill('sell', '100', '1'),
      fill('sell', '100', '1'),
    );
    expect(thirds).toEqual({ position: undefined, realized: '-0.002' });
  });

  test('margin is a third, profit follows the price', () => {
    const { position } = made(fill('sell', '90000', '10'));
    expect(formatDecimal(marginOf(position, swap))).toBe('3000');
    expect(formatDecimal(marginOf(undefined, swap))).toBe('0');
    expect(formatDecimal(unrealized(position!, swap, d('91000')))).toBe('-100');
  });
});

describe('matching', () => {
  const book = [
    { price: d('100'), size: d('1') },
    { price: d('101'), size: d('2') },
    { price: d('102'), size: d('3') },
  ];
  const want = (quantity: { value: string; unit: 'size' | 'quote' }, more = {}) => {
    const takes = takeFrom(book, {
      side: 'buy',
      limit: undefined,
      quantity: { value: d(quantity.value), unit: quantity.unit },
      lotSize: d('0.01'),
      gone: d('0'),
      ...more,
    });
    return takes.map(({ price, size }) => `${formatDecimal(size)}@${formatDecimal(price)}`);
  };

  test('best first, level by level', () => {
    expect(want({ value: '2.5', unit: 'size' })).toEqual(['1@100', '1.5@101']);
    expect(want({ value: '9', unit: 'size' })).toEqual(['1@100', '2@101', '3@102']);
  });

  test('not beyond the limit', () => {
    expect(want({ value: '9', unit: 'size' }, { limit: d('101') })).toEqual(['1@100', '2@101']);
    expect(want({ value: '9', unit: 'size' }, { limit: d('99') })).toEqual([]);
    expect(want({ value: '9', unit: 'size' }, { side: 'sell', limit: d('101') })).toEqual([]);
  });

  test('not what is gone', () => {
    expect(want({ value: '1', unit: 'size' }, { gone: d('1.5') })).toEqual(['1@101']);
    expect(want({ value: '1', unit: 'size' }, { gone: d('6') })).toEqual([]);
  });

  test('a quote quantity in whole lots, down', () => {
    expect(want({ value: '150', unit: 'quote' })).toEqual(['1@100', '0.49@101']);
    expect(want({ value: '0.5', unit: 'quote' })).toEqual([]);
  });

  test('sums', () => {
    expect([formatDecimal(totalSize(book)), formatDecimal(totalCost(book))]).toEqual(['6', '608']);
    expect(formatDecimal(totalCost([]))).toBe('0');
  });
});

describe('account', () => {
  const order = (more: Partial<PaperOrder>): PaperOrder => ({
    id: '1',
    symbol: 'BTC-USDT',
    side: 'buy',
    timeInForce: 'gtc',
    quantity: { value: d('1'), unit: 'size' },
    reduceOnly: false,
    memo: {},
    state: 'live',
    size: d('1'),
    filled: d('0'),
    cost: d('0'),
    fee: d('0'),
    feeCurrency: 'BTC',
    realized: d('0'),
    held: d('0'),
    heldCurrency: 'USDT',
    createdMs: 0,
    updatedMs: 0,
    searchedSecond: 0,
    ...more,
  });

  test('finds orders by either id, forgets the oldest ended ones, never an open one', () => {
    const account = new Account('a');
    account.add(order({ id: '0', clientId: 'open' }));
    for (let count = 1; count <= 5001; count += 1)
      account.add(order({ id: String(count), clientId: `c${count}`, state: 'filled' }));
    expect(account.orders().length).toBe(5000);
    expect(account.find({ clientId: 'open' })?.id).toBe('0');
    expect(account.find({ id: '1' })).toBeUndefined();
    expect(account.hasClientId('c1')).toBe(false);
    expect(account.find({ id: '5001' })?.clientId).toBe('c5001');
    expect(account.find({})).toBeUndefined();
    expect(account.openOrders().map(({ id }) => id)).toEqual(['0']);
  });

  test('what must be held: quote, base, margin with fee, or nothing to close', () => {
    const account = new Account('a');
    const need = (more: Partial<PaperOrder>, instrument = spot as typeof spot | SwapInstrument) =>
      formatDecimal(account.requiredHold(order(more), instrument, d('2'), d('90000')));
    expect(need({})).toBe('180000');
    expect(need({ side: 'sell' })).toBe('2');
    expect(need({ symbol: swap.symbol, reduceOnly: true }, swap)).toBe('0');
    expect(need({ symbol: swap.symbol }, swap)).toBe('600.9');
    account.positions.set(swap.symbol, { contracts: d('-1'), cost: d('-90000'), openedMs: 0 });
    expect(need({ symbol: swap.symbol }, swap)).toBe('300.45');
    account.add(order({ id: '9', symbol: swap.symbol, heldCurrency: 'USDT' }));
    expect(need({ symbol: swap.symbol }, swap)).toBe('600.9');
  });

  test('a swap fill that the account cannot bear is seen before it is booked', () => {
    const account = new Account('a');
    const one = order({ symbol: swap.symbol, heldCurrency: 'USDT' });
    const fill = { price: d('90000'), isMaker: true, atMs: 0, id: '1' };
    expect(account.canBear(one, swap, { ...fill, size: d('300') })).toBe(true);
    expect(account.canBear(one, swap, { ...fill, size: d('340') })).toBe(false);
  });
});
