import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownAppArmorProfile } from '../../../../src/sandbox/docker/apparmor.js';
import { repositoryRoot } from '../../../support/repository.js';

const shipped = join(repositoryRoot, 'images/apparmor/tradebox');
const text = readFileSync(shipped, 'utf8');
const rules = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tradebox-apparmor-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function machine(kernel: string | undefined, installedText: string | undefined) {
  const [enabled, installed] = [join(directory, 'enabled'), join(directory, 'tradebox')];
  if (kernel !== undefined) writeFileSync(enabled, kernel);
  if (installedText !== undefined) writeFileSync(installed, installedText);
  return { enabled, installed };
}

test('it is used where the kernel has AppArmor and this version of it is installed', () => {
  expect(ownAppArmorProfile(machine('Y\n', text))).toBe('tradebox');
});

test.each([
  ['the kernel has no AppArmor', undefined, text],
  ['AppArmor is turned off', 'N\n', text],
  ['it is not installed', 'Y\n', undefined],
  ['another version is', 'Y\n', `${text}# older\n`],
])('the engine’s own holds where %s', (_what, kernel, installed) => {
  expect(ownAppArmorProfile(machine(kernel, installed))).toBeUndefined();
});

test('no rule gives a capability, a mount, tracing, raw packets or a profile of another name', () => {
  const granted = rules.filter((line) => !/^\s*deny /.test(line)).join('\n');
  expect(granted).not.toMatch(
    /capability|mount|pivot_root|dbus|change_profile|userns|packet|\btrace|\braw\b(?!,)/,
  );
  expect(granted.match(/network .*raw/g)).toEqual(['network netlink raw']);
  expect(granted).toContain('profile tradebox flags=(attach_disconnected,mediate_deleted)');
  expect(granted).not.toMatch(/complain|unconfined\)/);
});

const hasParser = spawnSync('apparmor_parser', ['--version'], { stdio: 'ignore' }).status === 0;

test.skipIf(!hasParser)('AppArmor’s own parser takes it', () => {
  const named = execFileSync('apparmor_parser', ['--skip-kernel-load', '--skip-cache', '--names', shipped], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(named.trim()).toBe('tradebox');
});
