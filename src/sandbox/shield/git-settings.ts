// What git on this machine executes from a working directory because a configuration says so: hooks in another place, included
// files, programs by path. Git itself is asked, so that the user's own configuration and conditional includes count (S13).
import { existsSync, lstatSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type RunHostCommand, runHostCommand } from '../../config/host-command.js';
import { expandHome, isInside, realPath } from '../../config/locations.js';
import type { HostEnvironment } from '../../config/paths.js';
import { gitLinksIn } from './git-index.js';
import { gitDirectory, type HotPath } from './hot-paths.js';

const timeoutMs = 5_000;
const maxBytes = 1024 * 1024;

/** Settings whose value is run, git-config(1). */
const runSettings =
  /^(?:core\.(?:fsmonitor|sshcommand|editor|pager|askpass|gitproxy|alternaterefscommand)|sequence\.editor|diff\.external|(?:diff|merge|filter|difftool|mergetool|pager|alias|credential|gpg|interactive|trailer|browser|man|sendemail|uploadpack|remote)\..*)$/;

/** Further hot paths of a directory, as git's configuration and index have them now. None without a repository around it, or without git. */
export async function gitSettingPaths(
  workdir: string,
  env: HostEnvironment,
  run: RunHostCommand = runHostCommand,
): Promise<HotPath[]> {
  const top = repositoryAround(workdir);
  if (top === undefined) return [];
  const ended = await run(['git', 'config', '--list', '--includes', '--show-origin', '-z'], {
    env,
    cwd: workdir,
    timeoutMs,
    maxBytes,
  });
  const base = realPath(workdir);
  const inTree = (path: string): string | undefined => {
    const found = realPath(resolve(top, path));
    return found !== base && isInside(base, found) ? relative(base, found).split(sep).join('/') : undefined;
  };
  const found: HotPath[] = [];
  const add = (path: string | undefined, rest: Omit<HotPath, 'path'>): void => {
    const isIn = path !== undefined && path !== gitDirectory && !path.startsWith(`${gitDirectory}/`);
    if (isIn && !found.some((one) => one.path === path)) found.push({ path, ...rest });
  };
  for (const { origin, key, value } of ended.ok ? settingsOf(ended.stdout) : []) {
    if (origin !== undefined) add(inTree(origin), { kind: 'file', whenMissing: 'occupy' });
    if (key === 'core.hookspath') {
      add(inTree(expandHome(value, env.home)), { kind: 'directory', whenMissing: 'occupy' });
    } else if (key === 'include.path' || /^includeif\..*\.path$/.test(key)) {
      const from = origin === undefined ? top : dirname(resolve(top, origin));
      add(inTree(resolve(from, expandHome(value, env.home))), { kind: 'file', whenMissing: 'occupy' });
    } else if (runSettings.test(key)) {
      for (const word of value.split(/[\s"'`;|&()!]+/)) {
        const path = word === '' ? undefined : inTree(expandHome(word, env.home));
        if (path !== undefined && isFile(join(base, path))) add(path, { kind: 'file', whenMissing: 'leave' });
      }
    }
  }
  // A submodule's own `.git` says where its configuration lies.
  if (top === base) {
    for (const link of gitLinksIn(join(base, gitDirectory))) {
      add(inTree(`${link}/${gitDirectory}`), { kind: 'file', whenMissing: 'leave' });
    }
  }
  return found;
}

/** The directory that relative paths of settings start from; undefined outside of any repository. */
function repositoryAround(workdir: string): string | undefined {
  for (let dir = realPath(workdir); ; dir = dirname(dir)) {
    if (existsSync(join(dir, gitDirectory))) return dir;
    if (dirname(dir) === dir) return undefined;
  }
}

/** `--show-origin -z`: origin NUL key LF value NUL. */
function settingsOf(output: Buffer): { origin: string | undefined; key: string; value: string }[] {
  const parts = output.toString('utf8').split('\0');
  const settings = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [origin = '', setting = ''] = parts.slice(at, at + 2);
    const cut = setting.indexOf('\n');
    settings.push({
      origin: origin.startsWith('file:') ? origin.slice('file:'.length) : undefined,
      key: (cut < 0 ? setting : setting.slice(0, cut)).toLowerCase(),
      value: cut < 0 ? '' : setting.slice(cut + 1),
    });
  }
  return settings;
}

function isFile(path: string): boolean {
  try {
    return lstatSync(path).isFile();
  } catch {
    return false;
  }
}
