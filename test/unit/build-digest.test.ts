// The bench tells which build it attacked and timed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { digestBelow } from '../bench/build-digest.js';
import { renderTable } from '../bench/report.js';

const directory = mkdtempSync(path.join(tmpdir(), 'tradebox-digest-'));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('the digest changes with any byte and any name below the directory, and with nothing else', () => {
  mkdirSync(path.join(directory, 'below'));
  const file = path.join(directory, 'below', 'a');
  writeFileSync(file, 'one');
  const before = digestBelow(directory);
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  writeFileSync(file, 'two');
  expect(digestBelow(directory)).not.toBe(before);
  writeFileSync(file, 'one');
  expect(digestBelow(directory)).toBe(before);
  writeFileSync(path.join(directory, 'b'), '');
  expect(digestBelow(directory)).not.toBe(before);
});

test('the table names the build and the attacks that it withstood', () => {
  const machine = { cpus: 2, model: 'x', node: 'v24' };
  const leakSuite = { attacks: ['B1', 'B12'], build: 'ab'.repeat(32) };
  const table = renderTable({ at: '2026-01-02T00:00:00Z', isQuick: false, machine, leakSuite });
  expect(table).toContain('SHA-256 abababababababab…) withstood B1, B12 in the same run.');
});
