import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkWorkdir, type WorkspaceRules } from '../../../src/sandbox/workspace.js';

let root: string;
let rules: WorkspaceRules;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tradebox-work-')));
  rules = {
    home: join(root, 'home'),
    configDir: join(root, 'home/.config/tradebox'),
    stateDir: join(root, 'home/.state'),
  };
  for (const dir of [rules.configDir, rules.stateDir, join(root, 'home/strategy')])
    mkdirSync(dir, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const refused = (path: string, reason: RegExp) =>
  expect(() => checkWorkdir(path, rules)).toThrow(
    expect.objectContaining({
      code: 'WORKDIR_INVALID',
      message: expect.stringMatching(reason),
      remedy: expect.stringMatching(/./),
    }),
  );

test('an ordinary directory is taken, with its links resolved', () => {
  symlinkSync(join(root, 'home/strategy'), join(root, 'link'));
  expect(checkWorkdir(join(root, 'link'), rules)).toBe(join(root, 'home/strategy'));
});

test('missing, a file, the root', () => {
  refused(join(root, 'none'), /does not exist/);
  writeFileSync(join(root, 'file'), '');
  refused(join(root, 'file'), /not a directory/);
  refused('/', /whole file system/);
});

test('the home directory and what holds it, also through a link', () => {
  refused(rules.home, /home directory/);
  refused(root, /home directory/);
  symlinkSync(rules.home, join(root, 'innocent'));
  refused(join(root, 'innocent'), /home directory/);
});

test("S9: what holds, is, or lies in tradebox's own directories", () => {
  refused(join(rules.home, '.config'), /holds tradebox's own configuration/);
  refused(rules.configDir, /own configuration/);
  mkdirSync(join(rules.stateDir, 'sandboxes'));
  refused(join(rules.stateDir, 'sandboxes'), /lies in tradebox's own state/);
  symlinkSync(rules.stateDir, join(root, 'home/strategy/state'));
  refused(join(root, 'home/strategy/state'), /own state/);
});

test('S9: own directories that do not exist yet count too', () => {
  rmSync(rules.configDir, { recursive: true });
  refused(join(rules.home, '.config'), /own configuration/);
});

test.each(['tradebox.yaml', 'tradebox.yml', 'guardrails.yaml'])('S9: a directory that holds %s', (file) => {
  writeFileSync(join(root, 'home/strategy', file), '');
  refused(join(root, 'home/strategy'), new RegExp(file));
});

test.each(['/etc', '/proc', '/dev/shm', '/usr/lib'])("the system's own %s", (dir) => {
  refused(dir, /belongs to the system/);
});

test('a name that only begins like another is not inside it', () => {
  mkdirSync(`${rules.stateDir}-notes`);
  expect(checkWorkdir(`${rules.stateDir}-notes`, rules)).toBe(`${rules.stateDir}-notes`);
});
