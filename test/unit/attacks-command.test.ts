// What `npm run -s attacks -- --json` prints is data: nothing of npm's or of the progress stands on stdout.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../support/repository.js';

const words = ['attacks', '--', '--json', '--only', 'Z9'];
const run = (...flags: string[]) =>
  spawnSync('npm', ['run', ...flags, ...words], { cwd: repositoryRoot, encoding: 'utf8' });

test('the documented command leaves stdout to the scorecard', () => {
  expect(readFileSync(path.join(repositoryRoot, 'README.md'), 'utf8')).toContain(
    '`npm run -s attacks -- --json`',
  );
  const { status, stdout, stderr } = run('-s');
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('no such attack: Z9');
});

test('control: npm’s own lines come before it without -s', () => {
  expect(run().stdout).toContain('> tradebox@');
});
