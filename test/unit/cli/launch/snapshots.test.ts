import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chooseSnapshot, workdirNamed } from '../../../../src/cli/launch/snapshots.js';
import { resolvePaths } from '../../../../src/config/paths.js';
import type { Snapshot } from '../../../../src/sandbox/snapshot/store.js';
import { hostEnvironment, temporaryDir, thrownBy } from '../../../support/host-files.js';

function ground() {
  const dir = temporaryDir();
  const paths = resolvePaths(hostEnvironment(dir));
  const workdir = join(dir, 'work');
  mkdirSync(workdir);
  return { dir, workdir, paths };
}

test('the latest, one by the beginning of its id, but never by chance', () => {
  const of = (id: string, reason = 'by hand') => ({ id, reason }) as Snapshot;
  const store = {
    list: () => [of('20261120T1'), of('20261121T1'), of('20261121T2'), of('20261121T3', 'before a rollback')],
  };
  expect(chooseSnapshot(store, undefined, '/w').id).toBe('20261121T2');
  expect(chooseSnapshot(store, '20261121T3', '/w').id).toBe('20261121T3');
  expect(chooseSnapshot(store, '20261120', '/w').id).toBe('20261120T1');
  for (const id of ['20261121', '2025'])
    expect(thrownBy(() => chooseSnapshot(store, id, '/w'))).toMatchObject({ code: 'USAGE' });
  expect(thrownBy(() => chooseSnapshot({ list: () => [] }, undefined, '/w'))).toMatchObject({
    code: 'USAGE',
  });
});

test('a directory is meant before a box; neither is an error', () => {
  const { dir, workdir, paths } = ground();
  const context = { cwd: dir, paths };
  expect(workdirNamed(context, 'work')).toBe(workdir);
  for (const word of ['nobody', '../..//nowhere'])
    expect(thrownBy(() => workdirNamed(context, word))).toMatchObject({ code: 'BOX_UNKNOWN' });
});
