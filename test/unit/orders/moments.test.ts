import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import { Moments } from '../../../src/orders/moments.js';
import { Log } from '../../../src/orders/series.js';

const dayMs = 86_400_000;
const zero = decimal('0');

test('the last moment of a kind, with one left out or dropped; old kinds are forgotten', () => {
  const log = new Log();
  const moments = new Moments(log);
  const add = (kind: string, atMs: number) => {
    const place = log.add(atMs, zero);
    moments.add(kind, place);
    return place;
  };
  add('old', 0);
  add('a', 1);
  const y = add('a', 9 * dayMs);
  expect([moments.last('a'), moments.last('a', y), moments.last('b'), moments.last('old')]).toEqual([
    9 * dayMs,
    1,
    undefined,
    0,
  ]);
  const z = add('a', 9 * dayMs + 1);
  moments.drop('a', y);
  moments.drop('b', y);
  expect([moments.last('a'), moments.last('a', z)]).toEqual([9 * dayMs + 1, 1]);
  moments.drop('a', z);
  expect(moments.last('a')).toBe(1);
  add('c', 9 * dayMs);
  moments.forget(log.trim(9 * dayMs));
  expect([moments.last('old'), moments.last('a'), moments.last('c')]).toEqual([
    undefined,
    undefined,
    9 * dayMs,
  ]);
});

test('whatever is added, dropped and forgotten, it tells what a list of all would', () => {
  const log = new Log();
  const moments = new Moments(log);
  let all: { kind: string; place: number; atMs: number }[] = [];
  let random = 4711;
  const draw = (below: number) => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (random >> 8) % below;
  };
  for (let step = 0; step < 6_000; step += 1) {
    const atMs = step * 60_000;
    const place = log.add(atMs, zero);
    const kind = `print ${draw(2_000)}`;
    // Not each place of a log is of a kind.
    if (draw(5) > 0) {
      moments.add(kind, place);
      all.push({ kind, place, atMs });
    }
    const some = all[draw(all.length + 1)];
    if (some !== undefined && draw(4) === 0) {
      moments.drop(some.kind, some.place);
      all = all.filter((one) => one !== some);
    }
    if (some !== undefined) moments.drop(`${some.kind} but another`, some.place);
    if (step % 2_000 === 1_999) {
      const first = log.trim(atMs);
      moments.forget(first);
      all = all.filter((one) => one.place >= first);
    }
    const asked = some?.kind ?? kind;
    const same = all.filter((one) => one.kind === asked);
    expect(moments.last(asked)).toBe(same.at(-1)?.atMs);
    expect(moments.last(asked, same.at(-1)?.place)).toBe(same.at(-2)?.atMs);
  }
});
