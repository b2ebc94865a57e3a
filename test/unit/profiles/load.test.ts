import { chmodSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { resolvePaths } from '../../../src/config/paths.js';
import { TradeboxError } from '../../../src/core/errors.js';
import { builtInProfilesDir, type ProfilePlaces } from '../../../src/profiles/find.js';
import { agentCommand, loadProfile, loadProfiles } from '../../../src/profiles/load.js';
import { hostEnvironment, temporaryDir, thrownBy, writeFile } from '../../support/host-files.js';

function places(dir = temporaryDir()): ProfilePlaces {
  const env = hostEnvironment(dir);
  return { env, paths: resolvePaths(env) };
}

function own(ground: ProfilePlaces, name: string, text: string): string {
  return writeFile(join(ground.paths.profilesDir, `${name}.yaml`), text);
}

function error(action: () => unknown): TradeboxError {
  const thrown = thrownBy(action);
  expect(thrown).toBeInstanceOf(TradeboxError);
  return thrown as TradeboxError;
}

const minimal = 'name: mine\ndescription: my agent\ncommand: [mine]\n';

test('the profiles that ship are there and valid', () => {
  const profiles = loadProfiles(places());
  expect(profiles.map(({ name }) => name)).toEqual(['node-strategy', 'okx-cli', 'openclaw', 'shell']);
  for (const profile of profiles) {
    expect(profile.isBuiltIn).toBe(true);
    expect(dirname(profile.file)).toBe(dirname(join(builtInProfilesDir, 'x')));
    expect(profile.preflight.length, profile.name).toBeGreaterThan(0);
  }
});

test('agents that ship are pinned, without install scripts, and JSON files of theirs are JSON', () => {
  for (const profile of loadProfiles(places())) {
    expect(profile.image.npmScripts, profile.name).toBe(false);
    for (const { path, content } of profile.files) {
      if (path.endsWith('.json')) expect(() => JSON.parse(content), path).not.toThrow();
    }
  }
  expect(loadProfile('openclaw', places()).image.npm).toEqual([
    'openclaw@2026.9.6',
    '@okx_ai/okx-trade-cli@1.2.4',
  ]);
});

test('the okx CLI never finds the helper that goes around proxies', () => {
  for (const name of ['okx-cli', 'openclaw']) {
    expect(loadProfile(name, places()).env.OKX_DOH_BINARY_PATH).toBe('/nonexistent');
  }
});

test('words after -- are the command’s, an empty list too; the whole command line may be given', () => {
  const profile = { command: ['openclaw'], withoutArgs: ['openclaw', 'chat'] };
  expect(agentCommand({ command: ['bash'] }, undefined)).toEqual(['bash']);
  expect(agentCommand(profile, ['openclaw', 'agent'])).toEqual(['openclaw', 'agent']);
  expect(agentCommand(profile, undefined)).toEqual(['openclaw', 'chat']);
  expect(agentCommand(profile, ['agent', 'exec', '--json'])).toEqual(['openclaw', 'agent', 'exec', '--json']);
  expect(agentCommand(profile, [])).toEqual(['openclaw']);
});

test("the user's own profiles stand beside the built-in ones, hosts with their origin", () => {
  const ground = places();
  const file = own(ground, 'mine', `${minimal}hosts:\n  - { host: a.example.com, reason: "docs" }\n`);
  expect(loadProfile('mine', ground)).toMatchObject({
    isBuiltIn: false,
    file,
    tty: true,
    hosts: [{ host: 'a.example.com', ports: [443], methods: ['GET', 'HEAD'], origin: 'profile mine:5' }],
  });
  expect(loadProfiles(ground).map(({ name }) => name)).toContain('mine');
});

test('an unknown name gets the nearest known one', () => {
  const unknown = error(() => loadProfile('openclw', places()));
  expect(unknown).toMatchObject({ code: 'PROFILE_UNKNOWN' });
  expect(unknown.remedy).toContain('Did you mean openclaw?');
  expect(error(() => loadProfile('../../etc/passwd', places())).code).toBe('PROFILE_UNKNOWN');
});

test('a built-in name cannot be taken over', () => {
  const ground = places();
  own(ground, 'shell', minimal.replaceAll('mine', 'shell'));
  expect(error(() => loadProfile('shell', ground)).code).toBe('PROFILE_INVALID');
});

test('the name inside is the name of the file', () => {
  const ground = places();
  own(ground, 'other', minimal);
  expect(error(() => loadProfile('other', ground)).message).toMatch(/other\.yaml:1:7: must be "other"/);
});

test('a profile that others can change is refused', () => {
  const ground = places();
  const file = own(ground, 'mine', minimal);
  chmodSync(file, 0o666);
  expect(error(() => loadProfile('mine', ground)).code).toBe('CONFIG_MODE_LOOSE');
  chmodSync(file, 0o600);
  chmodSync(dirname(file), 0o755);
  expect(error(() => loadProfile('mine', ground)).remedy).toBe(`Run: chmod 700 ${dirname(file)}`);
});

test('S9: a profile in the working directory is refused, also through a link', () => {
  const dir = temporaryDir();
  const ground = places(dir);
  const work = join(dir, 'work');
  mkdirSync(work);
  const planted = writeFile(join(work, 'mine.yaml'), minimal);
  mkdirSync(ground.paths.profilesDir, { recursive: true, mode: 0o700 });
  symlinkSync(planted, join(ground.paths.profilesDir, 'mine.yaml'));
  expect(error(() => loadProfile('mine', ground, work)).message).toContain('S9');
  expect(loadProfile('mine', ground).name).toBe('mine');
});

test('the sample of node-strategy exists', () => {
  expect(existsSync(join(builtInProfilesDir, 'samples', 'node-strategy', 'strategy.mjs'))).toBe(true);
  expect(basename(loadProfile('node-strategy', places()).withoutArgs?.[1] ?? '')).toBe('strategy.mjs');
});
