import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadFaults } from '../../../../src/cli/launch/faults.js';
import type { LaunchRequest } from '../../../../src/cli/launch/request.js';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tradebox-faults-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const env = { home: '/home/none' };
const file = (text: string, name = 'faults.yaml'): string => {
  const path = join(dir, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const request = (more: Partial<LaunchRequest> = {}): LaunchRequest => ({
  profile: 'p',
  workdir: join(dir, 'work'),
  mode: 'demo',
  paper: true,
  accounts: [],
  ...more,
});
const good = 'version: 1\nfaults:\n  - { when: [POST, trade/order], fault: silent-after }\n';

test('none without the option', () => {
  expect(loadFaults(request(), env)).toBeUndefined();
});

test('the rules of the file', () => {
  expect(loadFaults(request({ faultsFile: file(good) }), env)).toEqual([
    { when: ['POST', 'trade/order'], fault: 'silent-after', times: 1 },
  ]);
});

test.each([
  ['without --paper', { paper: false }],
  ['in a rehearsal at real prices', { mode: 'shadow' }],
] as const)('refused %s', (_, more) => {
  expect(() => loadFaults(request({ ...more, faultsFile: file(good) }), env)).toThrow(/paper exchange alone/);
});

test('S9: refused inside the working directory, and where others can change it', () => {
  expect(() => loadFaults(request({ workdir: dir, faultsFile: file(good) }), env)).toThrow(/S9/);
  const loose = file(good, 'loose.yaml');
  chmodSync(loose, 0o666);
  expect(() => loadFaults(request({ faultsFile: loose }), env)).toThrow(/others can change/);
});

test('a mistake is told with its place, a missing file by its name', () => {
  expect(() =>
    loadFaults(request({ faultsFile: file('version: 1\nfaults: [{ fault: rain }]') }), env),
  ).toThrow(/faults\.yaml:2:/);
  expect(() => loadFaults(request({ faultsFile: join(dir, 'absent') }), env)).toThrow(
    /absent cannot be read/,
  );
});
