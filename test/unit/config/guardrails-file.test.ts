import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { guardrailsFile, loadGuardrails, parseGuardrails } from '../../../src/config/guardrails-file.js';
import { resolvePaths } from '../../../src/config/paths.js';
import { hostEnvironment, temporaryDir, thrownBy, writeFile } from '../../support/host-files.js';

function ground(text?: string) {
  const env = hostEnvironment(temporaryDir());
  const paths = resolvePaths(env);
  if (text !== undefined) writeFile(join(paths.configDir, 'guardrails.yaml'), text);
  return { env, paths };
}

test('no file, no guardrails', () => {
  const { env, paths } = ground();
  expect(loadGuardrails(env, paths)).toBeUndefined();
});

test('the file lies beside the user’s configuration', () => {
  const { env, paths } = ground('version: 1\nnotional: { max: 5 }\n');
  expect(JSON.stringify(loadGuardrails(env, paths)?.notional)).toBe('{"max":"5"}');
});

test('a wrong key is told with its place and the nearest known one', () => {
  const thrown = thrownBy(() => parseGuardrails('guardrails.yaml', 'version: 1\npostOnli: true\n'));
  expect(thrown).toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('guardrails.yaml:2:1'),
  });
});

test('a file that others can write is refused', () => {
  const { env, paths } = ground('version: 1\n');
  chmodSync(guardrailsFile(paths), 0o666);
  expect(thrownBy(() => loadGuardrails(env, paths))).toMatchObject({ code: 'CONFIG_MODE_LOOSE' });
});
