import { expect, test } from 'vitest';
import { type BoxRow, boxTable } from '../../../src/cli/box-table.js';
import { createStyle } from '../../../src/cli/style.js';

const lab: BoxRow = {
  name: 'lab',
  state: 'running',
  detail: 'Up 2 minutes',
  profile: 'shell',
  mode: 'demo',
  isolation: 'gvisor',
  isPaper: true,
  isTainted: false,
  evidence: 0,
  lastEvidence: null,
  guardrailsProblem: null,
};
const plain = createStyle(false);

test('a row for each box, with what it is and where that comes from', () => {
  expect(boxTable([], plain)).toBe('no boxes');
  const live = { ...lab, name: 'desk', state: 'stopped', mode: 'live', isPaper: false };
  expect(boxTable([lab, live], plain).split('\n')).toEqual([
    'lab   running  demo, paper  gvisor  shell  Up 2 minutes',
    'desk  stopped  live         gvisor  shell  Up 2 minutes',
  ]);
});

test('taint and rules that wait are said, in colour where there is one', () => {
  const suspect = {
    ...lab,
    isTainted: true,
    evidence: 3,
    lastEvidence: 'in the head\r',
    guardrailsProblem: 'looser\u001b[2J',
  };
  expect(boxTable([suspect], plain).split('\n')).toEqual([
    'lab  running, tainted (3)  demo, paper  gvisor  shell  Up 2 minutes',
    'lab is tainted, no order leaves until `tradebox reset lab`: in the head\\u{d} (3 pieces of evidence)',
    'lab: new guardrails are not in force: looser\\u{1b}[2J',
  ]);
  expect(boxTable([suspect], createStyle(true))).toContain('\u001b[31mrunning, tainted (3)\u001b[39m');
});
