// The sum of ./scripts/test: nothing that went wrong may add up to "0 failed".
import { expect, test } from 'vitest';
import { lineOf, tallyOf } from '../../scripts/lib/sum-reports.mjs';

const report = (...files: { status: string; results: string[] }[]) =>
  JSON.stringify({
    testResults: files.map(({ status, results }) => ({
      status,
      assertionResults: results.map((state) => ({ status: state })),
    })),
  });

test('tests are counted by state over all files', () => {
  const text = report(
    { status: 'passed', results: ['passed', 'passed', 'pending'] },
    { status: 'failed', results: ['passed', 'failed', 'todo', 'skipped'] },
  );
  expect(tallyOf(text, 1)).toEqual({ passed: 3, failed: 1, skipped: 3 });
});

test('a file that did not load counts as one failure', () => {
  expect(tallyOf(report({ status: 'failed', results: [] }), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a suite that ended badly without a failed test counts as one failure', () => {
  expect(tallyOf(report({ status: 'passed', results: ['passed'] }), 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  });
  expect(tallyOf(undefined, 137)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a suite without tests that ended well counts nothing', () => {
  expect(tallyOf(report(), 0)).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

test('the last line has one shape', () => {
  expect(lineOf({ passed: 12, failed: 0, skipped: 3 })).toBe('12 passed, 0 failed, 3 skipped');
});
