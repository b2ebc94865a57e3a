import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { readHostEnvironment, resolvePaths } from '../../../src/config/paths.js';

test('uses the XDG defaults below the home directory', () => {
  const paths = resolvePaths(readHostEnvironment({ HOME: '/home/ada' }));
  expect(paths.configFile).toBe('/home/ada/.config/tradebox/tradebox.yaml');
  expect(paths.vaultFile).toBe('/home/ada/.local/state/tradebox/vault');
  expect(paths.sandboxDir('lab')).toBe('/home/ada/.local/state/tradebox/sandboxes/lab');
});

test('honours XDG variables, and ignores relative ones as XDG demands', () => {
  const env = readHostEnvironment({
    HOME: '/home/ada',
    XDG_CONFIG_HOME: '/etc/ada',
    XDG_STATE_HOME: 'state',
  });
  const paths = resolvePaths(env);
  expect(paths.configDir).toBe('/etc/ada/tradebox');
  expect(paths.stateDir).toBe('/home/ada/.local/state/tradebox');
});

test('TRADEBOX_HOME wins over all, and must be absolute', () => {
  const paths = resolvePaths(
    readHostEnvironment({ HOME: '/h', XDG_CONFIG_HOME: '/x', TRADEBOX_HOME: '/tb' }),
  );
  expect(paths.configFile).toBe('/tb/config/tradebox.yaml');
  expect(paths.stateDir).toBe('/tb/state');
  expect(() => resolvePaths(readHostEnvironment({ TRADEBOX_HOME: 'tb' }))).toThrow(/not an absolute path/);
});

test('S2: the passphrase is a secret and is not handed to child processes', () => {
  const passphrase = `p${Math.random()}`;
  const env = readHostEnvironment({
    HOME: '/h',
    PATH: '/bin',
    TRADEBOX_PASSPHRASE: passphrase,
    TRADEBOX_PASSPHRASE_FILE: '/h/pass',
  });
  expect(env.passphrase?.reveal()).toBe(passphrase);
  expect(inspect(env, { depth: 5 })).not.toContain(passphrase);
  expect(env.forChildren()).toEqual({ HOME: '/h', PATH: '/bin' });
});

test('an empty NO_COLOR does not count, a set one does', () => {
  expect(readHostEnvironment({ NO_COLOR: '' }).noColor).toBe(false);
  expect(readHostEnvironment({ NO_COLOR: '1' }).noColor).toBe(true);
});
