import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import { EquityMarks } from '../../../src/orders/equity-marks.js';

const hourMs = 3_600_000;

function ground() {
  const marks = new EquityMarks();
  const mark = (usd: string, hour: number) =>
    marks.apply({ type: 'account.equity', account: 'a', usd }, hour * hourMs);
  const atStart = (hour: number) =>
    marks
      .facts()
      .atStart(hour * hourMs)
      ?.toString();
  return { marks, mark, atStart, peak: () => marks.facts().peak?.toString() };
}

test('a day begins with the last mark of the day before, else with its own first', () => {
  const { mark, atStart } = ground();
  mark('10', 1);
  mark('20', 20);
  mark('30', 26);
  expect([atStart(24), atStart(0), atStart(48), atStart(51)]).toEqual(['20', '10', '30', undefined]);
});

test('the peak is the most since a human looked; a new exchange has none', () => {
  const { marks, mark, peak } = ground();
  mark('10', 1);
  mark('8', 2);
  expect(peak()).toBe('10');
  marks.apply({ type: 'trading.state', account: 'a', state: 'ACTIVE', cause: '', by: 'ann' }, 3);
  expect(peak()).toBeUndefined();
  mark('7', 4);
  expect(peak()).toBe('7');
  const attached = { account: 'a', venue: 'okx', environment: 'paper', sandbox: 's', isFresh: true };
  marks.apply({ type: 'account.attached', ...attached }, 5);
  expect([peak(), marks.facts().atStart(0)]).toEqual([undefined, undefined]);
});

test('what is written: the first, a new peak, and one each quarter of an hour', () => {
  const { marks, mark } = ground();
  expect(marks.isNews(decimal('10'), 0)).toBe(true);
  mark('10', 0);
  expect(marks.isNews(decimal('10'), 899_999)).toBe(false);
  expect(marks.isNews(decimal('10.01'), 1)).toBe(true);
  expect(marks.isNews(decimal('9'), 900_000)).toBe(true);
});
