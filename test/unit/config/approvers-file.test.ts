import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  approverKeyFile,
  approversFile,
  explainApproverName,
  readApprovers,
  writeApprovers,
} from '../../../src/config/approvers-file.js';
import { temporaryDir } from '../../support/host-files.js';

const ann = { name: 'ann', publicKey: 'AAAA', addedAt: '2026-11-21T00:00:00.000Z' };

test('pins are kept in a file of 0600, and one that others can change is refused', () => {
  const configDir = join(temporaryDir(), 'config');
  expect(readApprovers({ configDir })).toEqual([]);
  writeApprovers({ configDir }, [ann]);
  expect(readApprovers({ configDir })).toEqual([ann]);
  const file = approversFile({ configDir });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o666);
  expect(() => readApprovers({ configDir })).toThrow(/others can/);
  chmodSync(file, 0o600);
  writeFileSync(file, '{"version":1,"approvers":[{"name":"eve"}]}');
  expect(() => readApprovers({ configDir })).toThrow('not one that tradebox wrote');
});

test('a name is never a path', () => {
  expect(explainApproverName('ann-2')).toBeUndefined();
  for (const name of ['../ann', 'Ann', '', 'a/b', '-a']) expect(explainApproverName(name)).toBeDefined();
  expect(approverKeyFile({ stateDir: '/s' }, 'ann')).toBe('/s/approvers/ann.key');
});
