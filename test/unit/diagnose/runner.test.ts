import { expect, test } from 'vitest';
import { type Check, fail, pass, warn } from '../../../src/diagnose/check.js';
import { boundaryHolds, runChecks } from '../../../src/diagnose/runner.js';
import { fakeContext } from './fake-context.js';

const checkThat = (id: string, run: Check['run']): Check => ({ id, proves: id, invariants: [], run });

test('a check that throws has failed, and the others still run', async () => {
  const seen: string[] = [];
  const reports = await runChecks(
    [
      checkThat('throws', async () => {
        throw new Error('probe died');
      }),
      checkThat('passes', async () => pass('fine')),
    ],
    fakeContext(),
    (report) => seen.push(report.id),
  );
  expect(reports.map(({ status }) => status)).toEqual(['fail', 'pass']);
  expect(reports[0]?.observed).toContain('probe died');
  expect(seen).toEqual(['throws', 'passes']);
  expect(boundaryHolds(reports)).toBe(false);
});

test('a warning does not break the boundary; an empty run proves nothing', async () => {
  const reports = await runChecks(
    [checkThat('w', async () => warn('hm', 'look')), checkThat('p', async () => pass(''))],
    fakeContext(),
  );
  expect(boundaryHolds(reports)).toBe(true);
  expect(boundaryHolds([])).toBe(false);
  expect(boundaryHolds(await runChecks([checkThat('f', async () => fail('', ''))], fakeContext()))).toBe(
    false,
  );
});
