import { expect, test } from 'vitest';
import { createContext } from '../../../../src/cli/context.js';
import { startEarly } from '../../../../src/cli/launch/start-early.js';
import { createOutput } from '../../../../src/cli/output.js';
import { createPrompt } from '../../../../src/cli/prompt.js';
import { resolvePaths } from '../../../../src/config/paths.js';
import { createPassphrase } from '../../../../src/vault/passphrase.js';
import { hostProcess, temporaryDir } from '../../../support/host-files.js';
import { networksOnly } from '../../../support/networks-only.js';

function context() {
  const host = hostProcess(temporaryDir());
  const output = createOutput({
    stdout: host.stdout,
    stderr: host.stderr,
    isQuiet: true,
    isJson: false,
    noColor: true,
    forceColor: false,
    term: undefined,
  });
  return createContext({
    host,
    paths: resolvePaths(host.env),
    output,
    prompt: createPrompt(host),
    passphrase: createPassphrase(host.env, undefined),
    configFile: undefined,
  });
}

test('where no box comes of it, what the engine made early is taken down', async () => {
  const { engine, made, removed } = networksOnly();
  const request = { profile: 'shell', workdir: '/nowhere', mode: 'demo', paper: true } as const;
  const starting = startEarly(
    context(),
    engine,
    { ...request, accounts: [] },
    { name: 'lab', isDetached: true },
  );
  await expect(starting).rejects.toMatchObject({ code: 'WORKDIR_INVALID' });
  expect(made).toHaveLength(1);
  expect(removed).toEqual(['network-1']);
});
