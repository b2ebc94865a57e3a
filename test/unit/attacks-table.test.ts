// README's table of attacks by level: a run renews what it made, keeps the rest, and never tells more than was seen.
import { expect, test } from 'vitest';
import { renewedTable, type ScoreAt } from '../security/attacks/parity.js';

const attacks = [
  { id: 'A10', title: 'a wildcard *.x' },
  { id: 'A2', title: 'UDP' },
];
const score = (id: string, isolation: ScoreAt['isolation'], more: Partial<ScoreAt> = {}): ScoreAt => ({
  id,
  isolation,
  title: '',
  outcome: 'blocked',
  evidence: '3 of 3 variants blocked',
  control: 'succeeded: in plain docker run, 1 of 3',
  docker: '1 of 3 pass',
  internal: 'blocked',
  ...more,
});
const rowsOf = (table: string) => table.split('\n').filter((line) => /^\| A/.test(line));

test('parts add up: each level has its column, and what was not made says so', () => {
  const first = renewedTable('', attacks, [score('A2', 'container'), score('A10', 'vm')], '2026-01-02');
  expect(first).toContain('Made at `container` on 2026-01-02, `vm` on 2026-01-02, whole or in parts.');
  expect(rowsOf(first)).toEqual([
    '| A2 | UDP | blocked | not made | not made | 1 of 3 pass | blocked |',
    '| A10 | a wildcard \\*.x | not made | not made | blocked | not made | not made |',
  ]);
  const second = renewedTable(
    first,
    attacks,
    [score('A2', 'vm'), score('A10', 'container', { docker: '–' })],
    '2026-01-03',
  );
  expect(second).toContain('Made at `container` on 2026-01-03, `vm` on 2026-01-03');
  expect(rowsOf(second)).toEqual([
    '| A2 | UDP | blocked | not made | blocked | 1 of 3 pass | blocked |',
    '| A10 | a wildcard \\*.x | blocked | not made | blocked | – | blocked |',
  ]);
});

test('a later failure takes the place of an earlier success, whatever failed', () => {
  const before = renewedTable('', attacks, [score('A2', 'vm')], '2026-01-02');
  const cell = (more: Partial<ScoreAt>) =>
    rowsOf(renewedTable(before, attacks, [score('A2', 'vm', more)], '2026-01-03'))[0]?.split(' | ')[4];
  expect(cell({ outcome: 'succeeded', evidence: '1 of 3: it arrived' })).toBe('**succeeded**');
  expect(cell({ outcome: 'succeeded', evidence: 'not measured: the program failed' })).toBe(
    '**not measured**',
  );
  expect(cell({ control: 'failed: nothing was gained' })).toBe('**control failed**');
});

test('an attack that is no more has no row', () => {
  const before = renewedTable('', attacks, [score('A2', 'vm'), score('A10', 'vm')], '2026-01-02');
  expect(rowsOf(renewedTable(before, attacks.slice(1), [], '2026-01-03'))).toHaveLength(1);
});
