import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineCheck } from '../../../../src/diagnose/checks/engine.js';
import { imagesCheck } from '../../../../src/diagnose/checks/images.js';
import { ownFilesCheck } from '../../../../src/diagnose/checks/own-files.js';
import { preflightCheck } from '../../../../src/diagnose/checks/preflight.js';
import { fakeBox, fakeContext } from '../fake-context.js';

test('engine: names the endpoint and why it was chosen', async () => {
  expect(await engineCheck.run(fakeContext())).toMatchObject({
    status: 'pass',
    observed: expect.stringContaining('unix:///fake.sock, chosen by test'),
  });
});

test('own files: a looser mode fails with the command that mends it', async () => {
  const path = mkdtempSync(join(tmpdir(), 'tradebox-own-files-'));
  const context = fakeContext({ ownFiles: [{ path, maxMode: 0o700 }] });
  expect((await ownFilesCheck.run(context)).status).toBe('pass');
  chmodSync(path, 0o750);
  expect(await ownFilesCheck.run(context)).toMatchObject({ status: 'fail', remedy: `chmod 700 ${path}` });
});

test('images: a missing one fails', async () => {
  const image = { role: 'agent', tag: 'tradebox/agent:1', present: true };
  expect((await imagesCheck.run(fakeContext({ images: [image] }))).status).toBe('pass');
  expect((await imagesCheck.run(fakeContext({ images: [image, { ...image, present: false }] }))).status).toBe(
    'fail',
  );
});

test('preflight: the exit code decides; without one it is skipped', async () => {
  const withPreflight = (exitCode: number) =>
    fakeContext({
      box: fakeBox({
        preflight: [['okx', 'diagnose']],
        exec: async () => ({ exitCode, stdout: 'DNS ✗', stderr: '' }),
      }),
    });
  expect((await preflightCheck.run(withPreflight(0))).status).toBe('pass');
  expect(await preflightCheck.run(withPreflight(1))).toMatchObject({
    status: 'fail',
    observed: expect.stringContaining('DNS ✗'),
  });
  expect((await preflightCheck.run(fakeContext())).status).toBe('skip');
});
