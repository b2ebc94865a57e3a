import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFileEvidence, readHotFiles, reportLockFiles } from '../../../../src/cli/launch/lock-files.js';
import { ensurePrivateDir, writePrivateFile } from '../../../../src/config/private-files.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { writeRecord } from '../../../../src/sandbox/records.js';
import { scanHotFiles } from '../../../../src/sandbox/shield/hot-files.js';
import { boxRecord } from '../../../support/box-record.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';

/** A box `lab` of a regime, noted as its making notes it, over a working directory with lock files at two depths. */
function box(regime: 'trade' | 'research') {
  const dir = temporaryDir();
  const stateDir = join(dir, 'state');
  const workdir = join(dir, 'work');
  for (const path of ['package-lock.json', 'packages/api/uv.lock']) writeFile(join(workdir, path), 'one');
  ensurePrivateDir(boxPaths(stateDir, 'lab').dir);
  const request = { profile: 'shell', workdir, mode: 'demo', paper: true, accounts: [] } as const;
  const launch = { request, decoys: {}, echoExpectedSha256: '', preflight: [], accountIds: [], regime };
  writeRecord(stateDir, boxRecord({ workdir, launch }));
  writePrivateFile(boxPaths(stateDir, 'lab').hotFiles, JSON.stringify(scanHotFiles(workdir).files));
  const warnings: string[] = [];
  return {
    places: { paths: { stateDir }, output: { warn: (text: string) => warnings.push(text) } },
    workdir,
    warnings,
  };
}

test('in the regime `trade` a lock file that changed or is gone is evidence, at any depth', () => {
  const { places, workdir } = box('trade');
  expect(lockFileEvidence(places, 'lab')).toBeUndefined();
  writeFile(join(workdir, 'packages/api/uv.lock'), 'two');
  expect(lockFileEvidence(places, 'lab')).toBe(
    'lock files differ from what they were when the box began: packages/api/uv.lock',
  );
  rmSync(join(workdir, 'package-lock.json'));
  expect(lockFileEvidence(places, 'lab')).toMatch(/: package-lock\.json, packages\/api\/uv\.lock$/);
});

test('a box that may install what it wants is not asked', () => {
  const { places, workdir } = box('research');
  writeFile(join(workdir, 'package-lock.json'), 'two');
  expect(lockFileEvidence(places, 'lab')).toBeUndefined();
  expect(lockFileEvidence(places, 'another')).toBeUndefined();
});

test('S11: what the sidecar could not be told is said', async () => {
  const { places, workdir, warnings } = box('trade');
  const deaf = {} as Parameters<typeof reportLockFiles>[1];
  await reportLockFiles(places, deaf, 'lab');
  expect(warnings).toEqual([]);
  writeFile(join(workdir, 'package-lock.json'), 'two');
  await reportLockFiles(places, deaf, 'lab');
  expect(warnings).toEqual([
    expect.stringMatching(/^lab: lock files differ .*package-lock\.json; its sidecar could not be told/),
  ]);
});

test('an unreadable note counts as none of its files being watched; a missing one as nothing noted', () => {
  const { places } = box('trade');
  writePrivateFile(boxPaths(places.paths.stateDir, 'lab').hotFiles, '{');
  expect(readHotFiles(places.paths.stateDir, 'lab')).toEqual({});
  expect(readHotFiles(places.paths.stateDir, 'other')).toBeUndefined();
});
