import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import {
  readHotFiles,
  reportWorkdir,
  watchIndex,
  workdirEvidence,
} from '../../../../src/cli/launch/workdir-evidence.js';
import { ensurePrivateDir, writePrivateFile } from '../../../../src/config/private-files.js';
import { boxPaths } from '../../../../src/sandbox/box-paths.js';
import { writeRecord } from '../../../../src/sandbox/records.js';
import { scanHotFiles } from '../../../../src/sandbox/shield/hot-files.js';
import { boxRecord } from '../../../support/box-record.js';
import { temporaryDir, writeFile } from '../../../support/host-files.js';

/** A box `lab` of a regime, noted as its making notes it, over a working directory with lock files at two depths. */
function box(regime: 'trade' | 'research', prepare: (workdir: string) => void = () => {}) {
  const dir = temporaryDir();
  const stateDir = join(dir, 'state');
  const workdir = join(dir, 'work');
  for (const path of ['package-lock.json', 'packages/api/uv.lock']) writeFile(join(workdir, path), 'one');
  prepare(workdir);
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

/** Makes a repository below another's, and takes it into the other's index. */
function link(workdir: string, name: string) {
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd,
      stdio: 'pipe',
    });
  git(workdir, 'init', '-q');
  mkdirSync(join(workdir, name));
  git(join(workdir, name), 'init', '-q');
  git(join(workdir, name), 'commit', '-q', '--allow-empty', '-m', 'x');
  git(workdir, 'add', name);
}

test('in the regime `trade` a lock file that changed or is gone is evidence, at any depth', () => {
  const { places, workdir } = box('trade');
  expect(workdirEvidence(places, 'lab')).toEqual([]);
  writeFile(join(workdir, 'packages/api/uv.lock'), 'two');
  expect(workdirEvidence(places, 'lab')).toEqual([
    {
      cause: 'lock-file',
      message: 'lock files differ from what they were when the box began: packages/api/uv.lock',
    },
  ]);
  rmSync(join(workdir, 'package-lock.json'));
  expect(workdirEvidence(places, 'lab')[0]?.message).toMatch(
    /: package-lock\.json, packages\/api\/uv\.lock$/,
  );
});

test('so is one that appears where the next box could be opened packages by it; nothing where nothing was noted', () => {
  const { places, workdir } = box('trade');
  writeFile(join(workdir, 'npm-shrinkwrap.json'), '{}');
  expect(workdirEvidence(places, 'lab')).toMatchObject([
    { cause: 'lock-file', message: expect.stringMatching(/began: npm-shrinkwrap\.json$/) },
  ]);
  rmSync(boxPaths(places.paths.stateDir, 'lab').hotFiles);
  expect(workdirEvidence(places, 'lab')).toEqual([]);
});

test('a box that may install what it wants is not asked', () => {
  const { places, workdir } = box('research');
  writeFile(join(workdir, 'npm-shrinkwrap.json'), '{}');
  writeFile(join(workdir, 'package-lock.json'), 'two');
  expect(workdirEvidence(places, 'lab')).toEqual([]);
  expect(workdirEvidence(places, 'another')).toEqual([]);
});

test('E6: a repository that came into the index is evidence in either regime; one that was there is none', () => {
  for (const regime of ['trade', 'research'] as const) {
    const { places, workdir } = box(regime, (dir) => link(dir, 'vendor'));
    expect(workdirEvidence(places, 'lab')).toEqual([]);
    link(workdir, 'planted');
    expect(workdirEvidence(places, 'lab')).toEqual([
      {
        cause: 'git-link',
        message: 'repositories that git on this machine would run came into .git/index: planted',
      },
    ]);
  }
});

test('while attached it is told at once, with what to do, and once', async () => {
  const { places, workdir, warnings } = box('research', (dir) => link(dir, 'vendor'));
  const stop = watchIndex(places, {} as Parameters<typeof reportWorkdir>[1], 'lab', workdir);
  link(workdir, 'planted');
  await vi.waitFor(() => expect(warnings.join('\n')).toContain('git rm --cached -f'), { timeout: 5000 });
  await vi.waitFor(() => expect(warnings.join('\n')).toContain('could not be told'), { timeout: 5000 });
  stop();
  expect(warnings.filter((line) => line.includes('git rm'))).toHaveLength(1);
});

test('S11: what the sidecar could not be told is said', async () => {
  const { places, workdir, warnings } = box('trade');
  const deaf = {} as Parameters<typeof reportWorkdir>[1];
  await reportWorkdir(places, deaf, 'lab');
  expect(warnings).toEqual([]);
  writeFile(join(workdir, 'package-lock.json'), 'two');
  await reportWorkdir(places, deaf, 'lab');
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
