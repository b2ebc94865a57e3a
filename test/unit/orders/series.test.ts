import { expect, test } from 'vitest';
import { type Decimal, decimal, formatDecimal } from '../../../src/core/decimal.js';
import { Amounts, Log, Series } from '../../../src/orders/series.js';

const dayMs = 86_400_000;
const zero = decimal('0');

test('sums and counts of a window, with one left out or dropped', () => {
  const log = new Log();
  const series = new Series(log);
  const [, b, c] = [log.add(1, decimal('1')), log.add(2, decimal('-3.5')), log.add(3, decimal('10'))];
  for (const place of [0, 1, 2]) series.add(place);
  const sum = (sinceMs: number, except?: number) => formatDecimal(series.sum(sinceMs, except));
  expect([sum(0), sum(2), sum(2, b), sum(4)]).toEqual(['7.5', '6.5', '10', '0']);
  series.drop(b);
  expect([sum(0), series.count(2), series.count(1, 0), series.last(c)]).toEqual(['11', 1, 1, 1]);
});

test('whatever is added, dropped and forgotten, a window sums up to what lies in it', () => {
  const log = new Log();
  const series = new Series(log);
  const kept: { place: number; atMs: number; worth: Decimal }[] = [];
  // The last two are beyond what a number adds up exactly.
  const texts = ['0.00000001', '5629499.99', '-17.25', '0', '123456789.5', '0.0000000000001'];
  const random = (n: number) => (n * 7_919) % 104_729;
  const check = (n: number) => {
    const sinceMs = random(n) % (n + 2);
    const inWindow = kept.filter(({ atMs }) => atMs >= sinceMs);
    const own = kept[random(n + 1) % (kept.length + 1)];
    const sum = inWindow.reduce((total, { worth }) => total.plus(worth), zero);
    const less = own !== undefined && own.atMs >= sinceMs ? own : undefined;
    expect(formatDecimal(series.sum(sinceMs, own?.place))).toBe(
      formatDecimal(sum.minus(less?.worth ?? zero)),
    );
    expect(series.count(sinceMs, own?.place)).toBe(inWindow.length - (less === undefined ? 0 : 1));
  };
  for (let n = 0; n < 600; n += 1) {
    const worth = decimal(texts[random(n) % (n < 300 ? 4 : texts.length)] ?? '');
    const place = log.add(n, worth);
    // Not all of a log is in a series.
    if (n % 5 !== 0) {
      series.add(place);
      kept.push({ place, atMs: n, worth });
    }
    if (n % 7 === 6) series.drop(kept.splice(random(n) % kept.length, 1)[0]?.place ?? -1);
    if (n === 400) {
      series.forget(place - 100);
      kept.splice(
        0,
        kept.findIndex((one) => one.place >= place - 100),
      );
    }
    check(n);
  }
  expect(kept.length).toBeGreaterThan(100);
});

test('amounts that no window reaches are forgotten', () => {
  const amounts = new Amounts();
  amounts.add(0, decimal('5'));
  for (let n = 0; n < 9_998; n += 1) amounts.add(9 * dayMs, decimal('0.1'));
  expect([amounts.count(0), formatDecimal(amounts.sum(0))]).toEqual([9_999, '1004.8']);
  amounts.add(9 * dayMs, decimal('123456789.123456789'));
  expect([amounts.count(0), formatDecimal(amounts.sum(0)), amounts.last()]).toEqual([
    9_999,
    '123457788.923456789',
    9 * dayMs,
  ]);
});
