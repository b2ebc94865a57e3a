// README's table of isolation levels, made level by level: each keeps its own day and the host of its own run.
import { expect, test } from 'vitest';
import { type IsolationMeasurements, joinLevels, renderLevels } from '../bench/isolation.js';

const run = (
  ...levels: [level: 'container' | 'vm', day: string, hostMs: number][]
): IsolationMeasurements => ({
  files: 20_000,
  packages: 180,
  levels: levels.map(([level, day, hostMs]) => ({
    level,
    day,
    host: { gitStatusMs: hostMs, npmCiMs: hostMs },
    kernel: '6',
    checks: 18,
    failed: [],
    firstMs: 1_000,
    firstOverBare: 3,
    idleMb: 3,
    io: { gitStatusMs: 100 },
    said: 'runc',
  })),
});
const rowOf = (table: string, what: string) => table.split('\n').find((line) => line.includes(what));

test('a level measured anew takes the place of the earlier one; the others stay as they were', () => {
  const joined = joinLevels(
    run(['vm', '2026-01-02', 50], ['container', '2026-01-02', 50]),
    run(['container', '2026-01-03', 200]),
  );
  const table = renderLevels(joined);
  expect(rowOf(table, 'measured on')).toBe('| measured on | 2026-01-03 | 2026-01-02 |');
  expect(rowOf(table, 'git status')).toBe(
    '| `git status` in 20,000 files, ÷ host | 0.10 s (host 0.20 s), 0.5 × | 0.10 s (host 0.05 s), 2.0 × |',
  );
  expect(rowOf(table, 'npm ci')).toMatch(/\| more than 60 s \| more than 60 s \|$/);
});

test('figures of a time when no level had a host of its own are left out', () => {
  const { levels, ...rest } = run(['vm', '2026-01-02', 50]);
  const old = {
    ...rest,
    levels: levels.map(({ host, ...level }) => level),
  } as unknown as IsolationMeasurements;
  expect(joinLevels(old, run(['container', '2026-01-03', 200])).levels.map(({ level }) => level)).toEqual([
    'container',
  ]);
});
