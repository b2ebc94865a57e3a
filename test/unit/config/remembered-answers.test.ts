// A package manager is asked once, until a file that it is configured by changes.
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { HostCommandEnd, RunHostCommand } from '../../../src/config/host-command.js';
import { rememberingAnswers } from '../../../src/config/remembered-answers.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../support/host-files.js';

const question = ['npm', 'config', 'get', 'registry'];
const options = { cwd: '/', timeoutMs: 1000, maxBytes: 1000 };

function asking(end: HostCommandEnd = { ok: true, stdout: Buffer.from('https://a.example.com\n') }) {
  const run = vi.fn<RunHostCommand>(async () => end);
  return { run, remembered: rememberingAnswers(run) };
}

test.each([
  ['the user’s npmrc', '.npmrc', {}],
  ['a named npmrc', 'named', { npm_config_userconfig: 'named' }],
  ['the global npmrc beside a program', 'prefix/etc/npmrc', { PATH: 'prefix/bin' }],
  ['the user’s pip.conf', '.config/pip/pip.conf', {}],
  ['the pip.conf of a virtual environment', 'venv/pip.conf', { VIRTUAL_ENV: 'venv' }],
])('asked again once %s is there, changed or gone', async (_what, file, variables) => {
  const dir = temporaryDir();
  const env = hostEnvironment(
    dir,
    Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, join(dir, value)])),
  );
  const { run, remembered } = asking();
  for (const [change, times] of [
    [() => {}, 1],
    [() => writeFile(join(dir, file), 'registry=x\n'), 2],
    [() => writeFile(join(dir, file), 'registry=longer\n'), 3],
  ] as const) {
    change();
    expect(await remembered(question, { ...options, env })).toEqual(
      await remembered(question, { ...options, env }),
    );
    expect(run).toHaveBeenCalledTimes(times);
  }
});

test('another question and another environment are asked for themselves', async () => {
  const { run, remembered } = asking();
  const [one, other] = [hostEnvironment(temporaryDir()), hostEnvironment(temporaryDir())];
  await remembered(question, { ...options, env: one });
  await remembered(['pip', 'config'], { ...options, env: one });
  await remembered(question, { ...options, env: other });
  expect(run).toHaveBeenCalledTimes(3);
});

test('that there is no such setting is an answer; that nobody answered is none', async () => {
  const env = hostEnvironment(temporaryDir());
  const counts = async (end: HostCommandEnd) => {
    const { run, remembered } = asking(end);
    await remembered(question, { ...options, env });
    await remembered(question, { ...options, env });
    return run.mock.calls.length;
  };
  expect(await counts({ ok: false, reason: 'failed', exitCode: 1 })).toBe(1);
  expect(await counts({ ok: false, reason: 'absent' })).toBe(2);
  expect(await counts({ ok: false, reason: 'timeout' })).toBe(2);
});
