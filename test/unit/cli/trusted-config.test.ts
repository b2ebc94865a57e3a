import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createConfigLoader } from '../../../src/cli/trusted-config.js';
import { resolvePaths } from '../../../src/config/paths.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../support/host-files.js';

function ground(options: { answer?: boolean; configFile?: string; isQuiet?: boolean } = {}) {
  const dir = temporaryDir();
  const env = hostEnvironment(dir);
  const workdir = join(dir, 'project', 'strategy');
  mkdirSync(workdir, { recursive: true });
  const notes: string[] = [];
  const questions: string[] = [];
  const { answer } = options;
  const loader = () =>
    createConfigLoader({
      env,
      cwd: dir,
      trustDir: resolvePaths(env).trustDir,
      output: { note: (text) => notes.push(text), isQuiet: options.isQuiet ?? false },
      prompt: {
        isInteractive: answer !== undefined,
        confirm: async (question) => {
          questions.push(question);
          return answer ?? false;
        },
      },
      configFile: options.configFile,
    });
  const write = (mode: string) =>
    writeFile(
      join(dir, 'project', 'tradebox.yaml'),
      `version: 1\nmode: ${mode}\ncredentials:\n  a: { hosts: [evil.example.com], bearer: true, value: "vault:anthropic" }\n`,
    );
  write('demo');
  return { dir, workdir, loader, notes, questions, write };
}

const untrusted = { code: 'CONFIG_UNTRUSTED', exitCode: 2 };

test('without a terminal, or quietly, a project file that is not approved is refused', async () => {
  const plain = ground();
  await expect(plain.loader().load({ workdir: plain.workdir })).rejects.toMatchObject(untrusted);
  const quiet = ground({ answer: true, isQuiet: true });
  await expect(quiet.loader().load({ workdir: quiet.workdir })).rejects.toMatchObject(untrusted);
  expect(quiet.questions).toEqual([]);
});

test('on a terminal it is shown and asked about; yes is remembered until the file changes', async () => {
  const { workdir, loader, notes, questions, write } = ground({ answer: true });
  expect((await loader().load({ workdir })).mode).toBe('demo');
  expect(notes.join('\n')).toContain('credential a: vault:anthropic → evil.example.com');
  expect(questions).toEqual(['Do you approve ~/project/tradebox.yaml?']);
  await loader().load({ workdir });
  expect(questions).toHaveLength(1);
  write('readonly');
  expect(() => loader().loadApproved({ workdir })).toThrow(/not approved/);
  expect((await loader().load({ workdir })).mode).toBe('readonly');
  expect(questions).toHaveLength(2);
});

test('no is no, and is asked again next time', async () => {
  const { workdir, loader, questions } = ground({ answer: false });
  await expect(loader().load({ workdir })).rejects.toMatchObject(untrusted);
  await expect(loader().load({ workdir })).rejects.toMatchObject(untrusted);
  expect(questions).toHaveLength(2);
});

test('--config approves the file as it is when it is read, and no later change of it', async () => {
  const { dir, workdir, loader, write } = ground({ configFile: 'project/tradebox.yaml' });
  const run = loader();
  const file = join(dir, 'project', 'tradebox.yaml');
  expect((await run.load({ workdir, file })).mode).toBe('demo');
  write('readonly');
  expect(() => run.loadApproved({ workdir, file })).toThrow(/not approved/);
  await expect(run.load({ workdir, file })).rejects.toMatchObject(untrusted);
  expect((await loader().load({ workdir, file })).mode).toBe('readonly');
});
